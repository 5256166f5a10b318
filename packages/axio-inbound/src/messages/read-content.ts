import {
  type Block,
  type FileBlock,
  type ImageBlock,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type TextBlock,
  type ToolResultContent,
} from "axio";
import { openBlock, openProviderData } from "../shared/envelope.ts";
import { badRequest, objectsOf, requiredObjects, requiredText, textOf } from "../shared/members.ts";

/**
 * Converts the content of a message of the Messages API.
 *
 * @throws AxioError `invalid-request` for content that is malformed.
 */
export function readContent(content: JsonValue | undefined, path: string): readonly Block[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return requiredObjects(content, path).flatMap((block, index) => readBlock(block, `${path}[${index}]`));
}

function readBlock(block: JsonObject, path: string): readonly Block[] {
  switch (block["type"]) {
    case "thinking":
      return [readThinking(block)];
    case "redacted_thinking": {
      // Foreign data cannot be read by the model behind this server.
      const sealed = openBlock(textOf(block["data"]) ?? "");
      return sealed === undefined ? [] : [sealed];
    }
    case "tool_use":
      return [
        {
          type: "tool-use",
          id: requiredText(block, "id", `${path}.id`),
          name: requiredText(block, "name", `${path}.name`),
          input: block["input"] ?? {},
        },
      ];
    case "tool_result":
      return [
        {
          type: "tool-result",
          toolCallId: requiredText(block, "tool_use_id", `${path}.tool_use_id`),
          content: readResult(block["content"], `${path}.content`),
          isError: block["is_error"] === true ? true : undefined,
        },
      ];
    case "server_tool_use":
      return [];
    case "web_search_tool_result":
      return readSearchResult(block);
    case "search_result":
    case "tool_reference":
      return [{ type: "text", text: describe(block) }];
    default:
      return [readPart(block, path)];
  }
}

function readThinking(block: JsonObject): Block {
  const signature = textOf(block["signature"]) ?? "";
  const text = textOf(block["thinking"]) ?? "";
  return { type: "reasoning", text, providerData: openProviderData(signature) };
}

/** The block of the search is sealed in its first result. A result without it came from another server. */
function readSearchResult(block: JsonObject): readonly Block[] {
  for (const result of objectsOf(block["content"])) {
    const sealed = openBlock(textOf(result["encrypted_content"]) ?? "");
    if (sealed !== undefined) return [sealed];
  }
  return [];
}

function readResult(content: JsonValue | undefined, path: string): string | readonly ToolResultContent[] {
  if (content === undefined || content === null) return "";
  if (typeof content === "string") return content;
  return requiredObjects(content, path).map((part, index) =>
    part["type"] === "search_result" || part["type"] === "tool_reference"
      ? { type: "text", text: describe(part) }
      : readPart(part, `${path}[${index}]`),
  );
}

function readPart(block: JsonObject, path: string): TextBlock | ImageBlock | FileBlock {
  switch (block["type"]) {
    case "text":
      return { type: "text", text: requiredText(block, "text", `${path}.text`) };
    case "image": {
      const source = sourceOf(block, path);
      if (source["type"] === "url")
        return {
          type: "image",
          mediaType: "image/*",
          source: { kind: "url", url: requiredText(source, "url", `${path}.source.url`) },
        };
      const data = requiredText(source, "data", `${path}.source.data`);
      const mediaType = textOf(source["media_type"]) ?? "image/png";
      return { type: "image", mediaType, source: { kind: "base64", data } };
    }
    case "document":
      return readDocument(block, path);
    default:
      throw badRequest(
        `Invalid "${path}.type": ${JSON.stringify(block["type"] ?? null)} is not available here.`,
        `${path}.type`,
      );
  }
}

function readDocument(block: JsonObject, path: string): TextBlock | FileBlock {
  const source = sourceOf(block, path);
  const name = textOf(block["title"]);
  switch (source["type"]) {
    case "text":
      return { type: "text", text: requiredText(source, "data", `${path}.source.data`) };
    case "content": {
      const content = source["content"];
      const texts =
        typeof content === "string"
          ? [content]
          : objectsOf(content).flatMap((part) => textOf(part["text"]) ?? []);
      return { type: "text", text: texts.join("\n\n") };
    }
    case "url":
      return {
        type: "file",
        mediaType: "application/pdf",
        source: { kind: "url", url: requiredText(source, "url", `${path}.source.url`) },
        name,
      };
    default: {
      const data = requiredText(source, "data", `${path}.source.data`);
      const mediaType = textOf(source["media_type"]) ?? "application/pdf";
      return { type: "file", mediaType, source: { kind: "base64", data }, name };
    }
  }
}

function sourceOf(block: JsonObject, path: string): JsonObject {
  const { source } = block;
  if (!isJsonObject(source)) throw badRequest(`"${path}.source" is missing.`, `${path}.source`);
  if (source["type"] === "file")
    throw badRequest(
      `"${path}.source" names a stored file, and files are not stored here. Send the data or a URL instead.`,
      `${path}.source.file_id`,
    );
  return source;
}

function describe(block: JsonObject): string {
  const texts = objectsOf(block["content"]).flatMap((part) => textOf(part["text"]) ?? []);
  const heads = ["title", "source", "tool_name"].flatMap((member) => textOf(block[member]) ?? []);
  return [...heads, ...texts].join("\n");
}
