import type { JsonValue, ToolUseBlock } from "axio";

/** Parses the input of a tool call, as a model wrote it. Text that is not JSON is kept in `inputText`. */
export function parseInput(text: string): Pick<ToolUseBlock, "input" | "inputText"> {
  if (text.trim() === "") return { input: {} };
  try {
    const input = JSON.parse(text) as JsonValue;
    return JSON.stringify(input) === text ? { input } : { input, inputText: text };
  } catch {
    return { input: null, inputText: text };
  }
}
