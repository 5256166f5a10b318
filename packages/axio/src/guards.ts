import type { JsonValue } from "./json.ts";
import type { Guard, GuardRequest } from "./tool.ts";

/** What the guards decided together: the arguments to run with, or the reason not to. */
export type GuardVerdict =
  | { readonly allowed: true; readonly input: JsonValue; readonly changed: boolean }
  | { readonly allowed: false; readonly reason: string };

/**
 * Asks each guard in turn, each with the arguments that the one before left. The first that denies ends it.
 * A guard that throws denies: a broken lock stays shut.
 */
export async function askGuards(guards: readonly Guard[], request: GuardRequest): Promise<GuardVerdict> {
  let { input } = request;
  let changed = false;
  for (const guard of guards) {
    try {
      const decision = await guard({ ...request, input });
      if (decision.action === "deny") return { allowed: false, reason: decision.reason };
      if (decision.action === "change") {
        input = decision.input;
        changed = true;
      }
    } catch (error) {
      return {
        allowed: false,
        reason: `A guard failed: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
  }
  return { allowed: true, input, changed };
}
