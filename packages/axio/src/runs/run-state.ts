import type { ContextHead } from "../context-store.ts";
import type { RunEndReason, StopReason } from "../events.ts";
import type { GenerationSettings } from "../generation.ts";
import { NO_USAGE, type Usage } from "../usage.ts";

/** The limits of a run. */
export interface RunBudget {
  /** The largest sum of input and output tokens. It is checked before each step. Default: no limit. */
  readonly maxTokens?: number | undefined;
  /** When the run must have ended, in Unix milliseconds. Default: no limit. */
  readonly deadlineAt?: number | undefined;
}

/** A tool call of the current step. */
export interface CallState {
  /** Identifies the call within the run: step and position, such as `"2.0"`. Ids of providers may repeat. */
  readonly key: string;
  /** `asked`: a guard waits for a decision. `settled`: the call has its result. */
  readonly status: "pending" | "asked" | "settled";
}

/**
 * Where a run is, as JSON. It has no messages: they are in the conversation and in the run store. Only the functions of
 * this package change it.
 */
export interface RunState {
  /** The version of this format. */
  readonly v: 1;
  readonly runId: string;
  /** The id of the conversation. */
  readonly conversationId: string;
  /** The number of the current step, from 1. */
  readonly step: number;
  /**
   * - `model`: the response of the step is needed.
   * - `tools`: its tool calls need results.
   * - `store`: its messages must be appended to the conversation.
   * - `done`: the run is over.
   */
  readonly phase: "model" | "tools" | "store" | "done";
  /** The tool calls of the current step. */
  readonly calls: readonly CallState[];
  /** The sum over all responses so far. */
  readonly usage: Usage;
  /** The last steps, shortened, to notice repetition. */
  readonly fingerprints: readonly string[];
  readonly maxSteps: number;
  /** As in `AgentOptions`; absent for `Infinity`, which JSON cannot represent. */
  readonly repetitionLimit?: number | undefined;
  /** Why the last response ended. */
  readonly stopReason?: StopReason | undefined;
  /** Why the run ended. Present if it is over. */
  readonly endReason?: RunEndReason | undefined;
  /** The conversation before the messages of the current step. Absent if its store does not state it. */
  readonly base?: ContextHead | undefined;
  /** The model, by its id. Default: that of the transport. */
  readonly model?: string | undefined;
  /** The reasoning effort. Default: that of the transport. */
  readonly effort?: string | undefined;
  /** How each response is generated. Default: that of the transport. */
  readonly generation?: GenerationSettings | undefined;
  readonly budget?: RunBudget | undefined;
}

/** The options of {@link startRun}. */
export interface RunSettings
  extends Pick<
    RunState,
    "runId" | "conversationId" | "maxSteps" | "base" | "model" | "effort" | "generation" | "budget"
  > {
  readonly repetitionLimit: number;
}

/** Returns the state of a run before its first step. */
export function startRun({ repetitionLimit, ...start }: RunSettings): RunState {
  return {
    v: 1,
    ...start,
    ...(Number.isFinite(repetitionLimit) ? { repetitionLimit } : {}),
    step: 1,
    phase: "model",
    calls: [],
    usage: NO_USAGE,
    fingerprints: [],
  };
}

/** Identifies a tool call within its run. */
export function callKey(step: number, position: number): string {
  return `${step}.${position}`;
}
