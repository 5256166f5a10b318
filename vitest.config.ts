import { defineConfig } from "vitest/config";
import { CompleteRunReporter } from "./test/support/complete-run-reporter.ts";

// Those of Node, and our own. Not Vite's `module`: it means builds for bundlers, which Node cannot always load.
const conditions = ["axio-source", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["packages/*/test/**/*.test.{ts,tsx}", "test/**/*.test.ts"],
    setupFiles: ["test/support/leak-guard.ts"],
    pool: "forks",
    ...(process.env["AXIO_REQUIRE_ALL"] && { reporters: ["default", new CompleteRunReporter()] }),
    maxConcurrency: 20,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
