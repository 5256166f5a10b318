import type { ConversationState } from "../conversation/state.ts";
import type { Store } from "../conversation/store.ts";
import { loadHighlighter } from "../transcript/highlight.ts";

/** How many entries are checked, from the end. */
const CHECKED_ENTRIES = 50;

/** Loads the highlighter with the first code of a conversation. Returns a function that ends it. */
export function highlightCode(conversation: Store<ConversationState>, onLoaded: () => void): () => void {
  let hasCode = false;
  return conversation.subscribe(() => {
    if (hasCode) return;
    const { committed, live } = conversation.state.transcript;
    const entries = [...committed.slice(-CHECKED_ENTRIES), ...live.map(({ entry }) => entry)];
    hasCode = entries.some((entry) => entry.kind === "text" && entry.text.includes("```"));
    // Without it, code is shown in one color.
    if (hasCode) loadHighlighter().then(onLoaded, () => undefined);
  });
}
