import { AxioError, type Message, messageText } from "axio";
import type { Row, SqlValue, Transaction } from "./connection.ts";
import { decodeMessages, type StoredMessage } from "./stored-message.ts";

const PREVIEW_LENGTH = 80;

/** A row of the table `session`. */
export interface SessionRow {
  readonly number: number;
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly forkedFrom: string | undefined;
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
    generation: Number(row["generation"]),
    count: Number(row["count"]),
    tokens: Number(row["tokens"]),
    preview: text(row["preview"]),
  };
}

/** Inserts a session without messages. Returns its number. */
export function insertSession(transaction: Transaction, id: string, now: number): number {
  return transaction.run("INSERT INTO session (id, created_at, updated_at) VALUES (?, ?, ?)", id, now, now);
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

/** Appends messages. */
export function appendMessages(
  transaction: Transaction,
  session: SessionRow,
  messages: readonly StoredMessage[],
  { now, contextTokens }: { readonly now: number; readonly contextTokens: number | undefined },
): void {
  const [last] = transaction.rows(
    "SELECT max(position) AS position FROM message WHERE session = ?",
    session.number,
  );
  const start = typeof last?.["position"] === "number" ? last["position"] + 1 : 0;
  insertMessages(transaction, session.number, start, messages);
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
  transaction.run("DELETE FROM message WHERE session = ?", session.number);
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
  const [sum] = transaction.rows(
    "SELECT coalesce(sum(tokens), 0) AS tokens FROM message JOIN body ON body.id = body WHERE session = ?",
    number,
  );
  const [first] = transaction.rows(
    `SELECT json FROM message JOIN body ON body.id = body
     WHERE session = ? AND role = 'user' ORDER BY position LIMIT 1`,
    number,
  );
  updateSession(transaction, {
    ...session,
    generation: session.generation + 1,
    count: session.count - count + replacement.length,
    tokens: Number(sum?.["tokens"]),
    preview: previewOf(first?.["json"]),
    updatedAt: now,
  });
}

/** Creates a session that shares the messages of another. Returns its number. */
export function copySession(transaction: Transaction, parent: SessionRow, id: string, now: number): number {
  const number = insertSession(transaction, id, now);
  transaction.run("UPDATE session SET forked_from = ? WHERE number = ?", parent.id, number);
  transaction.run(
    "INSERT INTO message (session, position, body) SELECT ?, position, body FROM message WHERE session = ?",
    number,
    parent.number,
  );
  updateSession(transaction, { ...parent, number, generation: 0, updatedAt: now });
  return number;
}

/** Deletes a session and the messages that no other session shares. */
export function deleteSession(transaction: Transaction, number: number): void {
  transaction.run("DELETE FROM message WHERE session = ?", number);
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

function isUser({ role }: StoredMessage): boolean {
  return role === "user";
}

function sumTokens(messages: readonly StoredMessage[]): number {
  return messages.reduce((sum, { tokens }) => sum + tokens, 0);
}

function previewOf(json: SqlValue | undefined): string | undefined {
  if (typeof json !== "string") return undefined;
  // SQLite ends a string at NUL.
  return messageText(JSON.parse(json) as Message)
    .slice(0, PREVIEW_LENGTH)
    .replaceAll("\0", " ");
}
