import { errorText } from "./error-text.ts";
import { isJsonObject } from "./json.ts";
import type { ApprovalDecision, CallQuestion, Guard, GuardDecision, GuardRequest, Tool } from "./tool.ts";

/** The validated input of a call that may run, or the message to the model if it must not; or it waits for a decision. */
export type CallCheck =
  | { readonly status: "allowed"; readonly input: unknown }
  | { readonly status: "denied"; readonly message: string }
  | { readonly status: "asked" };

/** Returns the decision about a question, or `undefined` before it is made. */
export type Decide = (question: CallQuestion) => Promise<ApprovalDecision | undefined>;

const NO_REASON = "no reason was given.";

/**
 * Validates the input of a tool call and asks each guard in turn. A changed input is validated before the next guard gets
 * it. The first guard that denies, or asks a question without a decision, ends it.
 */
export async function checkCall(
  tool: Tool,
  guards: readonly Guard[],
  request: Omit<GuardRequest, "tool">,
  decide: Decide,
): Promise<CallCheck> {
  let input = request.input;
  let check = await validate(tool, input);
  for (const guard of [...guards, ...(tool.guards as readonly Guard[])]) {
    if (check.status !== "allowed") break;
    // A copy, because the input is part of the history: neither a guard nor the tool may change it.
    const decision = await askGuard(guard, { ...request, tool, input: structuredClone(input) }, decide);
    if (decision === undefined) return { status: "asked" };
    if (decision.action === "deny")
      return { status: "denied", message: `Denied: ${decision.reason || NO_REASON}` };
    if (decision.action === "change") {
      input = decision.input;
      check = await validate(tool, input);
    }
  }
  return check;
}

async function validate(tool: Tool, input: unknown): Promise<CallCheck> {
  try {
    const validated = await tool.validate(structuredClone(input));
    if (validated.ok) return { status: "allowed", input: validated.value };
    const issues = validated.issues.map((issue) => `- ${issue}`).join("\n");
    return { status: "denied", message: `The input of ${tool.name} does not fit its schema:\n${issues}` };
  } catch (error) {
    return { status: "denied", message: errorText(error) };
  }
}

/** A guard that throws, or returns no decision, denies. If it asks, the user decides. */
async function askGuard(
  guard: Guard,
  request: GuardRequest,
  decide: Decide,
): Promise<Exclude<GuardDecision, { action: "ask" }> | ApprovalDecision | undefined> {
  let decision: GuardDecision;
  try {
    decision = await guard(request);
    if (!ACTIONS.has(decision.action)) return { action: "deny", reason: "A guard returned no decision." };
  } catch (error) {
    return { action: "deny", reason: `A guard failed: ${errorText(error)}` };
  }
  if (decision.action !== "ask") return decision;
  const { question, expiresAt } = decision;
  const { tool, toolCallId, input } = request;
  const answer = await decide({ question, expiresAt, toolName: tool.name, toolCallId, input });
  return answer === undefined || isDecision(answer) ? answer : NO_DECISION;
}

const DECISIONS = ["allow", "change", "deny"];
const ACTIONS: ReadonlySet<unknown> = new Set([...DECISIONS, "ask"]);

/** The decision if a user was asked, and the answer does not decide. */
export const NO_DECISION: ApprovalDecision = { action: "deny", reason: "the answer was no decision." };

/** Whether an answer decides. From JavaScript it may be anything, and anything else must not allow a call. */
export function isDecision(answer: unknown): answer is ApprovalDecision {
  if (!isJsonObject(answer) || !DECISIONS.includes(answer["action"] as string)) return false;
  return answer["action"] !== "change" || answer["input"] !== undefined;
}
