export {
  Agent,
  type AgentOptions,
  type ObjectRunOptions,
  type ObjectRunResult,
  type RunOptions,
} from "./agent.ts";
export { AgentStream } from "./agent-stream.ts";
export { AutoCompactingStore, type AutoCompactionOptions } from "./auto-compacting-store.ts";
export type {
  Block,
  DataSource,
  FileBlock,
  HostedToolBlock,
  ImageBlock,
  OpaqueBlock,
  ProviderData,
  ReasoningBlock,
  Source,
  TextBlock,
  TextPhase,
  ToolResultBlock,
  ToolResultContent,
  ToolUseBlock,
} from "./blocks.ts";
export {
  type CompactionOptions,
  type CompactionResult,
  type CompactionStrategy,
  compactContext,
  summarizeWith,
} from "./compaction.ts";
export { type AppendInfo, assertHead, type ContextHead, type ContextStore } from "./context-store.ts";
export { costOf } from "./cost.ts";
export { defineTextTool, defineTool, type TextToolOptions, type ToolOptions } from "./define-tool.ts";
export {
  AxioError,
  type AxioErrorOptions,
  abortedError,
  type DetailsOf,
  type ErrorCode,
  type ErrorDetails,
  throwIfAborted,
} from "./errors.ts";
export type {
  BlockEndEvent,
  ErrorEvent,
  HostedToolStartEvent,
  ImageOutputEvent,
  PartialObjectEvent,
  RateLimitsEvent,
  ReasoningDeltaEvent,
  RetryEvent,
  RunEndEvent,
  RunEndReason,
  StepEndEvent,
  StopReason,
  StreamEvent,
  TextDeltaEvent,
  ToolInputDeltaEvent,
  ToolOutputDeltaEvent,
  ToolResultEvent,
  ToolUseStartEvent,
  ToolWaitingEvent,
  ToolWaitReason,
  TransportEvent,
} from "./events.ts";
export type { GenerationSetting, GenerationSettings } from "./generation.ts";
export { imageGenerationTool, webSearchTool } from "./hosted-tools.ts";
export { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
export { MemoryContextStore } from "./memory-context-store.ts";
export { parseMessages } from "./message-json.ts";
export { assistantMessage, type Message, messageText, type Role, userMessage } from "./messages.ts";
export { type Capability, type ModelCost, ModelRegistry, type ModelSpec } from "./models.ts";
export {
  jsonSchema,
  type ObjectSchema,
  type TypedJsonSchema,
  type ValidationResult,
} from "./object-schema.ts";
export type { OutputOptions } from "./output-schema.ts";
export { parsePartialJson } from "./partial-json.ts";
export type { RateLimit, RateLimits, RateLimitWindow } from "./rate-limits.ts";
export type { RunOutcome, RunResult, RunStart } from "./run.ts";
export type { ObservedRun, RunObserver } from "./run-observer.ts";
export { estimateTokens } from "./token-estimate.ts";
export type {
  AgentTool,
  ApprovalDecision,
  Approver,
  CallQuestion,
  Grammar,
  Guard,
  GuardDecision,
  GuardRequest,
  HostedTool,
  HostedToolSettings,
  InterruptedCall,
  ReconciledCall,
  Tool,
  ToolChoice,
  ToolContext,
  ToolDefinition,
  ToolEffect,
  ToolOutput,
  ToolSelector,
} from "./tool.ts";
export type { CompletionTransport, OutputFormat, ReasoningOptions, StreamRequest } from "./transport.ts";
export { addUsage, NO_USAGE, type Usage } from "./usage.ts";
