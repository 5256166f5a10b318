import type { ToolResultBlock } from "axio";
import type { Dialect } from "../dialect/dialect.ts";
import type { ContentPart } from "./chat-message.ts";
import { toContentPart, toUserContent } from "./user-content.ts";

const INTERRUPTED = "Error: The call was interrupted before it gave a result.";

/** A tool result as the API accepts it. */
export interface ToolResultContent {
  readonly content: string | ContentPart[];
  /** Media for a user message after the results of the step. */
  readonly media: readonly ContentPart[];
}

/** The content of a `tool` message. A missing result says that the call was interrupted; a failed one begins with "Error". */
export function toToolResult(result: ToolResultBlock | undefined, dialect: Dialect): ToolResultContent {
  if (result === undefined) return { content: INTERRUPTED, media: [] };
  const { content, isError = false } = result;
  const blocks = typeof content === "string" ? [{ type: "text" as const, text: content }] : content;
  const media: ContentPart[] = [];
  const parts = blocks.map((block): ContentPart => {
    const part = toContentPart({ block, isNew: false }, dialect);
    if (part.type === "text" || dialect.toolResultImages === "inline") return part;
    media.push(part);
    return { type: "text", text: `[See the ${block.type} in the message after the tool results.]` };
  });
  return { content: markError(parts, isError), media };
}

function markError(parts: readonly ContentPart[], isError: boolean): string | ContentPart[] {
  const [first] = parts;
  if (!isError || (first?.type === "text" && /^error\b/i.test(first.text))) return toUserContent(parts);
  if (first?.type !== "text") return toUserContent([{ type: "text", text: "Error" }, ...parts]);
  return toUserContent([{ type: "text", text: `Error: ${first.text}` }, ...parts.slice(1)]);
}
