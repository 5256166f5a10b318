/** @jsxRuntime automatic */
import { Box, Text } from "ink";
import type { ReactNode } from "react";
import type { ConversationState } from "../conversation/state.ts";
import { paintLine } from "../theme/theme.ts";
import { cutLine } from "../theme/wrap.ts";
import type { RowsOf } from "../transcript/viewport.ts";
import { frameLines } from "./frame.ts";
import { PluginScreen } from "./plugin-screen.tsx";
import type { View } from "./view.ts";

/** What is drawn. */
export interface AppScreenProperties {
  readonly view: View;
  readonly state: ConversationState;
  readonly rowsOf: RowsOf;
}

/** The app: a frame of its own, or the screen of a plugin. */
export function AppScreen({ view, state, rowsOf }: AppScreenProperties): ReactNode {
  if (view.panel?.type === "screen") return <PluginScreen screen={view.panel} view={view} />;
  const rows = frameLines(view, state, rowsOf, Date.now());
  const text = rows
    // One row that is too wide would have Ink cut all of the text.
    .map((row) => cutLine(row, view.width))
    // Ink leaves out rows that are empty at the end, which would pull the prompt up.
    .map((row) => paintLine(row, view.look.theme) || " ")
    .join("\n");
  return (
    <Box width={view.width} height={view.height} flexShrink={0}>
      <Text wrap="truncate">{text}</Text>
    </Box>
  );
}
