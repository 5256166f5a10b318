import type { JsonValue } from "../json.ts";
import type { ApprovalDecision } from "../tool.ts";

/** A question about a tool call. */
export interface NewApproval {
  /** Derived from the run, the call, its input and the question: the same question has the same id. */
  readonly id: string;
  readonly runId: string;
  readonly conversationId: string;
  /** The key of the call within the run. */
  readonly callKey: string;
  readonly toolName: string;
  readonly input: JsonValue;
  /** The decision holds for this input only. */
  readonly inputHash: string;
  readonly question: string;
  /** When the call counts as denied, in Unix milliseconds. Default: never. */
  readonly expiresAt?: number | undefined;
}

/** A question and its decision, as a run store knows them. */
export interface StoredApproval extends NewApproval {
  readonly askedAt: number;
  readonly decision?: ApprovalDecision | undefined;
  /** Who decided, as the program names them. */
  readonly decidedBy?: string | undefined;
  readonly decidedAt?: number | undefined;
}

/** Which approvals to list. */
export interface ApprovalFilter {
  readonly runId?: string | undefined;
  readonly conversationId?: string | undefined;
  /** Only those without a decision that have not expired. Default: `false`. */
  readonly open?: boolean | undefined;
}
