import { defineConfig } from "vitest/config";
import { CompleteRunReporter } from "./test/support/complete-run-reporter.ts";

const conditions = ["axio-source", "module", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["packages/*/test/**/*.test.{ts,tsx}", "test/**/*.test.ts"],
    setupFiles: ["test/support/leak-guard.ts"],
    pool: "forks",
    ...(process.env["AXIO_REQUIRE_ALL"] && { reporters: ["default", new CompleteRunReporter()] }),
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
