export { type BatchedIterable, fromBatches, readBatches } from "./batches.ts";
export type {
  Block,
  DataSource,
  FileBlock,
  ImageBlock,
  OpaqueBlock,
  ProviderData,
  ReasoningBlock,
  TextBlock,
  ToolResultBlock,
  ToolResultContent,
  ToolUseBlock,
} from "./blocks.ts";
export type { ContextStore, SessionSummary } from "./context-store.ts";
export {
  AxioError,
  type AxioErrorOptions,
  abortedError,
  type ErrorCode,
  type ErrorDetails,
  throwIfAborted,
} from "./errors.ts";
export type {
  BlockEndEvent,
  ErrorEvent,
  ImageOutputEvent,
  IterationEndEvent,
  RateLimitsEvent,
  ReasoningDeltaEvent,
  RetryEvent,
  SessionEndEvent,
  SessionEndReason,
  StopReason,
  StreamEvent,
  TextDeltaEvent,
  ToolInputDeltaEvent,
  ToolOutputDeltaEvent,
  ToolResultEvent,
  ToolUseStartEvent,
  TransportEvent,
} from "./events.ts";
export { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
export { assistantMessage, type Message, messageText, type Role, userMessage } from "./messages.ts";
export { type Capability, type ModelCost, ModelRegistry, type ModelSpec } from "./models.ts";
export type { RateLimit, RateLimits, RateLimitWindow } from "./rate-limits.ts";
export type {
  Guard,
  GuardDecision,
  GuardRequest,
  Tool,
  ToolContext,
  ToolDefinition,
  ToolOutput,
  ValidationResult,
} from "./tool.ts";
export type { CompletionTransport, StreamRequest } from "./transport.ts";
export { addUsage, NO_USAGE, type Usage } from "./usage.ts";
