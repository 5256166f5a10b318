import type { ConversationState } from "../conversation/state.ts";
import { paintLine } from "../theme/theme.ts";
import { type RowsOf, visibleRows } from "../transcript/viewport.ts";
import type { View } from "./view.ts";

/** What stays on the terminal when the app is left: the end of the conversation, and how to go on with it. */
export function farewell(view: View, state: ConversationState, rowsOf: RowsOf): string {
  const { settled } = state.transcript;
  const advice = spokenFarewell(state);
  if (settled.length === 0 || advice === "") return "";
  const rows = visibleRows(settled, undefined, Math.max(1, view.height - 3), rowsOf);
  const shown = rows.map((row) => paintLine(row, view.look.theme)).join("\n");
  return `${shown}\n\n${advice}`;
}

/** What is said where the conversation stays on the terminal anyway: how to go on with it. */
export function spokenFarewell({ sessionId }: ConversationState): string {
  return sessionId === undefined ? "" : `To go on with it: axio --session ${sessionId}\n`;
}
