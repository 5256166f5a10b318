import type { NewRun, RunDeletion, RunFilter, RunLease, RunState, RunStatus, StoredRun } from "axio/runs";
import type { Row, SqlValue, Transaction } from "./connection.ts";

/** A run and the number of its row. */
export interface RunRow extends StoredRun {
  readonly number: number;
}

/** Returns an optional number of a column. */
export function optionalNumber(value: SqlValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Returns the JSON value of a column, or `undefined` for NULL. */
export function optionalJson<T>(value: SqlValue | undefined): T | undefined {
  return typeof value === "string" ? (JSON.parse(value) as T) : undefined;
}

/** Converts a row of the table `run`. */
export function toRunRow(row: Row): RunRow {
  return {
    number: Number(row["number"]),
    id: String(row["id"]),
    conversationId: String(row["conversation"]),
    status: String(row["status"]) as RunStatus,
    state: JSON.parse(String(row["state"])) as RunState,
    epoch: Number(row["epoch"]),
    attempts: Number(row["attempts"]),
    wakeups: Number(row["wakeups"]),
    owner: typeof row["owner"] === "string" ? row["owner"] : undefined,
    leaseUntil: optionalNumber(row["lease_until"]),
    wakeAt: optionalNumber(row["wake_at"]),
    stopRequestedAt: optionalNumber(row["stop_requested_at"]),
    failure: optionalJson(row["failure"]),
    createdAt: Number(row["created_at"]),
    updatedAt: Number(row["updated_at"]),
    endedAt: optionalNumber(row["ended_at"]),
  };
}

/** Finds a run by id. */
export function findRun(transaction: Transaction, id: string): RunRow | undefined {
  return transaction.rows("SELECT * FROM run WHERE id = ?", id).map(toRunRow)[0];
}

/** Finds a run if the lease is the newest of it. */
export function findHeld(transaction: Transaction, { runId, epoch }: RunLease): RunRow | undefined {
  return transaction
    .rows("SELECT * FROM run WHERE id = ? AND epoch = ? AND status = 'running'", runId, epoch)
    .map(toRunRow)[0];
}

/** Inserts a run. */
export function insertRun(transaction: Transaction, { state, prompt }: NewRun, now: number): void {
  transaction.run(
    "INSERT INTO run (id, conversation, status, state, prompt, created_at, updated_at) VALUES (?, ?, 'pending', ?, ?, ?, ?)",
    state.runId,
    state.conversationId,
    JSON.stringify(state),
    JSON.stringify(prompt),
    now,
    now,
  );
}

/** Changes columns of a run. */
export function updateRun(
  transaction: Transaction,
  number: number,
  now: number,
  columns: Readonly<Record<string, SqlValue>>,
): void {
  const names = Object.keys(columns);
  const sets = names.map((name) => `${name} = ?`).join(", ");
  const values = Object.values(columns);
  transaction.run(`UPDATE run SET ${sets}, updated_at = ? WHERE number = ?`, ...values, now, number);
}

/** Finds runs that a worker may have, oldest first: those whose attempts are in a range. */
export function findDue(
  transaction: Transaction,
  now: number,
  { limit, attempts }: { readonly limit: number; readonly attempts: readonly [least: number, most: number] },
): readonly RunRow[] {
  const sql = `SELECT * FROM run WHERE ended_at IS NULL AND attempts BETWEEN ? AND ? AND
    (status = 'pending' OR (status = 'waiting' AND wake_at <= ?) OR (status = 'running' AND lease_until <= ?))
    ORDER BY number LIMIT ?`;
  return transaction.rows(sql, ...attempts, now, now, limit).map(toRunRow);
}

/** Lists runs, newest first. */
export function listRuns(
  transaction: Transaction,
  { conversationId, status, limit = 100, before }: RunFilter,
): readonly RunRow[] {
  const last = before === undefined ? undefined : findRun(transaction, before.id)?.number;
  const rows = transaction.rows(
    `SELECT * FROM run WHERE (?1 IS NULL OR conversation = ?1) AND (?2 IS NULL OR number < ?2)
       AND (?3 IS NULL OR status IN (SELECT value FROM json_each(?3))) ORDER BY number DESC LIMIT ?4`,
    conversationId ?? null,
    last ?? null,
    status === undefined ? null : JSON.stringify(status),
    limit,
  );
  return rows.map(toRunRow);
}

/** Deletes runs with all that belongs to them. Returns how many. */
export function deleteRuns(
  transaction: Transaction,
  { runId, conversationId, endedBefore }: RunDeletion,
): number {
  if (runId === undefined && conversationId === undefined && endedBefore === undefined) return 0;
  const runs = transaction.rows(
    `SELECT number FROM run WHERE (?1 IS NULL OR id = ?1) AND (?2 IS NULL OR conversation = ?2)
       AND (?3 IS NULL OR ended_at < ?3)`,
    runId ?? null,
    conversationId ?? null,
    endedBefore ?? null,
  );
  for (const { number = null } of runs) {
    for (const table of ["model_call", "tool_call", "approval", "event_chunk"])
      transaction.run(`DELETE FROM ${table} WHERE run = ?`, number);
    transaction.run("DELETE FROM run WHERE number = ?", number);
  }
  return runs.length;
}
