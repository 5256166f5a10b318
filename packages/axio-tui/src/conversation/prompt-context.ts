import type { PromptContext } from "./system-prompt.ts";
import type { ToolBox } from "./tool-box.ts";

/** What the system prompt says of here and now. */
export function promptContext(
  folder: string,
  toolBox: ToolBox,
  projectInstructions: string | undefined,
): PromptContext {
  return {
    folder,
    platform: process.platform,
    date: new Date().toISOString().slice(0, 10),
    hasTools: toolBox.tools().length > 0,
    ...(projectInstructions === undefined ? {} : { projectInstructions }),
  };
}
