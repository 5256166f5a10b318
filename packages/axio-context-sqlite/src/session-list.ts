import { type Message, messageText, type SessionSummary } from "axio";
import type { SqlValue, Transaction } from "./connection.ts";
import { searchExcerpt, searchQuery, searchWords } from "./search-query.ts";
import { type SessionRow, toSessionRow } from "./session-rows.ts";

/** A session in a list. */
export interface StoredSession extends SessionSummary {
  /** The tokens of its history: counted by the provider where it said so, else estimated. */
  readonly tokenCount: number;
  /** In a search: the first message that was found, around the first word, on one line. */
  readonly excerpt?: string;
}

/** Which sessions to list. */
export interface ListOptions {
  /** How many at most. Default 100. */
  readonly limit?: number | undefined;
  /**
   * Words that one message must all hold in its text, anywhere, in upper or lower case. Default: no search. What tools
   * gave back and what the model thought is not searched.
   */
  readonly search?: string | undefined;
}

const DEFAULT_LIMIT = 100;

/** The sessions that hold messages, the newest first. */
export function listSessions(
  transaction: Transaction,
  { limit = DEFAULT_LIMIT, search = "" }: ListOptions,
): readonly StoredSession[] {
  const words = searchWords(search);
  if (words.length > 0) return searchSessions(transaction, words, limit);
  return transaction
    .rows("SELECT * FROM session WHERE count > 0 ORDER BY updated_at DESC, number DESC LIMIT ?", limit)
    .map((row) => toStoredSession(toSessionRow(row)));
}

/** All sessions, the newest first, in the form of the interface `ContextStore`. */
export function summarizeSessions(transaction: Transaction): readonly SessionSummary[] {
  return transaction
    .rows("SELECT * FROM session ORDER BY updated_at DESC, number DESC")
    .map((row) => toSummary(toSessionRow(row)));
}

/** A session as a list shows it. */
export function toStoredSession(session: SessionRow): StoredSession {
  return { ...toSummary(session), tokenCount: session.tokens };
}

function toSummary({ id, createdAt, updatedAt, count, preview, forkedFrom }: SessionRow): SessionSummary {
  return {
    id,
    createdAt,
    updatedAt,
    messageCount: count,
    preview: preview ?? "",
    ...(forkedFrom === undefined ? {} : { forkedFrom }),
  };
}

function searchSessions(
  transaction: Transaction,
  words: readonly string[],
  limit: number,
): readonly StoredSession[] {
  const { match, patterns } = searchQuery(words);
  const conditions = patterns.map(() => "folded LIKE ? ESCAPE '\\'");
  const values: SqlValue[] = [...patterns];
  if (match !== undefined) {
    conditions.push("body.id IN (SELECT rowid FROM body_text WHERE body_text MATCH ?)");
    values.push(match);
  }
  return transaction
    .rows(
      `WITH found AS (
         SELECT session, min(position) AS position FROM body JOIN message ON body = body.id
         WHERE ${conditions.join(" AND ")} GROUP BY session
       )
       SELECT session.*, json FROM found
       JOIN session ON session.number = found.session
       JOIN message ON message.session = found.session AND message.position = found.position
       JOIN body ON body.id = message.body
       ORDER BY updated_at DESC, number DESC LIMIT ?`,
      ...values,
      limit,
    )
    .map((row) => ({
      ...toStoredSession(toSessionRow(row)),
      excerpt: searchExcerpt(messageText(JSON.parse(String(row["json"])) as Message), words),
    }));
}
