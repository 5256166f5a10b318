import type { Block, ImageBlock, TextPhase, ToolResultBlock } from "./blocks.ts";
import type { AxioError } from "./errors.ts";
import type { JsonValue } from "./json.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { Usage } from "./usage.ts";

/**
 * Why a response ended, according to the provider.
 *
 * - `end`: the model is done.
 * - `tool-use`: it waits for tool results.
 * - `max-output-tokens`: it reached the maximum length.
 * - `content-filter`: a filter cut it off.
 * - `refusal`: the model refused.
 * - `incomplete`: the provider ended it early for another reason.
 */
export type StopReason =
  | "end"
  | "tool-use"
  | "max-output-tokens"
  | "content-filter"
  | "refusal"
  | "incomplete";

/** A fragment of a text, for display. `index` is the position of the block in the response, from 0. */
export interface TextDeltaEvent {
  readonly type: "text-delta";
  readonly index: number;
  readonly delta: string;
  /** Absent if the provider does not distinguish phases. */
  readonly phase?: TextPhase | undefined;
  /** Whether the text is a refusal. Default: `false`, or the provider says so only at the end. */
  readonly refusal?: true | undefined;
}

/** A fragment of reasoning, for display. */
export interface ReasoningDeltaEvent {
  readonly type: "reasoning-delta";
  readonly index: number;
  readonly delta: string;
}

/** A tool call starts. */
export interface ToolUseStartEvent {
  readonly type: "tool-use-start";
  readonly index: number;
  readonly toolCallId: string;
  readonly name: string;
}

/** A fragment of the input of a tool call, for display. */
export interface ToolInputDeltaEvent {
  readonly type: "tool-input-delta";
  readonly index: number;
  readonly toolCallId: string;
  readonly delta: string;
}

/** The provider starts a hosted tool. The `hosted-tool` block with the same `index` has the outcome. */
export interface HostedToolStartEvent {
  readonly type: "hosted-tool-start";
  readonly index: number;
  /** As in `HostedToolBlock`. */
  readonly name: string;
}

/** A block is complete. History consists of these blocks, never of deltas. */
export interface BlockEndEvent {
  readonly type: "block-end";
  readonly index: number;
  readonly block: Block;
}

/** The model created an image. */
export interface ImageOutputEvent {
  readonly type: "image-output";
  readonly index: number;
  readonly image: ImageBlock;
  /** This is a preview. A later event replaces it. */
  readonly partial?: true | undefined;
}

/** The rate limits of the account. Failed responses state them too, before their `retry` or error. */
export interface RateLimitsEvent {
  readonly type: "rate-limits";
  readonly rateLimits: RateLimits;
}

/**
 * The request failed after its first event, and is sent again: remove the `discardedBlocks`, because the new response
 * replaces them and counts from 0. Also sent before a wait for a usage limit, if the caller selected to wait.
 */
export interface RetryEvent {
  readonly type: "retry";
  /** 1 for the first retry of a request. */
  readonly attempt: number;
  /** The delay before the request is sent again. */
  readonly delayMs: number;
  /** Why the request failed. */
  readonly error: AxioError;
  /** The `index` of each block that was started or completed so far. */
  readonly discardedBlocks: readonly number[];
}

/** The response is complete. The last event of each step's response. */
export interface StepEndEvent {
  readonly type: "step-end";
  readonly stopReason: StopReason;
  readonly usage: Usage;
  /** The id of the model that responded, if the provider states it. */
  readonly model?: string | undefined;
  /** The provider's id of the response. */
  readonly responseId?: string | undefined;
  /** The provider's own name for the stop reason, if `stopReason` does not tell it. */
  readonly peerReason?: string | undefined;
  /**
   * The tokens of the conversation, this response included. Default: input and output of `usage`, which differs if the
   * provider made several requests of its own for a response.
   */
  readonly contextTokens?: number | undefined;
}

/** The events of a transport. A union on `type`. */
export type TransportEvent =
  | TextDeltaEvent
  | ReasoningDeltaEvent
  | ToolUseStartEvent
  | ToolInputDeltaEvent
  | HostedToolStartEvent
  | BlockEndEvent
  | ImageOutputEvent
  | RateLimitsEvent
  | RetryEvent
  | StepEndEvent;

/** A fragment of a tool's output, for display. */
export interface ToolOutputDeltaEvent {
  readonly type: "tool-output-delta";
  readonly toolCallId: string;
  readonly name: string;
  readonly delta: string;
}

/** Why a tool call waits: for a guard (such as a permission request), another call of the tool, or the tool itself. */
export type ToolWaitReason = "guard" | "concurrency" | "tool";

/**
 * A tool call has not ended yet. Sent when a call must wait for another one (`concurrency`), and every 10 seconds for each
 * call without a result.
 */
export interface ToolWaitingEvent {
  readonly type: "tool-waiting";
  readonly toolCallId: string;
  readonly name: string;
  readonly reason: ToolWaitReason;
  /** How long the call has waited for this. */
  readonly waitedMs: number;
}

/** A tool call is done. */
export interface ToolResultEvent {
  readonly type: "tool-result";
  readonly toolCallId: string;
  readonly name: string;
  readonly result: ToolResultBlock;
}

/**
 * The object of a run with an `output` schema, as far as it is written: strings may be cut off, properties and elements
 * may be missing. It is not validated. The larger it is, the less often it is sent.
 */
export interface PartialObjectEvent {
  readonly type: "partial-object";
  readonly value: JsonValue;
}

/** The run failed. `run-end` follows, then the iteration throws the same error. */
export interface ErrorEvent {
  readonly type: "error";
  readonly error: AxioError;
}

/**
 * Why a run ended: the `StopReason` of the last response, or
 *
 * - `max-steps`: the model called tools in the last step.
 * - `repetition`: the model repeated the same tool calls.
 * - `budget`: the run has used up its tokens or its time.
 * - `aborted`: the caller stopped it.
 * - `error`: it failed.
 */
export type RunEndReason =
  | Exclude<StopReason, "tool-use">
  | "max-steps"
  | "repetition"
  | "budget"
  | "aborted"
  | "error";

/** The run is over. The last event of every run. */
export interface RunEndEvent {
  readonly type: "run-end";
  readonly reason: RunEndReason;
  /** The sum over all steps. */
  readonly usage: Usage;
  /** The number of steps. */
  readonly steps: number;
}

/** The events of a run. A union on `type`. */
export type StreamEvent =
  | TransportEvent
  | ToolOutputDeltaEvent
  | ToolWaitingEvent
  | ToolResultEvent
  | PartialObjectEvent
  | ErrorEvent
  | RunEndEvent;
