import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from "vitest/node";

/** A skipped test, or a suite that is skipped as a whole. */
interface Skipped {
  readonly name: string;
  readonly count: number;
  readonly reason: string | undefined;
  /** Whether the test found out while it ran that the machine lacks something. */
  readonly byItself: boolean;
}

/**
 * Ends a run with what was skipped and why, and with a line that counts the tests. With `requireAll`, for machines that
 * must run every test, a skipped test counts as failed unless it skipped itself and said why.
 */
export class SummaryReporter implements Reporter {
  readonly #requireAll: boolean;
  #vitest: Vitest | undefined;

  constructor({ requireAll }: { readonly requireAll: boolean }) {
    this.#requireAll = requireAll;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const isFiltered = this.#vitest?.config.testNamePattern !== undefined;
    const skipped = modules.flatMap((module) => skippedIn(module, module.relativeModuleId));
    const forbidden = this.#requireAll ? skipped.filter(({ byItself }) => !byItself) : [];
    // A file may fail without a failed test: a leak, a hook, an import.
    const broken = modules.filter(
      (module) => module.state() === "failed" && [...module.children.allTests("failed")].length === 0,
    );
    const failed = tests.filter((test) => test.result().state === "failed").length;
    const skippedCount = countOf(skipped);
    const failures = failed + broken.length + unhandledErrors.length + countOf(forbidden);
    const passed = tests.length - skippedCount - failed;
    if (countOf(forbidden) > 0 || (this.#requireAll && tests.length === 0)) process.exitCode = 1;
    // With a pattern of names, all other tests count as skipped.
    const listed = isFiltered ? [] : [...listOf(skipped), ...this.#shortened()];
    const counts = `${passed} passed, ${failures} failed, ${skippedCount - countOf(forbidden)} skipped`;
    process.stdout.write(`\n${[...listed, counts].join("\n")}\n`);
  }

  /** Says that tests repeated less: see `repetitions` of test-support. */
  #shortened(): readonly string[] {
    if (this.#vitest?.config.env["AXIO_TEST_FULL"] !== undefined) return [];
    return ["Races, kills and random cases were repeated less; npm run test:full repeats them often.", ""];
  }
}

/** The skipped tests, by the reason. */
function listOf(skipped: readonly Skipped[]): readonly string[] {
  const reasons = new Map<string, Skipped[]>();
  for (const entry of skipped) {
    const reason = entry.reason ?? "no reason given";
    reasons.set(reason, [...(reasons.get(reason) ?? []), entry]);
  }
  return [...reasons].flatMap(([reason, entries]) => [
    `Skipped (${reason}):`,
    ...entries.map(({ name, count }) => `  ${name}${count > 1 ? ` (${count} tests)` : ""}`),
    "",
  ]);
}

function countOf(skipped: readonly Skipped[]): number {
  return skipped.reduce((sum, { count }) => sum + count, 0);
}

function skippedIn(parent: TestModule | TestSuite, path: string): readonly Skipped[] {
  return [...parent.children].flatMap((child): readonly Skipped[] => {
    const name = `${path} > ${child.name}`;
    if (child.type === "test") return skippedTest(child, name);
    if (child.options.mode !== "skip") return skippedIn(child, name);
    const count = [...child.children.allTests()].length;
    return [{ name, count, reason: child.meta().skipReason, byItself: false }];
  });
}

function skippedTest(test: TestCase, name: string): readonly Skipped[] {
  const result = test.result();
  if (result.state !== "skipped") return [];
  const { note } = result;
  return [{ name, count: 1, reason: note ?? test.meta().skipReason, byItself: note !== undefined }];
}
