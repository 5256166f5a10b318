export {
  type ContextStoreContract,
  type ContextStoreHarness,
  describeContextStore,
} from "./describe-context-store.ts";
export {
  describeTransport,
  type TransportContract,
  type TransportHarness,
  type TransportScenario,
} from "./describe-transport.ts";
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
export { type ScriptedAnswer, ScriptedTransport } from "./scripted-transport.ts";
