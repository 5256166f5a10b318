import type { Reporter, TestCase, TestModule } from "vitest/node";

/**
 * For machines that are to run every test (`AXIO_REQUIRE_ALL`): a skipped test fails the run, and a plain line says how
 * many there were. A test that finds out as it runs that the machine lacks something may skip if it says what.
 */
export class CompleteRunReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const skipped = tests.filter((test) => test.result().state === "skipped");
    const silent = skipped.filter((test) => reasonOf(test) === undefined);
    // A file may fail without a failed test: a leak, a hook, an import.
    const broken = modules.filter(
      (module) => module.state() === "failed" && ![...module.children.allTests("failed")].length,
    );
    const failed = tests.filter((test) => test.result().state === "failed").length;
    const notes = skipped.map(
      (test) =>
        `skipped: ${test.module.relativeModuleId} > ${test.fullName}: ${reasonOf(test) ?? "no reason"}\n`,
    );
    if (silent.length > 0 || tests.length === 0) process.exitCode = 1;
    const failures = failed + broken.length + unhandledErrors.length + silent.length;
    const passed = tests.length - skipped.length - failed;
    const counts = `${passed} passed, ${failures} failed, ${skipped.length - silent.length} skipped`;
    process.stdout.write(`${notes.join("")}\n${counts}\n`);
  }
}

function reasonOf(test: TestCase): string | undefined {
  const result = test.result();
  return result.state === "skipped" ? result.note : undefined;
}
