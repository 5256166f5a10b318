import { isDeepStrictEqual } from "node:util";
import type { CallToolResult, ContentBlock, EmbeddedResource } from "@modelcontextprotocol/client";
import { isJsonObject, type ToolResultContent } from "axio";

const MAX_TEXT = 100_000;
const MAX_IMAGE_BYTES = 10_000_000;
const IMAGE_TYPES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);

/**
 * What a server's tool gave, for the model.
 *
 * @throws Error with what the tool says, where it says that it failed.
 */
export function toResultBlocks(result: CallToolResult): readonly ToolResultContent[] | string {
  const blocks = [...(result.content ?? []).map(toBlock), ...structuredBlocks(result)];
  if (result.isError === true) throw new Error(textOf(blocks) || "The tool failed and did not say why.");
  // A text alone is easier to read for whoever looks at the history.
  return blocks.every(({ type }) => type === "text") ? textOf(blocks) : blocks;
}

function textOf(blocks: readonly ToolResultContent[]): string {
  return blocks.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
}

/** The structured form, unless a text says the same. */
function structuredBlocks({ content = [], structuredContent }: CallToolResult): readonly ToolResultContent[] {
  if (structuredContent === undefined) return [];
  const texts = content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  const isSaid =
    texts.some((said) => isSameJson(said, structuredContent)) || isWrapped(texts, structuredContent);
  return isSaid ? [] : [text(JSON.stringify(structuredContent))];
}

function isSameJson(json: string, value: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(json), value);
  } catch {
    return false;
  }
}

/** Whether the structure is nothing but names around the texts. */
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
      return text(`[Audio, ${part.mimeType}: it cannot be heard here.]`);
    case "resource":
      return resource(part.resource);
    case "resource_link": {
      const about = [part.mimeType, part.description].filter((word) => word !== undefined).join(", ");
      return text(`[${part.title ?? part.name}: ${part.uri}${about === "" ? "" : ` (${about})`}]`);
    }
    default:
      // A kind of a later version of the protocol.
      return text(JSON.stringify(part));
  }
}

function resource(contents: EmbeddedResource["resource"]): ToolResultContent {
  const { uri, mimeType = "unknown type" } = contents;
  if ("text" in contents) return text(`[${uri}]\n${contents.text}`);
  if (mimeType.startsWith("image/")) return image(mimeType, contents.blob);
  return text(
    `[${uri} (${mimeType}, ${Buffer.byteLength(contents.blob, "base64")} bytes): it cannot be shown here.]`,
  );
}

/** A picture that no model takes would stand in the history, and fail each call from then on. */
function image(mediaType: string, data: string): ToolResultContent {
  const bytes = Buffer.byteLength(data, "base64");
  const type = mediaType === "image/jpg" ? "image/jpeg" : mediaType;
  if (!IMAGE_TYPES.has(type)) return text(`[A picture of the type ${mediaType}: it cannot be shown here.]`);
  if (bytes === 0 || bytes > MAX_IMAGE_BYTES)
    return text(`[A picture of ${bytes} bytes: it cannot be shown here.]`);
  return { type: "image", mediaType: type, source: { kind: "base64", data } };
}

/** One answer must not fill the model's window. */
function text(value: string): ToolResultContent {
  if (value.length <= MAX_TEXT) return { type: "text", text: value };
  const rest = value.length - MAX_TEXT;
  return { type: "text", text: `${value.slice(0, MAX_TEXT)}\n[… ${rest} more characters left out …]` };
}
