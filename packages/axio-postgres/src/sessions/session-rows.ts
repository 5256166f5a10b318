import { type AppendInfo, AxioError, type Message } from "axio";
import { decodeMessages, previewOf, type StoredMessage } from "axio/internal";
import type { Queries, Row } from "../database/queries.ts";
import { timeOrderedId } from "./time-ordered-id.ts";

/** Which row of the table `session`. */
export interface SessionKey {
  readonly space: string;
  readonly id: string;
}

/** A row of the table `session`. */
export interface SessionRow extends SessionKey {
  /** Unix milliseconds. */
  readonly createdAt: number;
  /** Unix milliseconds. */
  readonly updatedAt: number;
  readonly forkedFrom: string | undefined;
  readonly directory: string | undefined;
  readonly generation: number;
  /** The position of the next message. */
  readonly end: number;
  readonly count: number;
  readonly tokens: number;
  /** The beginning of the first user message; `undefined` before the first. */
  readonly preview: string | undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Converts a row of the table `session`. */
export function toSessionRow(row: Row): SessionRow {
  const text = (name: string): string | undefined => {
    const value = row[name];
    return typeof value === "string" ? value : undefined;
  };
  const time = (name: string): number => (row[name] instanceof Date ? row[name].getTime() : 0);
  return {
    space: String(row["space"]),
    id: String(row["id"]),
    createdAt: time("created_at"),
    updatedAt: time("updated_at"),
    forkedFrom: text("forked_from"),
    directory: text("directory"),
    generation: Number(row["generation"]),
    end: Number(row["end_position"]),
    count: Number(row["count"]),
    tokens: Number(row["tokens"]),
    preview: text("preview"),
  };
}

/** Inserts a session without messages. */
export async function insertSession(
  sql: Queries,
  { space, id }: SessionKey,
  { directory, forkedFrom }: { readonly directory?: string | undefined; readonly forkedFrom?: string } = {},
): Promise<void> {
  await sql`
    INSERT INTO axio.session (space, id, created_at, updated_at, directory, forked_from)
    VALUES (${space}, ${id}, date_trunc('milliseconds', now()), date_trunc('milliseconds', now()),
      ${directory ?? null}, ${forkedFrom ?? null})`;
}

/**
 * Reads a session, without a lock.
 *
 * @throws AxioError `invalid-argument` if it does not exist.
 */
export async function findSession(sql: Queries, { space, id }: SessionKey): Promise<SessionRow> {
  assertSessionId(id);
  const [row] = await sql`SELECT * FROM axio.session WHERE space = ${space} AND id = ${id}`;
  if (row === undefined) throw noSession(id);
  return toSessionRow(row);
}

/**
 * Reads a session and keeps other writers out until the transaction ends.
 *
 * @throws AxioError `invalid-argument` if it does not exist.
 */
export async function lockSession(sql: Queries, { space, id }: SessionKey): Promise<SessionRow> {
  assertSessionId(id);
  const [row] = await sql`SELECT * FROM axio.session WHERE space = ${space} AND id = ${id} FOR UPDATE`;
  if (row === undefined) throw noSession(id);
  return toSessionRow(row);
}

/**
 * Appends messages in one statement, in which the change of the session keeps other writers out. Returns `false`, and appends
 * nothing, if the session does not exist or does not end as expected.
 */
export async function appendMessages(
  sql: Queries,
  { space, id }: SessionKey,
  messages: readonly StoredMessage[],
  { contextTokens, expect }: Pick<AppendInfo, "contextTokens" | "expect"> = {},
): Promise<boolean> {
  assertSessionId(id);
  const rows = await sql.text(
    `WITH session AS (
       UPDATE axio.session SET updated_at = date_trunc('milliseconds', clock_timestamp()),
         end_position = end_position + $3, count = count + $3, tokens = coalesce($4::bigint, tokens + $5),
         preview = coalesce(preview, $6)
       WHERE space = $1 AND id = $2
         AND ($7::integer IS NULL OR (generation = $7::integer AND end_position = $8::bigint))
       RETURNING space, id, end_position - $3 AS start),
     added AS (
       SELECT * FROM unnest($9::uuid[], $10::text[], $11::integer[], $12::text[], $13::text[])
         WITH ORDINALITY AS added (body, role, tokens, folded, json, number)),
     bodies AS (
       INSERT INTO axio.body (space, id, role, tokens, folded, json)
       SELECT space, body, role, tokens, folded, json FROM session, added),
     messages AS (
       INSERT INTO axio.message (space, session, position, body)
       SELECT space, id, start + number - 1, body FROM session, added)
     SELECT 1 FROM session`,
    [
      ...[space, id, messages.length, contextTokens ?? null, sumTokens(messages)],
      previewOf(messages.find(({ role }) => role === "user")?.json) ?? null,
      ...[expect?.generation ?? null, expect === undefined ? null : expect.position + 1],
      ...columnsOf(messages),
    ],
  );
  return rows.length > 0;
}

/** Replaces the first `count` messages of a locked session. */
export async function replaceMessages(
  sql: Queries,
  session: SessionRow,
  replacement: readonly StoredMessage[],
  count: number,
): Promise<void> {
  const { space, id } = session;
  const [firstKept] = await sql`
    SELECT position FROM axio.message WHERE space = ${space} AND session = ${id}
    ORDER BY position LIMIT 1 OFFSET ${count}`;
  const start = Number(firstKept?.["position"] ?? session.end);
  await deleteMessages(sql, session, start);
  await insertMessages(sql, session, start - replacement.length, replacement);
  const [first] = await sql`
    SELECT json FROM axio.message JOIN axio.body USING (space) WHERE body.id = message.body
    AND space = ${space} AND session = ${id} AND role = 'user' ORDER BY position LIMIT 1`;
  await updateSession(sql, {
    ...session,
    generation: session.generation + 1,
    count: session.count - count + replacement.length,
    tokens: await storedTokens(sql, session),
    preview: previewOf(first?.["json"]),
  });
}

/** Creates a session that shares the first `count` messages of a locked one. */
export async function copySession(
  sql: Queries,
  parent: SessionRow,
  { id, count }: { readonly id: string; readonly count: number },
): Promise<void> {
  const { space } = parent;
  await insertSession(sql, { space, id }, { directory: parent.directory, forkedFrom: parent.id });
  await sql`
    INSERT INTO axio.message (space, session, position, body)
    SELECT space, ${id}, position, body FROM axio.message WHERE space = ${space} AND session = ${parent.id}
    ORDER BY position LIMIT ${Math.min(count, parent.count)}`;
  const isWhole = count >= parent.count;
  await updateSession(sql, {
    ...parent,
    id,
    generation: 0,
    count: Math.min(count, parent.count),
    tokens: isWhole ? parent.tokens : await storedTokens(sql, { space, id }),
    preview: count === 0 ? undefined : parent.preview,
  });
}

/** Deletes a locked session and the messages that no other session shares. */
export async function deleteSession(sql: Queries, session: SessionRow): Promise<void> {
  await deleteMessages(sql, session, session.end);
  await sql`DELETE FROM axio.session WHERE space = ${session.space} AND id = ${session.id}`;
}

/** Messages of a session as they were at one time. */
export interface HistoryPart {
  readonly generation: number;
  readonly messages: readonly Message[];
  /** The position of the last message; `undefined` if there are none. */
  readonly position: number | undefined;
}

/**
 * Reads the messages after a position, or all if messages were removed since `generation`. One query.
 *
 * @throws AxioError `invalid-argument` if the session does not exist.
 */
export async function readHistory(
  sql: Queries,
  { space, id }: SessionKey,
  known: { readonly generation: number; readonly position: number },
): Promise<HistoryPart> {
  const rows = await sql`
    SELECT session.generation, message.position, body.json FROM axio.session
    LEFT JOIN axio.message ON message.space = session.space AND message.session = session.id
      AND (session.generation <> ${known.generation} OR message.position > ${known.position})
    LEFT JOIN axio.body ON body.space = message.space AND body.id = message.body
    WHERE session.space = ${space} AND session.id = ${id} ORDER BY message.position`;
  const [first] = rows;
  if (first === undefined) throw noSession(id);
  const found = rows.filter(({ json }) => json !== null);
  const last = found.at(-1)?.["position"];
  return {
    generation: Number(first["generation"]),
    messages: decodeMessages(
      found.map(({ json }) => String(json)),
      id,
    ),
    position: last === undefined ? undefined : Number(last),
  };
}

// Deletions of a space run one after the other. Otherwise two of them could each leave a body to the other.
async function deleteMessages(sql: Queries, { space, id }: SessionKey, before: number): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('axio.message'), hashtext(${space}))`;
  const removed = await sql`
    DELETE FROM axio.message WHERE space = ${space} AND session = ${id} AND position < ${before} RETURNING body`;
  const bodies = removed.map(({ body }) => body);
  await sql`
    DELETE FROM axio.body WHERE space = ${space} AND id = ANY(${bodies}::uuid[])
    AND NOT EXISTS (SELECT 1 FROM axio.message WHERE message.space = body.space AND message.body = body.id)`;
}

async function insertMessages(
  sql: Queries,
  { space, id }: SessionKey,
  start: number,
  messages: readonly StoredMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  const [bodies, roles, tokens, folded, json] = columnsOf(messages);
  await sql`
    INSERT INTO axio.body (space, id, role, tokens, folded, json)
    SELECT ${space}, * FROM unnest(${bodies}::uuid[], ${roles}::text[], ${tokens}::integer[], ${folded}::text[],
      ${json}::text[])`;
  await sql`
    INSERT INTO axio.message (space, session, position, body)
    SELECT ${space}, ${id}, ${start}::bigint + number - 1, body
    FROM unnest(${bodies}::uuid[]) WITH ORDINALITY AS added (body, number)`;
}

/** The columns of new bodies: ids, roles, tokens, folded texts and JSON. */
function columnsOf(messages: readonly StoredMessage[]): readonly (readonly unknown[])[] {
  return [
    messages.map(() => timeOrderedId()),
    messages.map(({ role }) => role),
    messages.map(({ tokens }) => tokens),
    messages.map(({ folded }) => folded),
    messages.map(({ json }) => json),
  ];
}

async function updateSession(sql: Queries, session: SessionRow): Promise<void> {
  const { space, id, generation, end, count, tokens, preview } = session;
  await sql`
    UPDATE axio.session SET updated_at = date_trunc('milliseconds', clock_timestamp()), generation = ${generation},
      end_position = ${end}, count = ${count}, tokens = ${tokens}, preview = ${preview ?? null}
    WHERE space = ${space} AND id = ${id}`;
}

async function storedTokens(sql: Queries, { space, id }: SessionKey): Promise<number> {
  const [sum] = await sql`
    SELECT coalesce(sum(tokens), 0) AS tokens FROM axio.message
    JOIN axio.body ON body.space = message.space AND body.id = message.body
    WHERE message.space = ${space} AND session = ${id}`;
  return Number(sum?.["tokens"]);
}

function sumTokens(messages: readonly StoredMessage[]): number {
  return messages.reduce((sum, { tokens }) => sum + tokens, 0);
}

function assertSessionId(id: string): void {
  if (!UUID.test(id)) throw noSession(id);
}

function noSession(id: string): AxioError {
  return new AxioError(
    "invalid-argument",
    `There is no session ${id} in the database. It may have been deleted; list the sessions to find others.`,
  );
}
