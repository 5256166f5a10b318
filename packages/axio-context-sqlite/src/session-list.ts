import { type Message, messageText } from "axio";
import { type StoredSession, searchExcerpt, searchWords, toStoredSession } from "axio/internal";
import type { SqlValue, Transaction } from "./connection.ts";
import { searchQuery } from "./search-query.ts";
import { toSessionRow } from "./session-rows.ts";

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
