export type { ApprovalFilter, NewApproval, StoredApproval } from "./approval.ts";
export {
  chunkAfter,
  type EventChunk,
  type EventCursor,
  type EventLog,
  formatCursor,
  parseCursor,
  type ReadEventsOptions,
} from "./event-log.ts";
export { MemoryEventLog } from "./memory-event-log.ts";
export { MemoryRunStore } from "./memory-run-store.ts";
export {
  type CallState,
  callKey,
  type RunBudget,
  type RunSettings,
  type RunState,
  startRun,
} from "./run-state.ts";
export type {
  ClaimOptions,
  NewRun,
  ProlongedLease,
  RunDeletion,
  RunFailure,
  RunFilter,
  RunLease,
  RunStatus,
  RunStore,
  StoredRun,
} from "./run-store.ts";
export {
  applyAsk,
  applyDecision,
  applyModel,
  applyStop,
  applyStored,
  applyTool,
  type ModelAnswer,
  type NextStep,
  nextStep,
  type StoredStep,
} from "./stepper.ts";
export {
  claimOf,
  type ModelResponse,
  type NewToolCall,
  type StoredModelCall,
  type StoredToolCall,
  type ToolCallClaim,
} from "./stored-call.ts";
