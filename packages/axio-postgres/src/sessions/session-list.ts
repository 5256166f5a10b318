import { type Message, messageText } from "axio";
import { type StoredSession, searchExcerpt, searchWords, toStoredSession } from "axio/internal";
import type { Queries } from "../database/queries.ts";
import { toSessionRow } from "./session-rows.ts";

/** Options of `PostgresSessions.list()`. */
export interface ListOptions {
  /** The maximum number of sessions. Default: 100. */
  readonly limit?: number | undefined;
  /** Only sessions after this one, the last of the page before. Default: from the first. */
  readonly after?: Pick<StoredSession, "id" | "updatedAt"> | undefined;
  /** Words that the text of one message must contain, ignoring case. Tool results and reasoning are not searched. */
  readonly search?: string | undefined;
  /** Only sessions that began in this directory; `null` for those whose directory is unknown. Default: all. */
  readonly directory?: string | null | undefined;
}

const DEFAULT_LIMIT = 100;

/** Lists the sessions that have messages, most recently changed first. */
export async function listSessions(
  sql: Queries,
  space: string,
  { limit = DEFAULT_LIMIT, after, search = "", directory }: ListOptions,
): Promise<readonly StoredSession[]> {
  const words = searchWords(search);
  const values: unknown[] = [space];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ["session.space = $1", "session.count > 0"];
  if (after !== undefined)
    conditions.push(
      `(session.updated_at, session.id) < (to_timestamp(${parameter(after.updatedAt)}::double precision / 1000), ${parameter(after.id)}::uuid)`,
    );
  if (directory !== undefined)
    conditions.push(`session.directory IS NOT DISTINCT FROM ${parameter(directory)}::text`);
  const found = words.length === 0 ? "" : foundMessages(words, parameter);
  const rows = await sql.text(
    `SELECT session.*${found === "" ? "" : ", body.json"} FROM axio.session ${found}
     WHERE ${conditions.join(" AND ")}
     ORDER BY session.updated_at DESC, session.id DESC LIMIT ${parameter(limit)}`,
    values,
  );
  return rows.map((row) => {
    const session = toStoredSession(toSessionRow(row));
    if (words.length === 0) return session;
    const message = JSON.parse(String(row["json"])) as Message;
    return { ...session, excerpt: searchExcerpt(messageText(message), words) };
  });
}

/** Joins the first message of each session that contains all words. Each condition can use the index. */
function foundMessages(words: readonly string[], parameter: (value: unknown) => string): string {
  const patterns = words.map((word) => `folded LIKE ${parameter(`%${word.replace(/[\\%_]/g, "\\$&")}%`)}`);
  return `
    JOIN (
      SELECT message.session, min(message.position) AS position FROM axio.body
      JOIN axio.message ON message.space = body.space AND message.body = body.id
      WHERE body.space = $1 AND ${patterns.join(" AND ")} GROUP BY message.session
    ) AS found ON found.session = session.id
    JOIN axio.message ON message.space = session.space AND message.session = session.id
      AND message.position = found.position
    JOIN axio.body ON body.space = message.space AND body.id = message.body`;
}
