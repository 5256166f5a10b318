import type { ApprovalDecision } from "axio";
import type { ApprovalFilter, NewApproval, RunLease, StoredApproval } from "axio/runs";
import type { Queries, Row } from "../database/queries.ts";
import { wakeRun } from "./lease-rows.ts";
import { HELD_RUN, leaseValues, optionalJson, optionalText, optionalTime, timestamp } from "./run-rows.ts";

const IS_OPEN = "decision IS NULL AND (expires_at IS NULL OR expires_at > now())";

/** Stores a question, unless it exists. Returns whether the lease is held. */
export async function insertApproval(
  sql: Queries,
  space: string,
  lease: RunLease,
  approval: NewApproval,
): Promise<boolean> {
  const { id, expiresAt = null } = approval;
  const rows = await sql.text(
    `WITH ${HELD_RUN}, asked AS (
       INSERT INTO axio.approval (space, id, run, conversation, question, asked_at, expires_at)
       SELECT $1, $4, id, conversation, $5, now(), ${timestamp("$6")} FROM held ON CONFLICT DO NOTHING)
     SELECT 1 FROM held`,
    [...leaseValues(space, lease), id, JSON.stringify(approval), expiresAt],
  );
  return rows.length > 0;
}

/** Finds an approval by id. */
export async function findApproval(
  sql: Queries,
  space: string,
  id: string,
): Promise<StoredApproval | undefined> {
  const [row] = await sql`SELECT * FROM axio.approval WHERE space = ${space} AND id = ${id}`;
  return row && toApproval(row);
}

/** Lists approvals, oldest first. */
export async function listApprovals(
  sql: Queries,
  space: string,
  { runId, conversationId, open = false }: ApprovalFilter,
): Promise<readonly StoredApproval[]> {
  const values: unknown[] = [space];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ["space = $1"];
  if (runId !== undefined) conditions.push(`run = ${parameter(runId)}`);
  if (conversationId !== undefined) conditions.push(`conversation = ${parameter(conversationId)}`);
  if (open) conditions.push(IS_OPEN);
  const rows = await sql.text(
    `SELECT * FROM axio.approval WHERE ${conditions.join(" AND ")} ORDER BY asked_at, id`,
    values,
  );
  return rows.map(toApproval);
}

/** Stores a decision if the question is open, and wakes its run. In a transaction. */
export async function writeDecision(
  sql: Queries,
  space: string,
  id: string,
  {
    decision,
    by = null,
    payload,
  }: {
    readonly decision: ApprovalDecision;
    readonly by?: string | null | undefined;
    readonly payload: string;
  },
): Promise<void> {
  // The run first, as everywhere, so that no two transactions wait for each other.
  await sql`
    SELECT 1 FROM axio.run WHERE space = ${space}
      AND id = (SELECT run FROM axio.approval WHERE space = ${space} AND id = ${id}) FOR NO KEY UPDATE`;
  const [row] = await sql.text(
    `UPDATE axio.approval SET decision = $3, decided_by = $4, decided_at = now()
     WHERE space = $1 AND id = $2 AND ${IS_OPEN} RETURNING run`,
    [space, id, JSON.stringify(decision), by],
  );
  if (row !== undefined) await wakeRun(sql, space, String(row["run"]), { payload });
}

function toApproval(row: Row): StoredApproval {
  return {
    ...(JSON.parse(String(row["question"])) as NewApproval),
    askedAt: optionalTime(row["asked_at"]) ?? 0,
    decision: optionalJson(row["decision"]),
    decidedBy: optionalText(row["decided_by"]),
    decidedAt: optionalTime(row["decided_at"]),
  };
}
