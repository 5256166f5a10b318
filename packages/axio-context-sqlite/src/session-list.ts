import { type Message, messageText } from "axio";
import { searchExcerpt, searchWords } from "axio/internal";
import type { SqlValue, Transaction } from "./connection.ts";
import { searchQuery } from "./search-query.ts";
import { type SessionRow, toSessionRow } from "./session-rows.ts";

/** A session as listed by `SessionDatabase.list()`. */
export interface StoredSession {
  readonly id: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  /** Unix milliseconds. */
  readonly updatedAt: number;
  readonly messageCount: number;
  /** The beginning of the first prompt, without attached files. */
  readonly preview: string;
  /** Where the session began. Absent if that is unknown. */
  readonly directory?: string | undefined;
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
  /** Only sessions that began in this directory; `null` for those whose directory is unknown. Default: all. */
  readonly directory?: string | null | undefined;
}

const DEFAULT_LIMIT = 100;

/** Lists the sessions that have messages, most recently changed first. */
export function listSessions(
  transaction: Transaction,
  { limit = DEFAULT_LIMIT, search = "", directory }: ListOptions,
): readonly StoredSession[] {
  const words = searchWords(search);
  const inDirectory = directory === undefined ? [] : [directory];
  if (words.length > 0) return searchSessions(transaction, words, inDirectory, limit);
  return transaction
    .rows(
      `SELECT * FROM session WHERE count > 0 ${inDirectory.map(() => "AND directory IS ?").join("")}
       ORDER BY updated_at DESC, number DESC LIMIT ?`,
      ...inDirectory,
      limit,
    )
    .map((row) => toStoredSession(toSessionRow(row)));
}

/** Converts a row. */
export function toStoredSession(session: SessionRow): StoredSession {
  const { id, createdAt, updatedAt, count: messageCount, preview = "", directory, forkedFrom } = session;
  return {
    id,
    createdAt,
    updatedAt,
    messageCount,
    preview,
    directory,
    forkedFrom,
    tokenCount: session.tokens,
  };
}

function searchSessions(
  transaction: Transaction,
  words: readonly string[],
  inDirectory: readonly (string | null)[],
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
       ${inDirectory.map(() => "WHERE directory IS ?").join("")}
       ORDER BY updated_at DESC, number DESC LIMIT ?`,
      ...values,
      ...inDirectory,
      limit,
    )
    .map((row) => ({
      ...toStoredSession(toSessionRow(row)),
      excerpt: searchExcerpt(messageText(JSON.parse(String(row["json"])) as Message), words),
    }));
}
