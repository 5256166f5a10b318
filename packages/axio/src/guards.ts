import { errorText } from "./error-text.ts";
import type { Guard, GuardDecision, GuardRequest, Tool } from "./tool.ts";

/** The validated input of a call that may run, or the message to the model if it must not. */
export type CallCheck =
  | { readonly ok: true; readonly input: unknown }
  | { readonly ok: false; readonly message: string };

const NO_REASON = "no reason was given.";

/**
 * Validates the input of a tool call and asks each guard in turn. A changed input is validated before the next guard gets
 * it. The first guard that denies ends it.
 */
export async function checkCall(
  tool: Tool,
  guards: readonly Guard[],
  request: Omit<GuardRequest, "tool">,
): Promise<CallCheck> {
  // Copies, because the input is part of the history: neither a guard nor the tool may change it.
  let input = structuredClone(request.input);
  let validated = await tool.validate(structuredClone(input));
  for (const guard of [...guards, ...(tool.guards as readonly Guard[])]) {
    if (!validated.ok) break;
    const decision = await decide(guard, { ...request, tool, input });
    if (decision.action === "deny") return { ok: false, message: `Denied: ${decision.reason || NO_REASON}` };
    if (decision.action === "change") {
      input = decision.input;
      validated = await tool.validate(structuredClone(input));
    }
  }
  if (validated.ok) return { ok: true, input: validated.value };
  const issues = validated.issues.map((issue) => `- ${issue}`).join("\n");
  return { ok: false, message: `The input of ${tool.name} does not fit its schema:\n${issues}` };
}

/** A guard that throws, or returns no decision, denies. */
async function decide(guard: Guard, request: GuardRequest): Promise<GuardDecision> {
  try {
    const decision = await guard(request);
    return ["allow", "change", "deny"].includes(decision.action)
      ? decision
      : { action: "deny", reason: "A guard returned no decision." };
  } catch (error) {
    return { action: "deny", reason: `A guard failed: ${errorText(error)}` };
  }
}
