/** A test runner: vitest, `node:test`, jest or mocha. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

/** One check of a contract. */
export interface ContractCheck<Harness> {
  readonly name: string;
  readonly run: (harness: Harness) => Promise<void>;
}

/** Defines the checks of a contract as tests. Each gets a harness of its own, which is closed after it. */
export function describeContract<Harness extends { readonly close: () => Promise<void> }>(
  name: string,
  { describe, it }: TestRunner,
  create: () => Promise<Harness>,
  checks: readonly ContractCheck<Harness>[],
): void {
  describe(name, () => {
    for (const check of checks) {
      it(check.name, async () => {
        const harness = await create();
        try {
          await check.run(harness);
        } finally {
          await harness.close();
        }
      });
    }
  });
}
