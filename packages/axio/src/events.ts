import type { Block, ImageBlock, TextPhase, ToolResultBlock } from "./blocks.ts";
import type { AxioError } from "./errors.ts";
import type { JsonValue } from "./json.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { Usage } from "./usage.ts";

/**
 * Why a call ended, as the provider said it.
 *
 * - `end`: the model is done.
 * - `tool-use`: it waits for tool results.
 * - `max-output-tokens`: it was cut at the limit of its output.
 * - `content-filter`: it was cut by a filter.
 * - `refusal`: it declined to answer.
 * - `incomplete`: the provider ended it early for a reason that has no name here.
 */
export type StopReason =
  | "end"
  | "tool-use"
  | "max-output-tokens"
  | "content-filter"
  | "refusal"
  | "incomplete";

/** A piece of text, for showing. `index` numbers the block within this call, from 0. */
export interface TextDeltaEvent {
  readonly type: "text-delta";
  readonly index: number;
  readonly delta: string;
  /** Tells commentary from the answer, where the provider does. */
  readonly phase?: TextPhase | undefined;
}

/** A piece of reasoning, for showing. */
export interface ReasoningDeltaEvent {
  readonly type: "reasoning-delta";
  readonly index: number;
  readonly delta: string;
}

/** The model begins a tool call. */
export interface ToolUseStartEvent {
  readonly type: "tool-use-start";
  readonly index: number;
  readonly toolCallId: string;
  readonly name: string;
}

/** A piece of a tool call's arguments, as the model writes them. */
export interface ToolInputDeltaEvent {
  readonly type: "tool-input-delta";
  readonly index: number;
  readonly toolCallId: string;
  readonly delta: string;
}

/** The provider begins to run a tool of its own. What came of it is the `hosted-tool` block of the same `index`. */
export interface HostedToolStartEvent {
  readonly type: "hosted-tool-start";
  readonly index: number;
  /** As in `HostedToolBlock`. */
  readonly name: string;
}

/** A block is whole. History is built from these, never from deltas. */
export interface BlockEndEvent {
  readonly type: "block-end";
  readonly index: number;
  readonly block: Block;
}

/** The model made a picture; `partial` marks a preview that a later event replaces. */
export interface ImageOutputEvent {
  readonly type: "image-output";
  readonly index: number;
  readonly image: ImageBlock;
  readonly partial?: true | undefined;
}

/** What the account may still use, as the answer said it: one that failed as well, before its `retry` or its error. */
export interface RateLimitsEvent {
  readonly type: "rate-limits";
  readonly rateLimits: RateLimits;
}

/**
 * The call broke after events had been given out, and starts anew. Forget the blocks in `discard`:
 * what follows counts from 0 again and replaces them. Also given, where the caller asked for it, before a wait until a
 * usage limit resets.
 */
export interface RetryEvent {
  readonly type: "retry";
  /** 1 for the first retry of this call. */
  readonly attempt: number;
  /** How long the transport waits first, in milliseconds. */
  readonly delayMs: number;
  /** What went wrong. */
  readonly error: AxioError;
  /** The `index` of each block of this call that was begun or finished so far. */
  readonly discardedBlocks: readonly number[];
}

/** The call succeeded. Exactly one ends each successful call. */
export interface StepEndEvent {
  readonly type: "step-end";
  readonly stopReason: StopReason;
  readonly usage: Usage;
  /** The model that answered, where the provider names it. */
  readonly model?: string | undefined;
  /** The provider's id of this answer. */
  readonly responseId?: string | undefined;
}

/** What a transport may send. */
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

/** A tool shows something before it is done. */
export interface ToolOutputDeltaEvent {
  readonly type: "tool-output-delta";
  readonly toolCallId: string;
  readonly name: string;
  readonly delta: string;
}

/** A tool is done. */
export interface ToolResultEvent {
  readonly type: "tool-result";
  readonly toolCallId: string;
  readonly name: string;
  readonly result: ToolResultBlock;
}

/**
 * The object that the answer is to be, as far as it came: strings may be cut, members and elements may be missing.
 * Only in runs with an `output` schema, and not validated against it.
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
 * Why a run ended: the last call's `StopReason`, or
 *
 * - `max-steps`: the model still wanted tools when its turns were used up.
 * - `repetition`: the model kept asking for the same thing.
 * - `aborted`: the caller stopped it.
 * - `error`: it failed.
 */
export type RunEndReason = Exclude<StopReason, "tool-use"> | "max-steps" | "repetition" | "aborted" | "error";

/** The last event of every run. */
export interface RunEndEvent {
  readonly type: "run-end";
  readonly reason: RunEndReason;
  /** The sum over all calls of the run. */
  readonly usage: Usage;
  /** How many calls were made. */
  readonly steps: number;
}

/** Everything that an agent's stream may give. A union on `type`. */
export type StreamEvent =
  | TransportEvent
  | ToolOutputDeltaEvent
  | ToolResultEvent
  | PartialObjectEvent
  | ErrorEvent
  | RunEndEvent;
