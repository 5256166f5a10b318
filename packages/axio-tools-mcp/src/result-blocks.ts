import { isDeepStrictEqual } from "node:util";
import type { CallToolResult, ContentBlock, EmbeddedResource } from "@modelcontextprotocol/client";
import { isJsonObject, type ToolResultContent } from "axio";

const MAX_IMAGE_BYTES = 10_000_000;
const IMAGE_TYPES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);

/**
 * Converts a server's tool result.
 *
 * @throws Error with the result's text if the result is an error.
 */
export function toResultBlocks(result: CallToolResult): readonly ToolResultContent[] | string {
  const blocks = [...(result.content ?? []).map(toBlock), ...structuredBlocks(result)];
  if (result.isError === true) throw new Error(textOf(blocks) || "The tool failed without a message.");
  // Plain text is easier to read in a stored history.
  return blocks.every(({ type }) => type === "text") ? textOf(blocks) : blocks;
}

function textOf(blocks: readonly ToolResultContent[]): string {
  return blocks.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
}

/** Returns the structured content as JSON, unless a text block already contains it. */
function structuredBlocks({ content = [], structuredContent }: CallToolResult): readonly ToolResultContent[] {
  if (structuredContent === undefined) return [];
  const texts = content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  const isRedundant =
    texts.some((candidate) => isSameJson(candidate, structuredContent)) ||
    isWrapped(texts, structuredContent);
  return isRedundant ? [] : [text(JSON.stringify(structuredContent))];
}

function isSameJson(json: string, value: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(json), value);
  } catch {
    return false;
  }
}

/** Tells whether each value of the structure is one of the texts. */
function isWrapped(texts: readonly string[], structure: unknown): boolean {
  if (!isJsonObject(structure)) return false;
  return Object.values(structure).every((value) => typeof value === "string" && texts.includes(value));
}

function toBlock(part: ContentBlock): ToolResultContent {
  switch (part.type) {
    case "text":
      return text(part.text);
    case "image":
      return image(part.mimeType, part.data);
    case "audio":
      return text(`[Audio (${part.mimeType}), not supported]`);
    case "resource":
      return resource(part.resource);
    case "resource_link": {
      const about = [part.mimeType, part.description].filter((value) => value !== undefined).join(", ");
      return text(`[${part.title ?? part.name}: ${part.uri}${about === "" ? "" : ` (${about})`}]`);
    }
    default:
      // A type from a later version of the protocol.
      return text(JSON.stringify(part));
  }
}

function resource(contents: EmbeddedResource["resource"]): ToolResultContent {
  const { uri, mimeType = "unknown type" } = contents;
  if ("text" in contents) return text(`[${uri}]\n${contents.text}`);
  if (mimeType.startsWith("image/")) return image(mimeType, contents.blob);
  return text(`[${uri} (${mimeType}, ${Buffer.byteLength(contents.blob, "base64")} bytes), not supported]`);
}

/** An image that a model rejects would stay in the history and make every later request fail. */
function image(mediaType: string, data: string): ToolResultContent {
  const bytes = Buffer.byteLength(data, "base64");
  const type = mediaType === "image/jpg" ? "image/jpeg" : mediaType;
  if (!IMAGE_TYPES.has(type)) return text(`[Image (${mediaType}), not supported]`);
  if (bytes === 0 || bytes > MAX_IMAGE_BYTES) return text(`[Image (${bytes} bytes), not supported]`);
  return { type: "image", mediaType: type, source: { kind: "base64", data } };
}

function text(value: string): ToolResultContent {
  return { type: "text", text: value };
}
