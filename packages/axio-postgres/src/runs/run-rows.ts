import type { Block } from "axio";
import type {
  ClaimOptions,
  NewRun,
  ProlongedLease,
  RunDeletion,
  RunFilter,
  RunLease,
  RunState,
  RunStatus,
  StoredRun,
} from "axio/runs";
import { CHANNEL } from "../database/change-feed.ts";
import type { Queries, Row } from "../database/queries.ts";

/** The columns of a run without its prompt, which may be large. */
const COLUMNS = `run.id, run.conversation, run.status, run.state, run.epoch, run.attempts, run.wakeups, run.owner, run.due_at,
  run.stop_requested_at, run.failure, run.created_at, run.updated_at, run.ended_at`;
/** A lease is written again when less than this part of it is left: workers prolong their leases far more often. */
const PROLONGED_BELOW = 5 / 6;

/** Returns the text of a column, or `undefined` for NULL. */
export function optionalText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Returns the JSON value of a column, or `undefined` for NULL. */
export function optionalJson<T>(value: unknown): T | undefined {
  return typeof value === "string" ? (JSON.parse(value) as T) : undefined;
}

/** Returns the time of a column in Unix milliseconds, or `undefined` for NULL. */
export function optionalTime(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime();
  // The client reads "infinity" as a number.
  return typeof value === "number" ? value : undefined;
}

/** Creates a run, unless it exists. Returns `undefined` if it does. */
export async function insertRun(
  sql: Queries,
  space: string,
  { state, prompt }: NewRun,
  payload: string,
): Promise<StoredRun | undefined> {
  const [row] = await sql.text(
    `WITH created AS (
       INSERT INTO axio.run (space, id, conversation, status, state, prompt, due_at, created_at, updated_at)
       SELECT $1, $2, $3, 'pending', $4, $5, now, now, now FROM date_trunc('milliseconds', now()) AS now
       ON CONFLICT DO NOTHING RETURNING *)
     SELECT ${COLUMNS}, pg_notify('${CHANNEL}', $6) FROM created AS run`,
    [space, state.runId, state.conversationId, JSON.stringify(state), JSON.stringify(prompt), payload],
  );
  return row && toRun(row);
}

/** Finds a run by id. */
export async function findRun(sql: Queries, space: string, id: string): Promise<StoredRun | undefined> {
  const [row] = await sql.text(`SELECT ${COLUMNS} FROM axio.run WHERE space = $1 AND id = $2`, [space, id]);
  return row && toRun(row);
}

/** Reads the user's input of a run. */
export async function readPrompt(sql: Queries, space: string, id: string): Promise<readonly Block[]> {
  const [row] = await sql`SELECT prompt FROM axio.run WHERE space = ${space} AND id = ${id}`;
  return optionalJson<readonly Block[]>(row?.["prompt"]) ?? [];
}

/** Lists runs, newest first. */
export async function listRuns(
  sql: Queries,
  space: string,
  { conversationId, status, limit = 100, before }: RunFilter,
): Promise<readonly StoredRun[]> {
  const values: unknown[] = [space];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ["space = $1"];
  if (conversationId !== undefined) conditions.push(`conversation = ${parameter(conversationId)}`);
  if (status !== undefined) conditions.push(`status = ANY(${parameter(status)}::text[])`);
  if (before !== undefined)
    conditions.push(
      `(created_at, id) < (${timestamp(parameter(before.createdAt))}, ${parameter(before.id)}::text)`,
    );
  const rows = await sql.text(
    `SELECT ${COLUMNS} FROM axio.run WHERE ${conditions.join(" AND ")}
     ORDER BY created_at DESC, id DESC LIMIT ${parameter(limit)}`,
    values,
  );
  return rows.map(toRun);
}

/** Deletes runs with all that belongs to them. Returns how many. */
export async function deleteRuns(
  sql: Queries,
  space: string,
  { runId, conversationId, endedBefore }: RunDeletion,
  limit?: number,
): Promise<number> {
  const values: unknown[] = [space];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions: string[] = [];
  if (runId !== undefined) conditions.push(`id = ${parameter(runId)}`);
  if (conversationId !== undefined) conditions.push(`conversation = ${parameter(conversationId)}`);
  if (endedBefore !== undefined) conditions.push(`ended_at < ${timestamp(parameter(endedBefore))}`);
  if (conditions.length === 0) return 0;
  const rows = await sql.text(
    `WITH found AS MATERIALIZED (
       SELECT id FROM axio.run WHERE space = $1 AND ${conditions.join(" AND ")}
       ORDER BY id LIMIT ${parameter(limit ?? null)}::integer FOR UPDATE)
     DELETE FROM axio.run USING found WHERE run.space = $1 AND run.id = found.id RETURNING run.id`,
    values,
  );
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0)
    for (const table of ["model_call", "tool_call", "approval", "event_chunk"])
      await sql.text(`DELETE FROM axio.${table} WHERE space = $1 AND run = ANY($2::text[])`, [space, ids]);
  return ids.length;
}

/** Due runs, and a few of those that were begun more often: one statement for a look of an idle worker. */
const DUE_RUNS = `few AS MATERIALIZED (
    SELECT id FROM axio.run WHERE space = $1 AND due_at <= now() AND attempts <= $4
    ORDER BY due_at LIMIT $5::bigint FOR UPDATE SKIP LOCKED),
  suspect AS MATERIALIZED (
    SELECT id FROM axio.run WHERE space = $1 AND due_at <= now() AND attempts > $4
    ORDER BY due_at LIMIT least($6::bigint, $5 - (SELECT count(*) FROM few)) FOR UPDATE SKIP LOCKED),
  due AS (SELECT id FROM few UNION ALL SELECT id FROM suspect)`;
const MOST_ATTEMPTS = 2_147_483_647;

/** Gives due runs to a worker. Each statement is its own transaction, so that no lock outlives a worker that is suspended. */
export async function claimRuns(
  sql: Queries,
  space: string,
  {
    owner,
    leaseMs,
    limit = 1,
    runId,
    force = false,
    maxAttempts = MOST_ATTEMPTS,
    suspects = 0,
  }: ClaimOptions,
): Promise<readonly StoredRun[]> {
  const named = `due AS MATERIALIZED (
    SELECT id FROM axio.run WHERE space = $1 AND attempts <= $4 AND id = $5
      AND ${force ? "ended_at IS NULL" : "due_at <= now()"} FOR UPDATE)`;
  const allowed =
    runId === undefined
      ? [maxAttempts, limit, suspects]
      : [suspects > 0 ? MOST_ATTEMPTS : maxAttempts, runId];
  const rows = await sql.text(
    `WITH ${runId === undefined ? DUE_RUNS : named}
     UPDATE axio.run SET status = 'running', owner = $2, due_at = now() + $3 * interval '1 millisecond',
       epoch = epoch + 1, attempts = attempts + 1, updated_at = now()
     FROM due WHERE run.space = $1 AND run.id = due.id RETURNING ${COLUMNS}`,
    [space, owner, leaseMs, ...allowed],
  );
  return rows.map(toRun).sort((left, right) => left.createdAt - right.createdAt);
}

/** Prolongs leases. */
export async function prolongLeases(
  sql: Queries,
  space: string,
  leases: readonly RunLease[],
  leaseMs: number,
): Promise<readonly ProlongedLease[]> {
  const rows = await sql.text(
    `WITH lease AS (SELECT * FROM unnest($2::text[], $3::bigint[]) AS lease (id, epoch)),
     prolonged AS (
       UPDATE axio.run SET due_at = now() + $4 * interval '1 millisecond' FROM lease
       WHERE run.space = $1 AND run.id = lease.id AND run.epoch = lease.epoch AND run.status = 'running'
         AND run.due_at < now() + $5 * interval '1 millisecond')
     SELECT run.id, run.stop_requested_at IS NOT NULL AS stop FROM axio.run JOIN lease USING (id)
     WHERE run.space = $1 AND run.epoch = lease.epoch AND run.status = 'running'`,
    [
      space,
      leases.map(({ runId }) => runId),
      leases.map(({ epoch }) => epoch),
      leaseMs,
      leaseMs * PROLONGED_BELOW,
    ],
  );
  const stops = new Map(rows.map(({ id, stop }) => [String(id), stop === true]));
  return leases.map(({ runId }) => ({
    runId,
    held: stops.has(runId),
    stopRequested: stops.get(runId) ?? false,
  }));
}

/** The condition for the run of a lease that is the newest. Uses the parameters $1 to $3 of {@link leaseValues}. */
export const HELD = "run.space = $1 AND run.id = $2 AND run.epoch = $3 AND run.status = 'running'";
/** Locks the run of a lease, if it is the newest, until the statement ends. */
export const HELD_RUN = `held AS (SELECT run.id, run.conversation FROM axio.run WHERE ${HELD} FOR NO KEY UPDATE)`;

/** The first parameters of a statement with {@link HELD}. */
export function leaseValues(space: string, { runId, epoch }: RunLease): readonly unknown[] {
  return [space, runId, epoch];
}

/** SQL that converts a parameter in Unix milliseconds. */
export function timestamp(parameter: string): string {
  return `to_timestamp(${parameter}::double precision / 1000)`;
}

function toRun(row: Row): StoredRun {
  const status = String(row["status"]) as RunStatus;
  const dueAt = optionalTime(row["due_at"]);
  return {
    id: String(row["id"]),
    conversationId: String(row["conversation"]),
    status,
    state: JSON.parse(String(row["state"])) as RunState,
    epoch: Number(row["epoch"]),
    attempts: Number(row["attempts"]),
    wakeups: Number(row["wakeups"]),
    owner: optionalText(row["owner"]),
    leaseUntil: status === "running" ? dueAt : undefined,
    wakeAt: status === "waiting" ? dueAt : undefined,
    stopRequestedAt: optionalTime(row["stop_requested_at"]),
    failure: optionalJson(row["failure"]),
    createdAt: optionalTime(row["created_at"]) ?? 0,
    updatedAt: optionalTime(row["updated_at"]) ?? 0,
    endedAt: optionalTime(row["ended_at"]),
  };
}
