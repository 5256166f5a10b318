import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { type ApprovalDecision, AxioError, type CallQuestion, type JsonValue } from "axio";
import { isDecision } from "axio/internal";
import type { ApprovalFilter, NewApproval, RunState, RunStore, StoredApproval } from "axio/runs";
import type { ApprovalRequestEvent } from "./durable-event.ts";
import type { Engine } from "./engine.ts";

/** Returns a hash of the input of a call. */
export function hashInput(input: unknown): string {
  return hash(JSON.stringify(input) ?? "");
}

/** Returns the question of a guard as an approval. Its id holds for this run, call, input and question only. */
export function newApproval(state: RunState, callKey: string, asked: CallQuestion): NewApproval {
  const { runId, conversationId } = state;
  const { question, expiresAt, toolName } = asked;
  const inputHash = hashInput(asked.input);
  const id = hash(JSON.stringify([runId, callKey, inputHash, question])).slice(0, 32);
  const input = JSON.parse(JSON.stringify(asked.input ?? null)) as JsonValue;
  return { id, runId, conversationId, callKey, toolName, input, inputHash, question, expiresAt };
}

/** Returns the decision about an approval, or `undefined` as long as it is open by the clock of the store. */
export async function decisionOf(
  runs: RunStore,
  { id, runId, decision, expiresAt }: StoredApproval,
): Promise<ApprovalDecision | undefined> {
  if (decision !== undefined || expiresAt === undefined) return decision;
  const open = await runs.approvals({ runId, open: true });
  if (open.some((approval) => approval.id === id)) return undefined;
  // It may have been decided since it was read.
  const decided = (await runs.approval(id))?.decision;
  return decided ?? { action: "deny", reason: "it was not approved in time." };
}

/** The event that shows a question to readers. */
export function approvalRequest(
  { id: approvalId, toolName: name, question, expiresAt }: StoredApproval,
  toolCallId: string,
): ApprovalRequestEvent {
  return { type: "approval-request", approvalId, toolCallId, name, question, expiresAt };
}

/** The approvals of durable runs. */
export class Approvals {
  readonly #runs: RunStore;
  readonly #key: string | undefined;
  readonly #engine: Pick<Engine, "wake">;

  /** @param key Signs tokens. Default: there are no tokens. */
  constructor(runs: RunStore, key: string | undefined, engine: Pick<Engine, "wake">) {
    this.#runs = runs;
    this.#key = key;
    this.#engine = engine;
  }

  /** Lists approvals, oldest first. */
  list(filter?: ApprovalFilter): Promise<readonly StoredApproval[]> {
    return this.#runs.approvals(filter);
  }

  /**
   * Decides. The first decision holds: a later one returns it unchanged.
   *
   * @param by Who decides, for the record.
   * @throws AxioError `not-found` if there is no such approval; `invalid-argument` if `decision` does not decide.
   */
  async decide(id: string, decision: ApprovalDecision, by?: string): Promise<StoredApproval> {
    if (!isDecision(decision))
      throw new AxioError(
        "invalid-argument",
        'This is no decision. Use the action "allow", "deny", or "change" with an input.',
      );
    const approval = await this.#runs.decide(id, decision, by);
    if (approval === undefined) throw notFound(id);
    // The store has woken the run. An engine may have a queue of its own.
    await this.#engine.wake(approval.runId);
    return approval;
  }

  /**
   * Returns a token that allows its holder to decide, for links and chats. It holds for this question and input only.
   *
   * @throws AxioError `invalid-argument` if the agent has no `approvalKey`.
   */
  token(approval: StoredApproval): string {
    if (this.#key === undefined) {
      throw new AxioError(
        "invalid-argument",
        "Tokens need a key. Pass a random secret as approvalKey, the same to all workers.",
      );
    }
    const { id, inputHash, expiresAt = "" } = approval;
    return createHmac("sha256", this.#key).update(`${id}\n${inputHash}\n${expiresAt}`).digest("base64url");
  }

  /**
   * Decides for the holder of a token.
   *
   * @throws AxioError `not-found` if there is no such approval; `forbidden` if the token is not for it; `invalid-argument` if
   *   `decision` does not decide.
   */
  async decideByToken(
    id: string,
    token: string,
    decision: ApprovalDecision,
    by?: string,
  ): Promise<StoredApproval> {
    const approval = await this.#runs.approval(id);
    if (approval === undefined) throw notFound(id);
    const [expected, given] = [Buffer.from(this.token(approval)), Buffer.from(token)];
    if (expected.length !== given.length || !timingSafeEqual(expected, given))
      throw new AxioError("forbidden", "This token is not for this approval. Ask for a new link.");
    return this.decide(id, decision, by);
  }
}

function notFound(id: string): AxioError {
  return new AxioError("not-found", `There is no approval ${id}. Its run may have been deleted.`);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
