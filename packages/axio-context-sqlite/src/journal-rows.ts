import { decodeMessages, encodeMessages, type StoredMessage } from "axio/internal";
import type { SqlValue, Transaction } from "./connection.ts";
import { isAbandoned, type OwnedRow } from "./owner.ts";
import { appendMessages, findSession } from "./session-rows.ts";

/** A step that was in progress when its process ended. */
interface AbandonedStep extends OwnedRow {
  readonly session: string;
  /** Its messages. */
  readonly texts: readonly string[];
}

/** Replaces the messages of the step in progress from a position on. They are not part of the history. */
export function writeJournal(
  transaction: Transaction,
  session: number,
  {
    owner,
    now,
    start,
    messages,
  }: {
    readonly owner: string;
    readonly now: number;
    readonly start: number;
    readonly messages: readonly StoredMessage[];
  },
): void {
  transaction.run(
    "DELETE FROM journal WHERE session = ? AND owner = ? AND position >= ?",
    session,
    owner,
    start,
  );
  for (const [index, { json }] of messages.entries())
    transaction.run(
      "INSERT INTO journal (session, owner, position, pid, updated_at, json) VALUES (?, ?, ?, ?, ?, ?)",
      session,
      owner,
      start + index,
      process.pid,
      now,
      json,
    );
}

/** Removes the step in progress. */
export function clearJournal(transaction: Transaction, session: number, owner: string): void {
  transaction.run("DELETE FROM journal WHERE session = ? AND owner = ?", session, owner);
}

/** Returns the steps whose processes no longer run. */
export function abandonedSteps(transaction: Transaction): readonly AbandonedStep[] {
  const steps = new Map<string, AbandonedStep>();
  const rows = transaction.rows(
    `SELECT session.id AS session, owner, pid, journal.updated_at, json
     FROM journal JOIN session ON session.number = journal.session
     ORDER BY journal.session, owner, position`,
  );
  for (const row of rows) {
    const [owned, session] = [toOwnedRow(row), String(row["session"])];
    const key = `${session} ${owned.owner}`;
    // The last message is the newest.
    steps.set(key, { ...owned, session, texts: [...(steps.get(key)?.texts ?? []), String(row["json"])] });
  }
  return [...steps.values()].filter(isAbandoned);
}

/** Appends the steps whose processes no longer run to their sessions. */
export function recoverSteps(transaction: Transaction, path: string): void {
  for (const { session: id, owner, updatedAt, texts } of abandonedSteps(transaction)) {
    const session = findSession(transaction, id, path);
    clearJournal(transaction, session.number, owner);
    const messages = readable(texts, id);
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

function readable(texts: readonly string[], session: string): readonly StoredMessage[] {
  try {
    return encodeMessages(decodeMessages(texts, session));
  } catch {
    // A step of a later version: it cannot be read, and must not keep the file from being opened.
    return [];
  }
}
