import { type Message, messageText } from "axio";
import type { SqlValue, Transaction } from "./connection.ts";
import { searchExcerpt, searchQuery, searchWords } from "./search-query.ts";
import { type SessionRow, toSessionRow } from "./session-rows.ts";

/** A session as listed by `SessionDatabase.list()`. */
export interface StoredSession {
  readonly id: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  /** Unix milliseconds. */
  readonly updatedAt: number;
  readonly messageCount: number;
  /** The beginning of the first user message. */
  readonly preview: string;
  /** The id of the session that it was forked from. */
  readonly forkedFrom?: string | undefined;
  /** Tokens of the history: counted by the provider, or else estimated. */
  readonly tokenCount: number;
  /** In a search: the text around the first match, on one line. */
  readonly excerpt?: string | undefined;
}

/** Options of `SessionDatabase.list()`. */
export interface ListOptions {
  /** The maximum number of sessions. Default: 100. */
  readonly limit?: number | undefined;
  /** Words that the text of one message must contain, ignoring case. Tool results and reasoning are not searched. */
  readonly search?: string | undefined;
}

const DEFAULT_LIMIT = 100;

/** Lists the sessions that have messages, most recently changed first. */
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

/** Converts a row. */
export function toStoredSession(session: SessionRow): StoredSession {
  const { id, createdAt, updatedAt, count: messageCount, preview = "", forkedFrom, tokens } = session;
  return { id, createdAt, updatedAt, messageCount, preview, forkedFrom, tokenCount: tokens };
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
