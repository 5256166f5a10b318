import type { Transaction } from "./connection.ts";
import { toOwnedRow } from "./journal-rows.ts";
import { isAbandoned } from "./owner.ts";

/** A text that the user has written, but not sent. */
export interface Draft {
  /** The text of the prompt. */
  readonly text: string;
  /** Prompts that wait for the end of a run. */
  readonly queued: readonly string[];
}

/** Replaces the draft of a process. An empty one is deleted. */
export function writeDraft(
  transaction: Transaction,
  {
    owner,
    directory,
    draft,
    now,
  }: {
    readonly owner: string;
    readonly directory: string;
    readonly draft: Draft;
    readonly now: number;
  },
): void {
  transaction.run("DELETE FROM draft WHERE owner = ?", owner);
  if (draft.text === "" && draft.queued.length === 0) return;
  transaction.run(
    "INSERT INTO draft (owner, pid, updated_at, directory, json) VALUES (?, ?, ?, ?, ?)",
    owner,
    process.pid,
    now,
    directory,
    JSON.stringify(draft),
  );
}

/** Gives the drafts of a directory whose processes no longer run to a new owner, as one. */
export function takeDraft(
  transaction: Transaction,
  { owner, directory, now }: { readonly owner: string; readonly directory: string; readonly now: number },
): Draft | undefined {
  const abandoned = transaction
    .rows("SELECT * FROM draft WHERE directory = ? ORDER BY updated_at", directory)
    .map((row) => ({ ...toOwnedRow(row), json: String(row["json"]) }))
    .filter(isAbandoned);
  if (abandoned.length === 0) return undefined;
  for (const row of abandoned) transaction.run("DELETE FROM draft WHERE owner = ?", row.owner);
  const draft = abandoned.map(toDraft).reduce(joinDrafts);
  // In the same transaction, so that no crash loses it.
  writeDraft(transaction, { owner, directory, draft, now });
  return draft;
}

function joinDrafts(older: Draft, newer: Draft): Draft {
  return {
    text: newer.text,
    queued: [...older.queued, ...(older.text === "" ? [] : [older.text]), ...newer.queued],
  };
}

function toDraft({ json }: { readonly json: string }): Draft {
  const { text, queued }: Partial<Record<keyof Draft, unknown>> = JSON.parse(json);
  return {
    text: typeof text === "string" ? text : "",
    queued: Array.isArray(queued) ? queued.filter((prompt) => typeof prompt === "string") : [],
  };
}
