import type { RunEndReason, StopReason } from "../events.ts";
import { isRepeating, LONGEST_CYCLE } from "../repetition.ts";
import { addUsage, type Usage } from "../usage.ts";
import { fingerprint } from "../wire/fingerprint.ts";
import { type CallState, callKey, type RunState } from "./run-state.ts";

/** The next action that a run needs. */
export type NextStep =
  /** The response of the model. `isLast`: no step may follow. */
  | { readonly kind: "model"; readonly step: number; readonly isLast: boolean }
  /** Results of these calls, which may all be run now. `isLast`: they are answered without running them. */
  | { readonly kind: "tools"; readonly calls: readonly CallState[]; readonly isLast: boolean }
  /** Decisions about these calls. */
  | { readonly kind: "ask"; readonly calls: readonly CallState[] }
  /** The messages of the step must be appended to the conversation. */
  | { readonly kind: "store" }
  | { readonly kind: "done"; readonly reason: RunEndReason };

/** How many characters of a fingerprint are kept: enough that two steps differ. */
const FINGERPRINT_LENGTH = 12;

/**
 * Returns what a run needs next.
 *
 * @param now The time in Unix milliseconds, for the deadline of the budget.
 */
export function nextStep(state: RunState, now: number = Date.now()): NextStep {
  const isLast = state.step >= state.maxSteps;
  switch (state.phase) {
    case "model":
      return isUsedUp(state, now)
        ? { kind: "done", reason: "budget" }
        : { kind: "model", step: state.step, isLast };
    case "tools": {
      const pending = state.calls.filter(({ status }) => status === "pending");
      if (pending.length > 0) return { kind: "tools", calls: pending, isLast };
      return { kind: "ask", calls: state.calls.filter(({ status }) => status === "asked") };
    }
    case "store":
      return { kind: "store" };
    case "done":
      return { kind: "done", reason: state.endReason ?? "end" };
  }
}

/** The response of a step, without its content. */
export interface ModelAnswer {
  readonly stopReason: StopReason;
  readonly usage: Usage;
  /** The number of tool calls. */
  readonly calls: number;
}

/** Adds the response of the current step. */
export function applyModel(state: RunState, { stopReason, usage, calls }: ModelAnswer): RunState {
  return {
    ...state,
    phase: calls === 0 ? "store" : "tools",
    calls: Array.from({ length: calls }, (_, position) => ({
      key: callKey(state.step, position),
      status: "pending",
    })),
    usage: addUsage(state.usage, usage),
    stopReason,
  };
}

/** Notes that a call has its result. */
export function applyTool(state: RunState, key: string): RunState {
  const calls = withStatus(state.calls, key, "settled");
  const isComplete = calls.every(({ status }) => status === "settled");
  return { ...state, calls, phase: state.phase === "tools" && isComplete ? "store" : state.phase };
}

/** Notes that a call waits for a decision. */
export function applyAsk(state: RunState, key: string): RunState {
  return { ...state, calls: withStatus(state.calls, key, "asked") };
}

/** Notes that the decision about a call is there, or has come too late. */
export function applyDecision(state: RunState, key: string): RunState {
  return { ...state, calls: withStatus(state.calls, key, "pending") };
}

/** How the current step was stored. */
export interface StoredStep {
  /** `stepFingerprint()` of its calls and results. Not needed without calls. */
  readonly fingerprint?: string | undefined;
}

/** Notes that the messages of the step are part of the conversation, and begins the next step or ends the run. */
export function applyStored(state: RunState, { fingerprint: text }: StoredStep): RunState {
  const { calls, maxSteps, step, stopReason = "end", repetitionLimit } = state;
  const stored = { ...state, base: undefined };
  if (calls.length === 0) return ended(stored, stopReason === "tool-use" ? "end" : stopReason);
  if (step >= maxSteps) return ended(stored, "max-steps");
  const fingerprints =
    repetitionLimit === undefined || text === undefined
      ? []
      : [...state.fingerprints, fingerprint(text, FINGERPRINT_LENGTH)].slice(
          -LONGEST_CYCLE * repetitionLimit,
        );
  if (repetitionLimit !== undefined && isRepeating(fingerprints, repetitionLimit))
    return ended({ ...stored, fingerprints }, "repetition");
  return { ...stored, fingerprints, step: step + 1, phase: "model", calls: [] };
}

/** Ends a run that was stopped, failed or has used up its budget. */
export function applyStop(state: RunState, reason: "aborted" | "error" | "budget"): RunState {
  return ended(state, reason);
}

function ended(state: RunState, endReason: RunEndReason): RunState {
  return { ...state, phase: "done", endReason };
}

function withStatus(
  calls: readonly CallState[],
  key: string,
  status: CallState["status"],
): readonly CallState[] {
  // A settled call has its result for good.
  return calls.map((call) => (call.key === key && call.status !== "settled" ? { key, status } : call));
}

function isUsedUp({ budget, usage }: RunState, now: number): boolean {
  const { maxTokens = Number.POSITIVE_INFINITY, deadlineAt = Number.POSITIVE_INFINITY } = budget ?? {};
  return usage.inputTokens + usage.outputTokens >= maxTokens || now >= deadlineAt;
}
