export {
  type ContextStoreContract,
  type ContextStoreHarness,
  describeContextStore,
} from "./describe-context-store.ts";
export { describeEventLog } from "./describe-event-log.ts";
export { describeRunStore } from "./describe-run-store.ts";
export { describeTransport, type TransportContract } from "./describe-transport.ts";
export {
  BUILT_USAGE,
  finishedBlocks,
  reasoningBlock,
  stepEnd,
  textAnswer,
  textBlock,
  toolAnswer,
  toolUse,
  toolUseBlock,
} from "./event-builders.ts";
export { type FaultOptions, type TransportFault, withFaults } from "./faulty-transport.ts";
export { type RecordingOptions, recordTransport, replayTransport } from "./record-replay.ts";
export type { RecordingRules } from "./recording.ts";
export type { Recordings } from "./recordings.ts";
export type { RunStoreContract, RunStoreHarness } from "./run-harness.ts";
export { type ScriptedAnswer, ScriptedTransport } from "./scripted-transport.ts";
export type { TransportHarness, TransportScenario } from "./transport-harness.ts";
