import type { ApprovalDecision } from "axio";
import type { StoredApproval, StoredRun, StoredToolCall } from "axio/runs";

/** Everything that `axio runs show` shows. */
export interface RunDetails {
  readonly run: StoredRun;
  readonly toolCalls: readonly StoredToolCall[];
  readonly approvals: readonly StoredApproval[];
}

/** A run in a list. */
export function runLine({ id, updatedAt, status, state, failure }: StoredRun): string {
  const steps = `${state.step} step${state.step === 1 ? "" : "s"}`;
  const model = state.model ?? "";
  const end = failure === undefined ? model : `${failure.code}: ${failure.message}`;
  return `${id}  ${time(updatedAt)}  ${status.padEnd(7)}  ${steps.padEnd(8)}  ${end}`.trimEnd();
}

/** A run with its tool calls and approvals. */
export function runLines({ run, toolCalls, approvals }: RunDetails): readonly string[] {
  const { state } = run;
  const row = (name: string, value: string | number | undefined): readonly string[] =>
    value === undefined ? [] : [`${name.padEnd(12)}${value}`];
  const at = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : time(value);
  return [
    ...row("Run", run.id),
    ...row("Session", run.conversationId),
    ...row("Status", statusText(run)),
    ...row("Model", state.model),
    ...row("Steps", `${state.step} of at most ${state.maxSteps}`),
    ...row("Tokens", `${state.usage.inputTokens} input, ${state.usage.outputTokens} output`),
    ...row("Claims", run.epoch),
    ...row("Worker", run.owner),
    ...row("Created", at(run.createdAt)),
    ...row("Ended", at(run.endedAt)),
    ...row("Continues", run.wakeAt === undefined || run.wakeAt === 0 ? undefined : at(run.wakeAt)),
    ...row("Error", run.failure === undefined ? undefined : `${run.failure.code}: ${run.failure.message}`),
    ...(toolCalls.length === 0 ? [] : ["Tool calls"]),
    ...toolCalls.map(
      ({ key, name, status, attempt, effect }) =>
        `  ${key.padEnd(6)}${status.padEnd(9)}${name} (${effect}${attempt > 1 ? `, attempt ${attempt}` : ""})`,
    ),
    ...(approvals.length === 0 ? [] : ["Approvals"]),
    ...approvals.flatMap((approval) => [
      `  ${approval.id}  ${decisionText(approval)}`,
      `    ${approval.question}`,
      `    ${approval.toolName} ${JSON.stringify(approval.input)}`,
    ]),
  ];
}

/** The decision about an approval. */
export function decisionText({ decision, decidedBy, expiresAt }: StoredApproval): string {
  if (decision === undefined) return expiresAt === undefined ? "open" : `open until ${time(expiresAt)}`;
  return `${DECIDED[decision.action]}${decidedBy === undefined ? "" : ` by ${decidedBy}`}`;
}

const DECIDED: Readonly<Record<ApprovalDecision["action"], string>> = {
  allow: "approved",
  change: "approved with another input",
  deny: "denied",
};

function statusText({ status, stopRequestedAt, endedAt }: StoredRun): string {
  return stopRequestedAt !== undefined && endedAt === undefined ? `${status}, is to be stopped` : status;
}

function time(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}
