import type { Block, ToolResultBlock } from "../blocks.ts";
import type { StepEndEvent } from "../events.ts";
import type { ToolEffect } from "../tool.ts";

/** A complete response of the model. */
export interface ModelResponse {
  readonly blocks: readonly Block[];
  readonly end: StepEndEvent;
}

/** The request of one step, as a run store knows it. */
export interface StoredModelCall {
  readonly step: number;
  /** How often the request was begun, from 1. */
  readonly attempt: number;
  /** Present if the response is complete. It does not change any more. */
  readonly response?: ModelResponse | undefined;
}

/** A tool call that may run: its guards have allowed it. */
export interface NewToolCall {
  /** Identifies the call within the run: `callKey()`. */
  readonly key: string;
  readonly step: number;
  readonly toolCallId: string;
  readonly name: string;
  /** Of the input that the guards allowed. */
  readonly inputHash: string;
  readonly effect: ToolEffect;
}

/** A tool call, as a run store knows it. */
export interface StoredToolCall extends NewToolCall {
  /**
   * - `running`: it was begun under `epoch`.
   * - `settled`: it has its result.
   * - `unknown`: it was interrupted, and whether it had an effect is not known. It has a result that says so.
   */
  readonly status: "running" | "settled" | "unknown";
  /** How often it was begun, from 1. */
  readonly attempt: number;
  /** The claim of the run under which it was begun last. */
  readonly epoch: number;
  /** In Unix milliseconds. */
  readonly startedAt: number;
  readonly result?: ToolResultBlock | undefined;
  /** A result that arrived after another worker had taken over. The model never sees it. */
  readonly lateResult?: ToolResultBlock | undefined;
}

/** Whether a tool call may be run. */
export type ToolCallClaim =
  /** Run it, and settle it. */
  | { readonly status: "claimed"; readonly attempt: number }
  /** It has its result. */
  | { readonly status: "settled"; readonly result: ToolResultBlock }
  /** It was begun before and has no result. It has an effect that must not happen twice: do not run it. */
  | { readonly status: "interrupted"; readonly attempt: number };

/**
 * Decides whether a call may be run. A run store does this and stores the outcome in one transaction: for `claimed`, the call
 * is `running` with this attempt and the epoch of the lease.
 *
 * @param stored The call as stored; `undefined` if it was never begun.
 */
export function claimOf(stored: StoredToolCall | undefined, effect: ToolEffect): ToolCallClaim {
  if (stored === undefined) return { status: "claimed", attempt: 1 };
  if (stored.result !== undefined) return { status: "settled", result: stored.result };
  // The effect that it had when it began counts: a new version of the program may declare another one.
  if (stored.effect === "once" || effect === "once")
    return { status: "interrupted", attempt: stored.attempt };
  return { status: "claimed", attempt: stored.attempt + 1 };
}
