import { assertDone } from "./assertions.ts";
import { abortChecks, failureChecks, requestChecks, streamChecks, toolChecks } from "./transport-checks.ts";
import type { TransportHarness, TransportScenario } from "./transport-harness.ts";

/** The options of {@link describeTransport}. */
export interface TransportContract {
  readonly name: string;
  /** `describe` of vitest, `node:test`, jest or mocha. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** `it` of the same test runner. */
  readonly it: (name: string, body: () => Promise<void>) => unknown;
  readonly create: (scenario: TransportScenario) => Promise<TransportHarness>;
  /** How long a transport may take to release a connection. Default: 5,000. */
  readonly deadlineMs?: number | undefined;
}

/**
 * Defines the contract of transports as tests.
 *
 * @example
 * ```ts
 * import { describe, it } from "node:test";
 * import { describeTransport, ScriptedTransport, textAnswer } from "axio/testing";
 *
 * describeTransport({
 *   name: "MyTransport",
 *   describe,
 *   it,
 *   create: async (scenario) => ({
 *     // Your transport, and a peer that does what the scenario says.
 *     transport: new ScriptedTransport([textAnswer(scenario.kind)]),
 *     disconnected: async () => {},
 *     close: async () => {},
 *   }),
 * });
 * ```
 */
export function describeTransport(contract: TransportContract): void {
  const { name, describe, it, create, deadlineMs = 5_000 } = contract;
  const checks = [...streamChecks, ...toolChecks, ...requestChecks, ...abortChecks, ...failureChecks];
  describe(`${name} keeps the transport contract`, () => {
    for (const check of checks) {
      it(check.name, async () => {
        const harness = await create(check.scenario);
        const inTime = <T>(task: Promise<T>, message: string): Promise<T> =>
          assertDone(task, deadlineMs, message);
        try {
          await check.run({ ...harness, inTime });
        } finally {
          await harness.close();
        }
      });
    }
  });
}
