import type { SqlValue, Transaction } from "./connection.ts";
import { isAbandoned, type OwnedRow } from "./owner.ts";
import { appendMessages, findSession } from "./session-rows.ts";
import { decodeMessages, encodeMessages, type StoredMessage } from "./stored-message.ts";

/** A step that was in progress when its process ended. */
interface AbandonedStep extends OwnedRow {
  readonly session: string;
  readonly json: string;
}

/** Replaces the messages of the step in progress. They are not part of the history. */
export function writeJournal(
  transaction: Transaction,
  session: number,
  {
    owner,
    now,
    messages,
  }: { readonly owner: string; readonly now: number; readonly messages: readonly StoredMessage[] },
): void {
  transaction.run(
    "INSERT OR REPLACE INTO journal (session, owner, pid, updated_at, json) VALUES (?, ?, ?, ?, ?)",
    session,
    owner,
    process.pid,
    now,
    `[${messages.map(({ json }) => json).join(",")}]`,
  );
}

/** Removes the step in progress. */
export function clearJournal(transaction: Transaction, session: number, owner: string): void {
  transaction.run("DELETE FROM journal WHERE session = ? AND owner = ?", session, owner);
}

/** Returns the steps whose processes no longer run. */
export function abandonedSteps(transaction: Transaction): readonly AbandonedStep[] {
  return transaction
    .rows(
      `SELECT session.id AS session, owner, pid, journal.updated_at, json
       FROM journal JOIN session ON session.number = journal.session`,
    )
    .map((row) => ({ ...toOwnedRow(row), session: String(row["session"]), json: String(row["json"]) }))
    .filter(isAbandoned);
}

/** Appends the steps whose processes no longer run to their sessions. */
export function recoverSteps(transaction: Transaction, path: string): void {
  for (const { session: id, owner, updatedAt, json } of abandonedSteps(transaction)) {
    const session = findSession(transaction, id, path);
    clearJournal(transaction, session.number, owner);
    const messages = readable(json, id);
    if (messages.length > 0) appendMessages(transaction, session, messages, { now: updatedAt });
  }
}

/** Converts the columns of a row that belongs to a process. */
export function toOwnedRow(row: Readonly<Record<string, SqlValue>>): OwnedRow {
  return {
    owner: String(row["owner"]),
    pid: Number(row["pid"]),
    updatedAt: Number(row["updated_at"]),
  };
}

function readable(json: string, session: string): readonly StoredMessage[] {
  try {
    return encodeMessages(decodeMessages([json.slice(1, -1)], session));
  } catch {
    // A step of a later version: it cannot be read, and must not keep the file from being opened.
    return [];
  }
}
