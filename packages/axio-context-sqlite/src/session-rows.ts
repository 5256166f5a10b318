import { AxioError, type Message } from "axio";
import { decodeMessages, previewOf, type StoredMessage } from "axio/internal";
import type { Row, SqlValue, Transaction } from "./connection.ts";

/** A row of the table `session`. */
export interface SessionRow {
  readonly number: number;
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly forkedFrom: string | undefined;
  /** The directory in which it began; `undefined` if that is unknown. */
  readonly directory: string | undefined;
  readonly generation: number;
  readonly count: number;
  readonly tokens: number;
  /** The beginning of the first user message; `undefined` if there is none. */
  readonly preview: string | undefined;
}

/** Converts a row of the table `session`. */
export function toSessionRow(row: Row): SessionRow {
  const text = (value: SqlValue | undefined): string | undefined =>
    typeof value === "string" ? value : undefined;
  return {
    number: Number(row["number"]),
    id: String(row["id"]),
    createdAt: Number(row["created_at"]),
    updatedAt: Number(row["updated_at"]),
    forkedFrom: text(row["forked_from"]),
    directory: text(row["directory"]),
    generation: Number(row["generation"]),
    count: Number(row["count"]),
    tokens: Number(row["tokens"]),
    preview: text(row["preview"]),
  };
}

/** Inserts a session without messages. Returns its number. */
export function insertSession(
  transaction: Transaction,
  {
    id,
    now,
    directory,
  }: { readonly id: string; readonly now: number; readonly directory?: string | undefined },
): number {
  return transaction.run(
    "INSERT INTO session (id, created_at, updated_at, directory) VALUES (?, ?, ?, ?)",
    id,
    now,
    now,
    directory ?? null,
  );
}

/**
 * Finds a session by id.
 *
 * @throws AxioError `invalid-argument` if it does not exist.
 */
export function findSession(transaction: Transaction, id: string, path: string): SessionRow {
  const [row] = transaction.rows("SELECT * FROM session WHERE id = ?", id);
  if (row !== undefined) return toSessionRow(row);
  throw new AxioError(
    "invalid-argument",
    `There is no session ${id} in ${path}. It may have been deleted; list the sessions to find others.`,
  );
}

/** The position of the next message. */
export function nextPosition(transaction: Transaction, session: number): number {
  const [last] = transaction.rows("SELECT max(position) AS position FROM message WHERE session = ?", session);
  return typeof last?.["position"] === "number" ? last["position"] + 1 : 0;
}

/** Appends messages. */
export function appendMessages(
  transaction: Transaction,
  session: SessionRow,
  messages: readonly StoredMessage[],
  { now, contextTokens }: { readonly now: number; readonly contextTokens?: number | undefined },
): void {
  insertMessages(transaction, session.number, nextPosition(transaction, session.number), messages);
  updateSession(transaction, {
    ...session,
    count: session.count + messages.length,
    tokens: contextTokens ?? session.tokens + sumTokens(messages),
    preview: session.preview ?? previewOf(messages.find(isUser)?.json),
    updatedAt: now,
  });
}

/** Removes all messages. */
export function clearMessages(transaction: Transaction, session: SessionRow, now: number): void {
  for (const table of ["message", "note", "journal"])
    transaction.run(`DELETE FROM ${table} WHERE session = ?`, session.number);
  updateSession(transaction, {
    ...session,
    generation: session.generation + 1,
    count: 0,
    tokens: 0,
    preview: undefined,
    updatedAt: now,
  });
}

/** Replaces the first `count` messages. */
export function replaceMessages(
  transaction: Transaction,
  session: SessionRow,
  replacement: readonly StoredMessage[],
  { now, count }: { readonly now: number; readonly count: number },
): void {
  const { number } = session;
  const [firstKept] = transaction.rows(
    "SELECT position FROM message WHERE session = ? ORDER BY position LIMIT 1 OFFSET ?",
    number,
    count,
  );
  if (firstKept === undefined) transaction.run("DELETE FROM message WHERE session = ?", number);
  const start = Number(firstKept?.["position"] ?? 0);
  transaction.run("DELETE FROM message WHERE session = ? AND position < ?", number, start);
  insertMessages(transaction, number, start - replacement.length, replacement);
  const [first] = transaction.rows(
    `SELECT json FROM message JOIN body ON body.id = body
     WHERE session = ? AND role = 'user' ORDER BY position LIMIT 1`,
    number,
  );
  updateSession(transaction, {
    ...session,
    generation: session.generation + 1,
    count: session.count - count + replacement.length,
    tokens: storedTokens(transaction, number),
    preview: previewOf(first?.["json"]),
    updatedAt: now,
  });
}

/** Creates a session that shares the first `count` messages of another, and its notes up to there. */
export function copySession(
  transaction: Transaction,
  parent: SessionRow,
  { id, now, count }: { readonly id: string; readonly now: number; readonly count: number },
): void {
  const number = insertSession(transaction, { id, now, directory: parent.directory });
  const [firstOmitted] = transaction.rows(
    "SELECT position FROM message WHERE session = ? ORDER BY position LIMIT 1 OFFSET ?",
    parent.number,
    count,
  );
  const end = Number(firstOmitted?.["position"] ?? Number.MAX_SAFE_INTEGER);
  transaction.run("UPDATE session SET forked_from = ? WHERE number = ?", parent.id, number);
  for (const [table, columns] of [
    ["message", "position, body"],
    ["note", "position, key, json"],
  ]) {
    transaction.run(
      `INSERT INTO ${table} (session, ${columns}) SELECT ?, ${columns} FROM ${table} WHERE session = ? AND position < ?`,
      number,
      parent.number,
      end,
    );
  }
  const isWhole = count >= parent.count;
  updateSession(transaction, {
    ...parent,
    number,
    generation: 0,
    count: Math.min(count, parent.count),
    tokens: isWhole ? parent.tokens : storedTokens(transaction, number),
    preview: count === 0 ? undefined : parent.preview,
    updatedAt: now,
  });
}

/** Deletes a session and the messages that no other session shares. */
export function deleteSession(transaction: Transaction, number: number): void {
  for (const table of ["message", "note", "journal"])
    transaction.run(`DELETE FROM ${table} WHERE session = ?`, number);
  transaction.run("DELETE FROM session WHERE number = ?", number);
}

/** Consecutive messages of a session. */
export interface MessagePage {
  readonly messages: readonly Message[];
  /** The position of the last message, or the requested position if there are none. */
  readonly position: number;
}

/** Reads the messages after a position, in order. */
export function readMessages(transaction: Transaction, session: SessionRow, after: number): MessagePage {
  const rows = transaction.rows(
    `SELECT position, json FROM message JOIN body ON body.id = body
     WHERE session = ? AND position > ? ORDER BY position`,
    session.number,
    after,
  );
  return {
    messages: decodeMessages(
      rows.map(({ json }) => String(json)),
      session.id,
    ),
    position: Number(rows.at(-1)?.["position"] ?? after),
  };
}

function insertMessages(
  transaction: Transaction,
  session: number,
  start: number,
  messages: readonly StoredMessage[],
): void {
  for (const [index, { role, tokens, folded, json }] of messages.entries()) {
    const body = transaction.run(
      "INSERT INTO body (role, tokens, folded, json) VALUES (?, ?, ?, ?)",
      role,
      tokens,
      folded,
      json,
    );
    transaction.run(
      "INSERT INTO message (session, position, body) VALUES (?, ?, ?)",
      session,
      start + index,
      body,
    );
  }
}

function updateSession(
  transaction: Transaction,
  { number, updatedAt, generation, count, tokens, preview }: SessionRow,
): void {
  transaction.run(
    "UPDATE session SET updated_at = ?, generation = ?, count = ?, tokens = ?, preview = ? WHERE number = ?",
    updatedAt,
    generation,
    count,
    tokens,
    preview ?? null,
    number,
  );
}

function storedTokens(transaction: Transaction, session: number): number {
  const [sum] = transaction.rows(
    "SELECT coalesce(sum(tokens), 0) AS tokens FROM message JOIN body ON body.id = body WHERE session = ?",
    session,
  );
  return Number(sum?.["tokens"]);
}

function isUser({ role }: StoredMessage): boolean {
  return role === "user";
}

function sumTokens(messages: readonly StoredMessage[]): number {
  return messages.reduce((sum, { tokens }) => sum + tokens, 0);
}
