import { type StreamEvent, userMessage } from "axio";
import type { SessionNote, SqliteContextStore } from "axio-context-sqlite";
import type { FileHistory } from "../snapshots/file-history.ts";
import { isUnifiedDiff } from "../transcript/diff-lines.ts";
import { type AgentOutcome, type RunRequest, runAgent } from "./run-agent.ts";

/** One run of the agent in a session. */
export interface WatchedRun extends RunRequest {
  readonly session: SqliteContextStore;
  readonly files: FileHistory;
  readonly signal: AbortSignal;
}

const DIFF_KEY = "diff:";

/**
 * Runs the agent, and stores with the session what it changes: the files, and the diffs to show.
 */
export async function watchedRun(run: WatchedRun): Promise<AgentOutcome> {
  const { session, files, blocks, signal, onEvent } = run;
  const { length } = await session.history();
  const { recording, end } = await files.begin(session);
  const outputs = new Map<string, string>();
  const outcome = await runAgent({
    ...run,
    guards: [recording.guard],
    onEvent: (event) => {
      keepDiff(session, outputs, event);
      return onEvent(event);
    },
  });
  await end();
  // A run that was stopped before its first request stores nothing itself.
  if (signal.aborted && (await session.history()).length === length)
    await session.append([userMessage(blocks)]);
  return outcome;
}

/** Returns the diffs that were stored with a session, by the ids of the tool calls. */
export function storedDiffs(notes: readonly SessionNote[]): ReadonlyMap<string, string> {
  return new Map(
    notes.flatMap(({ key, value }) =>
      key.startsWith(DIFF_KEY) && typeof value === "string" ? [[key.slice(DIFF_KEY.length), value]] : [],
    ),
  );
}

/** The diff of a change is the output of its tool, but not a part of the result, which the model sees. */
function keepDiff(session: SqliteContextStore, outputs: Map<string, string>, event: StreamEvent): void {
  if (event.type === "tool-output-delta")
    outputs.set(event.toolCallId, (outputs.get(event.toolCallId) ?? "") + event.delta);
  if (event.type !== "tool-result") return;
  const output = outputs.get(event.toolCallId) ?? "";
  outputs.delete(event.toolCallId);
  // Without it, the transcript shows the result instead.
  if (isUnifiedDiff(output)) session.setNote(`${DIFF_KEY}${event.toolCallId}`, output).catch(() => undefined);
}
