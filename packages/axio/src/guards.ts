import { errorText } from "./error-text.ts";
import type { JsonValue } from "./json.ts";
import type { Guard, GuardRequest } from "./tool.ts";

/** What the guards decided together: the arguments to run with, or the reason not to. */
export type GuardOutcome =
  | { readonly allowed: true; readonly input: JsonValue; readonly changed: boolean }
  | { readonly allowed: false; readonly reason: string };

/**
 * Asks each guard in turn, each with the arguments that the one before left. The first that denies ends it.
 * A guard that throws, or answers what is no decision, denies: a broken lock stays shut.
 */
export async function askGuards(guards: readonly Guard[], request: GuardRequest): Promise<GuardOutcome> {
  let { input } = request;
  let changed = false;
  for (const guard of guards) {
    try {
      const decision = await guard({ ...request, input });
      switch (decision.action) {
        case "allow":
          break;
        case "change":
          input = decision.input;
          changed = true;
          break;
        case "deny":
          return { allowed: false, reason: decision.reason };
        default:
          return { allowed: false, reason: "A guard gave no decision." };
      }
    } catch (error) {
      return { allowed: false, reason: `A guard failed: ${errorText(error)}` };
    }
  }
  return { allowed: true, input, changed };
}
