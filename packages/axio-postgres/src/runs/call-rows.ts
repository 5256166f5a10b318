import type { ToolResultBlock } from "axio";
import type {
  ModelResponse,
  NewToolCall,
  RunLease,
  RunState,
  StoredModelCall,
  StoredToolCall,
  ToolCallClaim,
} from "axio/runs";
import { claimOf } from "axio/runs";
import type { Queries, Row } from "../database/queries.ts";
import { HELD, HELD_RUN, leaseValues, optionalJson, optionalTime } from "./run-rows.ts";

/** Notes that a request begins, unless its response is there. Returns `undefined` if the lease is lost. */
export async function beginModelCall(
  sql: Queries,
  space: string,
  lease: RunLease,
  step: number,
): Promise<StoredModelCall | undefined> {
  const [row] = await sql.text(
    `WITH ${HELD_RUN}
     INSERT INTO axio.model_call (space, run, step, attempt) SELECT $1, id, $4, 1 FROM held
     ON CONFLICT (space, run, step) DO UPDATE
       SET attempt = model_call.attempt + (model_call.response IS NULL)::integer
     RETURNING attempt, response IS NOT NULL AS settled`,
    [...leaseValues(space, lease), step],
  );
  if (row === undefined) return undefined;
  const call = { step, attempt: Number(row["attempt"]) };
  return row["settled"] === true ? ((await findModelCall(sql, space, lease.runId, step)) ?? call) : call;
}

/** Stores a response and the state after it. Returns whether the lease is held. */
export async function writeResponse(
  sql: Queries,
  space: string,
  lease: RunLease,
  {
    step,
    response,
    state,
  }: { readonly step: number; readonly response: ModelResponse; readonly state: RunState },
): Promise<boolean> {
  const rows = await sql.text(
    `WITH held AS (UPDATE axio.run SET state = $4, attempts = 0, updated_at = now() WHERE ${HELD} RETURNING id)
     INSERT INTO axio.model_call (space, run, step, attempt, response) SELECT $1, id, $5, 1, $6 FROM held
     ON CONFLICT (space, run, step) DO UPDATE SET response = excluded.response RETURNING step`,
    [...leaseValues(space, lease), JSON.stringify(state), step, JSON.stringify(response)],
  );
  return rows.length > 0;
}

/** Finds the request of a step. */
export async function findModelCall(
  sql: Queries,
  space: string,
  runId: string,
  step: number,
): Promise<StoredModelCall | undefined> {
  const [row] = await sql`
    SELECT attempt, response FROM axio.model_call WHERE space = ${space} AND run = ${runId} AND step = ${step}`;
  if (row === undefined) return undefined;
  return { step, attempt: Number(row["attempt"]), response: optionalJson<ModelResponse>(row["response"]) };
}

/** Notes that a call begins for the first time. Returns `false` if it was begun before, or the lease is lost. */
export async function beginToolCall(
  sql: Queries,
  space: string,
  lease: RunLease,
  call: NewToolCall,
): Promise<boolean> {
  const { key, step, effect, ...rest } = call;
  const rows = await sql.text(
    `WITH ${HELD_RUN}
     INSERT INTO axio.tool_call (space, run, key, step, effect, call, status, attempt, epoch, started_at)
     SELECT $1, id, $4, $5, $6, $7, 'running', 1, $3, now() FROM held ON CONFLICT DO NOTHING RETURNING key`,
    [...leaseValues(space, lease), key, step, effect, JSON.stringify(rest)],
  );
  return rows.length > 0;
}

/** Decides whether a call that was begun before may be run. Returns `undefined` if the lease is lost. In a transaction. */
export async function repeatToolCall(
  sql: Queries,
  space: string,
  lease: RunLease,
  call: NewToolCall,
): Promise<ToolCallClaim | undefined> {
  const held = await sql.text(
    `WITH ${HELD_RUN} SELECT tool_call.* FROM held
     LEFT JOIN axio.tool_call ON tool_call.space = $1 AND tool_call.run = held.id AND tool_call.key = $4`,
    [...leaseValues(space, lease), call.key],
  );
  const [row] = held;
  if (row === undefined) return undefined;
  const stored = row["key"] === null ? undefined : toToolCall(row);
  const claim = claimOf(stored, call.effect);
  if (claim.status !== "claimed") return claim;
  if (stored === undefined) await beginToolCall(sql, space, lease, call);
  else {
    const { key, step: _step, effect: _effect, ...rest } = call;
    await sql`
      UPDATE axio.tool_call SET attempt = ${claim.attempt}, epoch = ${lease.epoch}, started_at = now(),
        call = ${JSON.stringify(rest)}
      WHERE space = ${space} AND run = ${lease.runId} AND key = ${key}`;
  }
  return claim;
}

/** Stores the result of a call that has none, or keeps it as late if the lease is lost. Returns whether the lease is held. */
export async function writeResult(
  sql: Queries,
  space: string,
  lease: RunLease,
  {
    key,
    result,
    status,
  }: { readonly key: string; readonly result: ToolResultBlock; readonly status: "settled" | "unknown" },
): Promise<boolean> {
  const [row] = await sql.text(
    `WITH ${HELD_RUN}, lease AS (SELECT count(*) > 0 AS held FROM held)
     UPDATE axio.tool_call SET
       status = CASE WHEN lease.held AND result IS NULL THEN $5 ELSE status END,
       result = CASE WHEN lease.held THEN coalesce(result, $6) ELSE result END,
       late_result = CASE WHEN lease.held THEN late_result ELSE $6 END
     FROM lease WHERE space = $1 AND run = $2 AND key = $4 RETURNING lease.held`,
    [...leaseValues(space, lease), key, status, JSON.stringify(result)],
  );
  return row?.["held"] === true;
}

/** Whether a lease is the newest of its run. */
export async function isHeld(sql: Queries, space: string, lease: RunLease): Promise<boolean> {
  const rows = await sql.text(`SELECT 1 FROM axio.run WHERE ${HELD}`, leaseValues(space, lease));
  return rows.length > 0;
}

/** Lists the calls of a run, or those of one step, in the order in which they were begun. */
export async function listToolCalls(
  sql: Queries,
  space: string,
  runId: string,
  step: number | undefined,
): Promise<readonly StoredToolCall[]> {
  const rows = await sql`
    SELECT * FROM axio.tool_call WHERE space = ${space} AND run = ${runId}
      AND (${step ?? null}::integer IS NULL OR step = ${step ?? null}::integer) ORDER BY started_at, key`;
  return rows.map(toToolCall);
}

function toToolCall(row: Row): StoredToolCall {
  return {
    key: String(row["key"]),
    step: Number(row["step"]),
    effect: String(row["effect"]) as StoredToolCall["effect"],
    ...(JSON.parse(String(row["call"])) as Pick<StoredToolCall, "toolCallId" | "name" | "inputHash">),
    status: String(row["status"]) as StoredToolCall["status"],
    attempt: Number(row["attempt"]),
    epoch: Number(row["epoch"]),
    startedAt: optionalTime(row["started_at"]) ?? 0,
    result: optionalJson(row["result"]),
    lateResult: optionalJson(row["late_result"]),
  };
}
