import { type ApprovalDecision, AxioError } from "axio";
import type { RunStore, StoredApproval, StoredRun } from "axio/runs";
import { EXIT, escapeLine, UsageError } from "axio-cli/internal";
import type { CommandContext } from "../host/io.ts";
import { followRun } from "./runs/follow-run.ts";
import { openRunStore } from "./runs/open-run-store.ts";
import { decisionText, runLine, runLines } from "./runs/run-text.ts";
import type { RunsInvocation } from "./runs/runs-invocation.ts";

/** `axio runs`: durable runs, wherever their workers are. */
export async function runRuns(invocation: RunsInvocation, context: CommandContext): Promise<number> {
  const { database, space, action } = invocation;
  await using store = await openRunStore(database ?? context.io.env["AXIO_DATABASE_URL"], space);
  switch (action) {
    case "list":
      return await listRuns(store.runs, invocation, context);
    case "show":
      return await showRun(store.runs, invocation, context);
    case "follow":
      await findRun(store.runs, invocation.id);
      return await followRun(store, invocation, context);
    case "stop":
      return await stopRun(store.runs, invocation, context);
    case "approve":
    case "deny":
      return await decide(store.runs, invocation, context);
  }
}

async function listRuns(
  runs: RunStore,
  { status, session, limit = 20, json }: RunsInvocation,
  { out, err }: CommandContext,
): Promise<number> {
  const list = await runs.list({
    status: status === undefined ? undefined : [status],
    conversationId: session,
    limit,
  });
  if (json) await out.line(JSON.stringify(list, null, 2));
  else if (list.length > 0) await out.line(list.map((run) => escapeLine(runLine(run))).join("\n"));
  else await err.line("There are no such runs.");
  return EXIT.ok;
}

async function showRun(
  runs: RunStore,
  { id, json }: RunsInvocation,
  { out }: CommandContext,
): Promise<number> {
  const run = await findRun(runs, id);
  const [toolCalls, approvals] = await Promise.all([runs.toolCalls(id), runs.approvals({ runId: id })]);
  const details = { run, toolCalls, approvals };
  await out.line(json ? JSON.stringify(details, null, 2) : runLines(details).map(escapeLine).join("\n"));
  return EXIT.ok;
}

async function stopRun(
  runs: RunStore,
  { id, json }: RunsInvocation,
  { out }: CommandContext,
): Promise<number> {
  const run = await runs.requestStop(id);
  if (run === undefined) throw noRun(id);
  if (json) await out.line(JSON.stringify(run, null, 2));
  else if (run.endedAt !== undefined) await out.line(`The run is over already: ${run.status}.`);
  else await out.line("The run is to be stopped. Its worker, or the next one, ends it.");
  return EXIT.ok;
}

async function decide(
  runs: RunStore,
  { action, id, reason, json }: RunsInvocation,
  { out, err }: CommandContext,
): Promise<number> {
  const decision: ApprovalDecision =
    action === "approve"
      ? { action: "allow", reason }
      : { action: "deny", reason: reason ?? "The user denied it." };
  const open = await findApproval(runs, id);
  const decided = (await runs.decide(open.id, decision, "axio runs")) ?? open;
  if (json) await out.line(JSON.stringify(decided, null, 2));
  if (open.decision === undefined && decided.decision?.action === decision.action) {
    if (!json) await out.line(escapeLine(`${decided.toolName}: ${decisionText(decided)}.`));
    return EXIT.ok;
  }
  await err.line(
    decided.decision === undefined
      ? "The approval has expired. The call counts as denied."
      : escapeLine(`The approval was decided before: ${decisionText(decided)}.`),
  );
  return EXIT.failed;
}

/** Finds an approval by its id, or by that of its run. */
async function findApproval(runs: RunStore, id: string): Promise<StoredApproval> {
  const approval = await runs.approval(id);
  if (approval !== undefined) return approval;
  const [first, ...others] = await runs.approvals({ runId: id, open: true });
  if (first === undefined)
    throw new AxioError(
      "not-found",
      `There is no approval ${id}, and no run ${id} that waits. \`axio runs\` lists the runs.`,
    );
  if (others.length > 0)
    throw new UsageError(
      `The run waits for ${others.length + 1} approvals.`,
      `Name one: ${[first, ...others].map((each) => each.id).join(", ")}`,
    );
  return first;
}

async function findRun(runs: RunStore, id: string): Promise<StoredRun> {
  const run = await runs.get(id);
  if (run === undefined) throw noRun(id);
  return run;
}

function noRun(id: string): AxioError {
  return new AxioError("not-found", `There is no run ${id} in this store. axio runs lists the runs.`);
}
