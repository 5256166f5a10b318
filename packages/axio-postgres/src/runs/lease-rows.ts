import type { RunLease, RunState, RunStore } from "axio/runs";
import { CHANNEL } from "../database/change-feed.ts";
import type { Queries } from "../database/queries.ts";
import { HELD, leaseValues, timestamp } from "./run-rows.ts";

/** Gives a run back. Returns whether it is due at once, or `undefined` if the lease is lost. */
export async function releaseRun(
  sql: Queries,
  space: string,
  lease: RunLease,
  {
    wakeAt,
    wakeups,
    payload,
  }: { readonly wakeAt?: number | undefined; readonly wakeups: number; readonly payload: string },
): Promise<boolean | undefined> {
  const [row] = await sql.text(
    `WITH released AS (
       UPDATE axio.run SET status = 'waiting', owner = NULL, updated_at = now(),
         due_at = CASE WHEN wakeups > $4 THEN now() ELSE ${timestamp("$5")} END
       WHERE ${HELD} RETURNING coalesce(due_at <= now(), false) AS due)
     SELECT due, CASE WHEN due THEN pg_notify('${CHANNEL}', $6) END FROM released`,
    [...leaseValues(space, lease), wakeups, wakeAt ?? null, payload],
  );
  return row && row["due"] === true;
}

/** Notes a signal, and makes a waiting run due. With `stop`, it is to be stopped. Returns whether the run goes on. */
export async function wakeRun(
  sql: Queries,
  space: string,
  id: string,
  { payload, stop = false }: { readonly payload: string; readonly stop?: boolean },
): Promise<boolean> {
  const rows = await sql.text(
    `WITH woken AS (
       UPDATE axio.run SET wakeups = wakeups + 1, updated_at = now(),
         due_at = CASE WHEN status = 'waiting' THEN now() ELSE due_at END,
         stop_requested_at = CASE WHEN $3 THEN coalesce(stop_requested_at, now()) ELSE stop_requested_at END
       WHERE space = $1 AND id = $2 AND ended_at IS NULL RETURNING id)
     SELECT pg_notify('${CHANNEL}', $4) FROM woken`,
    [space, id, stop, payload],
  );
  return rows.length > 0;
}

/** Stores the state. Returns whether the lease is held. */
export async function saveState(
  sql: Queries,
  space: string,
  lease: RunLease,
  state: RunState,
): Promise<boolean> {
  const rows = await sql.text(
    `UPDATE axio.run SET state = $4, attempts = 0, updated_at = now() WHERE ${HELD} RETURNING id`,
    [...leaseValues(space, lease), JSON.stringify(state)],
  );
  return rows.length > 0;
}

/** Ends a run. Returns whether the lease was held. */
export async function endRun(
  sql: Queries,
  space: string,
  lease: RunLease,
  { status, state, failure }: Parameters<RunStore["end"]>[1],
): Promise<boolean> {
  const rows = await sql.text(
    `UPDATE axio.run SET status = $4, state = $5, failure = $6, owner = NULL, due_at = NULL, updated_at = now(),
       ended_at = now() WHERE ${HELD} RETURNING id`,
    [
      ...leaseValues(space, lease),
      status,
      JSON.stringify(state),
      failure === undefined ? null : JSON.stringify(failure),
    ],
  );
  return rows.length > 0;
}
