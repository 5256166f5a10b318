import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/support/summary-reporter.ts";

// Those of Node, and our own. Not Vite's `module`: it means builds for bundlers, which Node cannot always load.
const conditions = ["axio-source", "node", "import", "default"];
const requireAll = Boolean(process.env["AXIO_REQUIRE_ALL"]);

export default defineConfig(({ mode }) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    setupFiles: ["test/support/leak-guard.ts"],
    pool: "forks",
    // Many tests wait for sockets and processes.
    maxWorkers: availableParallelism() + 1,
    maxConcurrency: 20,
    // Read by the requirement `FULL_RUN` of test-support.
    env: mode === "full" || requireAll ? { AXIO_TEST_FULL: "1" } : {},
    reporters: ["default", new SummaryReporter({ requireAll })],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
}));
