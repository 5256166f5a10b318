import type { JsonObject } from "../json.ts";
import type { CompletionTransport } from "../transport.ts";
import { assertDone } from "./assertions.ts";
import { abortChecks, failureChecks, requestChecks, streamChecks, toolChecks } from "./transport-checks.ts";

/** The behavior of the peer of a transport. */
export type TransportScenario =
  /** Responds with the reasoning, if there is any, and the text. */
  | { readonly kind: "text"; readonly text: string; readonly reasoning?: string | undefined }
  /** Calls the tools in one response, and responds to their results with the text. */
  | {
      readonly kind: "tools";
      readonly calls: readonly { readonly name: string; readonly input: JsonObject }[];
      readonly text: string;
    }
  /** Starts a text and never ends it. */
  | { readonly kind: "endless" }
  /** Sends a part of a text, then closes the connection, for each request. */
  | { readonly kind: "truncated" }
  /** The same for the first request. Responds to the next one with the text. */
  | { readonly kind: "truncated-once"; readonly text: string }
  /** Rejects each request permanently. */
  | { readonly kind: "refused" };

/** A transport and its peer. */
export interface TransportHarness {
  /** Its retries wait for a few milliseconds at most. */
  readonly transport: CompletionTransport;
  /** Resolves when the peer has no open connection. */
  readonly disconnected: () => Promise<void>;
  /** The number of requests so far. Without it, a transport that sends requests too early is not detected. */
  readonly requestCount?: (() => number) | undefined;
  /** The model of each request so far. Without it, a transport that ignores the request's model is not detected. */
  readonly requestedModels?: (() => readonly string[]) | undefined;
  /** Called once after each check. */
  readonly close: () => Promise<void>;
}

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
