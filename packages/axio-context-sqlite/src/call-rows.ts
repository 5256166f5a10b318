import type { ToolResultBlock } from "axio";
import type { ModelResponse, NewToolCall, StoredModelCall, StoredToolCall } from "axio/runs";
import type { Row, Transaction } from "./connection.ts";
import { optionalJson } from "./run-rows.ts";

/** Finds the request of a step. */
export function findModelCall(
  transaction: Transaction,
  run: number,
  step: number,
): StoredModelCall | undefined {
  const [row] = transaction.rows("SELECT * FROM model_call WHERE run = ? AND step = ?", run, step);
  if (row === undefined) return undefined;
  return { step, attempt: Number(row["attempt"]), response: optionalJson<ModelResponse>(row["response"]) };
}

/** Inserts or replaces the request of a step. */
export function writeModelCall(
  transaction: Transaction,
  run: number,
  { step, attempt, response }: StoredModelCall,
): void {
  transaction.run(
    "INSERT OR REPLACE INTO model_call (run, step, attempt, response) VALUES (?, ?, ?, ?)",
    run,
    step,
    attempt,
    response === undefined ? null : JSON.stringify(response),
  );
}

/** Finds a tool call. */
export function findToolCall(transaction: Transaction, run: number, key: string): StoredToolCall | undefined {
  return transaction.rows("SELECT * FROM tool_call WHERE run = ? AND key = ?", run, key).map(toStoredCall)[0];
}

/** Lists the calls of a run, or those of one step, in the order in which they were begun. */
export function listToolCalls(
  transaction: Transaction,
  runId: string,
  step: number | undefined,
): readonly StoredToolCall[] {
  return transaction
    .rows(
      `SELECT tool_call.* FROM tool_call JOIN run ON run.number = tool_call.run
       WHERE run.id = ?1 AND (?2 IS NULL OR step = ?2) ORDER BY tool_call.rowid`,
      runId,
      step ?? null,
    )
    .map(toStoredCall);
}

/** Notes that a call begins. */
export function writeToolCall(
  transaction: Transaction,
  run: number,
  call: NewToolCall & Pick<StoredToolCall, "attempt" | "epoch" | "startedAt">,
): void {
  transaction.run(
    `INSERT INTO tool_call (run, key, step, tool_call_id, name, input_hash, effect, status, attempt, epoch, started_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?)
     ON CONFLICT (run, key) DO UPDATE SET attempt = excluded.attempt, epoch = excluded.epoch,
       started_at = excluded.started_at, input_hash = excluded.input_hash`,
    run,
    call.key,
    call.step,
    call.toolCallId,
    call.name,
    call.inputHash,
    call.effect,
    call.attempt,
    call.epoch,
    call.startedAt,
  );
}

/** Stores the result of a call, if it has none. */
export function writeResult(
  transaction: Transaction,
  run: number,
  key: string,
  { result, status }: { readonly result: ToolResultBlock; readonly status: "settled" | "unknown" },
): void {
  transaction.run(
    "UPDATE tool_call SET result = ?, status = ? WHERE run = ? AND key = ? AND result IS NULL",
    JSON.stringify(result),
    status,
    run,
    key,
  );
}

/** Keeps a result that arrived too late. */
export function writeLateResult(
  transaction: Transaction,
  run: number,
  key: string,
  result: ToolResultBlock,
): void {
  transaction.run(
    "UPDATE tool_call SET late_result = ? WHERE run = ? AND key = ?",
    JSON.stringify(result),
    run,
    key,
  );
}

function toStoredCall(row: Row): StoredToolCall {
  return {
    key: String(row["key"]),
    step: Number(row["step"]),
    toolCallId: String(row["tool_call_id"]),
    name: String(row["name"]),
    inputHash: String(row["input_hash"]),
    effect: String(row["effect"]) as StoredToolCall["effect"],
    status: String(row["status"]) as StoredToolCall["status"],
    attempt: Number(row["attempt"]),
    epoch: Number(row["epoch"]),
    startedAt: Number(row["started_at"]),
    result: optionalJson(row["result"]),
    lateResult: optionalJson(row["late_result"]),
  };
}
