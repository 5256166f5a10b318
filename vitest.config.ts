import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/support/summary-reporter.ts";

// Node's conditions and the one for the sources. Vite's `module` selects builds for bundlers, which Node cannot always load.
// Vite adds `import` itself; in this list, Node would apply it to require(), too.
const conditions = ["axio-source", "node", "default"];
const TESTS = ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"];
/** Files that need a process of their own: they change what modules keep for a process. */
const ALONE = [
  "packages/axio/test/errors.test.ts",
  "packages/axio-transport-codex/test/body-compression.test.ts",
  "packages/axio-gateway/test/replaced-response.test.ts",
];
/** Files that count all timers of the process. None opens a connection, since `fetch` has timers of its own. */
const TIMERS = [
  "packages/axio/test/slow-tools.test.ts",
  "packages/axio-durable/test/lost-workers.test.ts",
  "packages/axio-http/test/delay.test.ts",
  "packages/axio-http/test/leftovers.test.ts",
  "packages/axio-transport-kit/test/retry-stream.test.ts",
];
/** Files that take the whole machine for minutes. They run after all others. */
const LOAD = ["packages/*/test/**/*.load.test.ts"];
const requireAll = Boolean(process.env["AXIO_REQUIRE_ALL"]);

export default defineConfig(({ mode }) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    projects: [
      // A process runs many files one after the other, since loading the modules takes longer than most tests. The leak
      // guard fails a file that leaves something behind for the next one.
      {
        extends: true,
        test: { name: "tests", include: TESTS, exclude: [...ALONE, ...TIMERS, ...LOAD], isolate: false },
      },
      { extends: true, test: { name: "alone", include: ALONE } },
      { extends: true, test: { name: "timers", include: TIMERS, isolate: false } },
      { extends: true, test: { name: "load", include: LOAD, sequence: { groupOrder: 1 }, maxWorkers: 1 } },
    ],
    globalSetup: ["test/support/run-directory.ts"],
    setupFiles: ["test/support/leak-guard.ts"],
    // Processes, not threads: files stub globals, stop clocks and change the environment, and the leak guard counts handles.
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
