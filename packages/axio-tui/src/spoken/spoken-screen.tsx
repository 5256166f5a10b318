/** @jsxRuntime automatic */
import { Box, Static, Text } from "ink";
import type { ReactNode } from "react";
import { PluginScreen } from "../app/plugin-screen.tsx";
import type { View } from "../app/view.ts";
import type { ConversationState } from "../conversation/state.ts";
import { finishedEntries, spokenEntry } from "./spoken-entry.ts";
import { spokenPrompt } from "./spoken-prompt.ts";

/** How much of a conversation that is gone on with is read aloud, in entries. */
const LAST_ENTRIES = 6;

/** The app for a screen reader: what is whole is said once, in order, in words; below it is what can be done now. */
export function SpokenScreen({
  view,
  state,
}: {
  readonly view: View;
  readonly state: ConversationState;
}): ReactNode {
  const entries = finishedEntries(state.transcript.settled);
  const first = Math.max(0, state.resumedEntries - LAST_ENTRIES);
  const welcome = view.welcome.filter(({ text }) => text !== "").map(({ text }) => text);
  return (
    <Box flexDirection="column">
      <Static key={state.opened} items={[...entries.slice(first)]}>
        {/* Ink writes what is below right behind it, so each ends its own line. */}
        {(entry) => <Text key={entry.id}>{`${spokenEntry(entry)}\n`}</Text>}
      </Static>
      {entries.length === 0 ? <Text>{welcome.join("\n")}</Text> : null}
      {view.panel?.type === "screen" ? (
        <PluginScreen screen={view.panel} view={view} />
      ) : (
        <Text>{spokenPrompt(view, state).join("\n")}</Text>
      )}
    </Box>
  );
}
