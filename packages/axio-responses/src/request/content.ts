import { AxioError, type FileBlock, type ImageBlock, type TextBlock, type ToolResultContent } from "axio";
import type { InputContent } from "./input-items.ts";
import { toMediaPart } from "./media.ts";

/**
 * Converts a text, image or document of a user or a tool.
 *
 * @param isNewest Whether the user has just written it. Otherwise a short text replaces what cannot be sent, because the
 *   user can no longer change it and the conversation would fail forever.
 * @throws AxioError `unsupported-content` for new content that cannot be sent.
 */
export function toInputContent(block: TextBlock | ImageBlock | FileBlock, isNewest: boolean): InputContent {
  if (block.type === "text") return { type: "input_text", text: block.text };
  const part = toMediaPart(block);
  if (!("fault" in part)) return part;
  const { fault, remedy } = part;
  if (isNewest) throw new AxioError("unsupported-content", `${subjectOf(block)} ${fault}. ${remedy}`);
  return { type: "input_text", text: `[${subjectOf(block)} was left out here, because it ${fault}.]` };
}

/** Converts a tool result: text stays as it is, blocks become parts. */
export function toToolOutput(content: string | readonly ToolResultContent[]): string | InputContent[] {
  if (typeof content === "string") return content;
  return content.length === 0 ? "" : content.map((part) => toInputContent(part, false));
}

function subjectOf(block: ImageBlock | FileBlock): string {
  if (block.type === "image") return "An image";
  const kind = block.mediaType.toLowerCase().startsWith("audio/") ? "recording" : "file";
  return block.name === undefined ? `A ${kind}` : `The ${kind} ${JSON.stringify(block.name)}`;
}
