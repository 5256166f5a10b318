import type { ApprovalDecision } from "axio";
import type { ApprovalFilter, NewApproval, StoredApproval } from "axio/runs";
import type { Row, Transaction } from "./connection.ts";
import { optionalJson, optionalNumber } from "./run-rows.ts";

/** Finds an approval by id. */
export function findApproval(transaction: Transaction, id: string): StoredApproval | undefined {
  return transaction.rows("SELECT * FROM approval WHERE id = ?", id).map(toApproval)[0];
}

/** Stores a question, unless it exists. */
export function insertApproval(
  transaction: Transaction,
  run: number,
  approval: NewApproval,
  now: number,
): void {
  transaction.run(
    "INSERT OR IGNORE INTO approval (id, run, json, expires_at, asked_at) VALUES (?, ?, ?, ?, ?)",
    approval.id,
    run,
    JSON.stringify(approval),
    approval.expiresAt ?? null,
    now,
  );
}

/** Lists approvals, oldest first. */
export function listApprovals(
  transaction: Transaction,
  { runId, conversationId, open = false }: ApprovalFilter,
  now: number,
): readonly StoredApproval[] {
  const rows = transaction.rows(
    `SELECT approval.* FROM approval JOIN run ON run.number = approval.run
     WHERE (?1 IS NULL OR run.id = ?1) AND (?2 IS NULL OR run.conversation = ?2)
       AND (?3 = 0 OR (approval.decision IS NULL AND (expires_at IS NULL OR expires_at > ?4)))
     ORDER BY approval.number`,
    runId ?? null,
    conversationId ?? null,
    open ? 1 : 0,
    now,
  );
  return rows.map(toApproval);
}

/** Stores a decision, if the question is open. Returns whether it was. */
export function writeDecision(
  transaction: Transaction,
  id: string,
  decision: ApprovalDecision,
  by: string | undefined,
  now: number,
): boolean {
  const decided = transaction.rows(
    `UPDATE approval SET decision = ?, decided_by = ?, decided_at = ?
     WHERE id = ? AND decision IS NULL AND (expires_at IS NULL OR expires_at > ?)
     RETURNING id`,
    JSON.stringify(decision),
    by ?? null,
    now,
    id,
    now,
  );
  return decided.length > 0;
}

function toApproval(row: Row): StoredApproval {
  return {
    ...(JSON.parse(String(row["json"])) as NewApproval),
    askedAt: Number(row["asked_at"]),
    decision: optionalJson(row["decision"]),
    decidedBy: typeof row["decided_by"] === "string" ? row["decided_by"] : undefined,
    decidedAt: optionalNumber(row["decided_at"]),
  };
}
