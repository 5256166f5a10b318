import { defineConfig } from "vitest/config";

/** Test files that leave handles open, for the test of the leak guard. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["*.leak.ts"],
    setupFiles: ["../leak-guard.ts"],
    pool: "forks",
    // Each waits for the handles that it leaves open.
    maxWorkers: 6,
  },
});
