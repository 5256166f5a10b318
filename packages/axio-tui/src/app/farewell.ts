import type { ConversationState } from "../conversation/state.ts";
import type { View } from "../panels/view.ts";
import { paintLine } from "../theme/theme.ts";
import { type RowsOf, visibleRows } from "../transcript/viewport.ts";

/** How much of a conversation stays in the terminal's scrollback, in rows. */
const MAX_ROWS = 5_000;

/** Returns what stays on the terminal after the app: the conversation, and how to continue it. */
export function farewell(view: View, state: ConversationState, rowsOf: RowsOf): string {
  const { committed } = state.transcript;
  const advice = resumeAdvice(state);
  if (committed.length === 0 || advice === "") return "";
  const rows = visibleRows(committed, undefined, MAX_ROWS, rowsOf);
  const text = rows.map((row) => paintLine(row, view.terminal.theme, view.terminal.hyperlinks)).join("\n");
  return `${text}\n\n${advice}`;
}

/** Says how to continue the conversation. Empty if it has no session. */
export function resumeAdvice({ sessionId }: ConversationState): string {
  return sessionId === undefined ? "" : `To continue this conversation: axio --resume ${sessionId}\n`;
}
