import { APPROVAL_CHECKS } from "./approval-checks.ts";
import { CALL_CHECKS } from "./call-checks.ts";
import { describeContract } from "./contract-runner.ts";
import { LEASE_CHECKS } from "./lease-checks.ts";
import type { RunStoreContract } from "./run-harness.ts";

/**
 * Defines the contract of run stores as tests.
 *
 * @example
 * ```ts
 * import { describe, it } from "node:test";
 * import { MemoryRunStore } from "axio/runs";
 * import { describeRunStore } from "axio/testing";
 *
 * describeRunStore({
 *   name: "MemoryRunStore",
 *   describe,
 *   it,
 *   create: async () => {
 *     const runs = new MemoryRunStore();
 *     return { runs, events: runs.events, close: async () => {} };
 *   },
 * });
 * ```
 */
export function describeRunStore({ name, create, ...runner }: RunStoreContract): void {
  const checks = [...LEASE_CHECKS, ...CALL_CHECKS, ...APPROVAL_CHECKS];
  describeContract(`${name} keeps the run store contract`, runner, create, checks);
}
