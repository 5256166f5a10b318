import type { ConversationState } from "../conversation/state.ts";
import { paintLine } from "../theme/theme.ts";
import { type RowsOf, visibleRows } from "../transcript/viewport.ts";
import type { View } from "./view.ts";

/** What stays on the terminal when the app is left: the end of the conversation, and how to go on with it. */
export function farewell(view: View, state: ConversationState, rowsOf: RowsOf): string {
  const { settled } = state.transcript;
  if (settled.length === 0 || state.sessionId === undefined) return "";
  const rows = visibleRows(settled, undefined, Math.max(1, view.height - 3), rowsOf);
  const shown = rows.map((row) => paintLine(row, view.look.theme)).join("\n");
  return `${shown}\n\nTo go on with it: axio --session ${state.sessionId}\n`;
}
