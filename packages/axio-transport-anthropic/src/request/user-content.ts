import type { ToolResultBlock } from "axio";
import { readAnthropicData, type WireBlock } from "../provider-data.ts";
import { toMediaBlock } from "./media-blocks.ts";
import type { Entry } from "./sides.ts";
import { isBlank, textBlock } from "./wire-message.ts";

const INTERRUPTED = "The tool call was interrupted, so there is no result.";

/** Converts a block of the user. Text that is blank and blocks that no user can send are left out. */
export function toUserBlocks({ block, isNew }: Entry, maxImageBytes: number): readonly WireBlock[] {
  switch (block.type) {
    case "text":
      return isBlank(block.text) ? [] : [marked(block, textBlock(block.text))];
    case "image":
    case "file":
      return [marked(block, toMediaBlock(block, { maxImageBytes, isNew }))];
    case "tool-result": {
      const { content = [] } = toToolResult(block, block.toolCallId, maxImageBytes);
      const text = `The result of the tool call ${JSON.stringify(block.toolCallId)}, which is no longer part of this conversation:`;
      return [textBlock(text), ...content];
    }
    default:
      return [];
  }
}

/** A tool result. */
export interface WireToolResult extends WireBlock {
  readonly type: "tool_result";
  readonly tool_use_id: string;
  readonly content?: readonly WireBlock[];
  readonly is_error?: true;
}

/** Converts the result of a tool call. A call without a result was interrupted. */
export function toToolResult(
  result: ToolResultBlock | undefined,
  id: string,
  maxImageBytes: number,
): WireToolResult {
  if (result === undefined) {
    return { type: "tool_result", tool_use_id: id, content: [textBlock(INTERRUPTED)], is_error: true };
  }
  const { isError } = result;
  const blocks =
    typeof result.content === "string"
      ? [{ type: "text" as const, text: result.content }]
      : result.content.filter((part) => isError !== true || part.type === "text");
  const omitted = typeof result.content === "string" ? 0 : result.content.length - blocks.length;
  const content = [
    ...blocks.flatMap((block) => toUserBlocks({ block, isNew: false }, maxImageBytes)),
    // The content of an error is text only.
    ...(omitted === 0 ? [] : [textBlock("[Images and files were left out of this error.]")]),
  ];
  return {
    type: "tool_result",
    tool_use_id: id,
    ...(content.length === 0 ? {} : { content }),
    ...(isError === true ? { is_error: true } : {}),
    ...cacheControl(result),
  };
}

function marked(block: Entry["block"], wire: WireBlock): WireBlock {
  return { ...wire, ...cacheControl(block) };
}

/** The caller's own cache breakpoint. */
function cacheControl(block: Entry["block"]): { readonly cache_control?: WireBlock } {
  const control = readAnthropicData(block)?.cacheControl;
  return control === undefined ? {} : { cache_control: { type: "ephemeral", ...control } };
}
