import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/support/summary-reporter.ts";

// Node's conditions and the one for the sources. Vite's `module` selects builds for bundlers, which Node cannot always load.
const conditions = ["axio-source", "node", "import", "default"];
const requireAll = Boolean(process.env["AXIO_REQUIRE_ALL"]);

export default defineConfig(({ mode }) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    setupFiles: ["test/support/leak-guard.ts"],
    // A process for each file: files stub globals, stop clocks and change the environment, and the leak guard counts handles.
    pool: "forks",
    // One more than processors, since many tests wait for sockets and processes.
    maxWorkers: availableParallelism() + 1,
    maxConcurrency: 20,
    // For the requirement `FULL_RUN` of test-support.
    env: mode === "full" || requireAll ? { AXIO_TEST_FULL: "1" } : {},
    reporters: ["default", new SummaryReporter({ requireAll })],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
}));
