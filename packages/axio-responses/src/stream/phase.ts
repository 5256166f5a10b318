import type { JsonObject, TextPhase } from "axio";

/** What a message is to its turn, where the server says so. */
export function phaseOf(item: JsonObject | undefined): { readonly phase?: TextPhase } {
  switch (item?.["phase"]) {
    case "commentary":
      return { phase: "commentary" };
    case "final_answer":
      return { phase: "final" };
    default:
      return {};
  }
}
