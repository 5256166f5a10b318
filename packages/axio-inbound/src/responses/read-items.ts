import {
  AxioError,
  type Block,
  type FileBlock,
  type ImageBlock,
  type JsonObject,
  type JsonValue,
  type Message,
  type TextBlock,
  type ToolResultContent,
} from "axio";
import { blocksOf } from "axio-responses";
import { openBlock, openProviderData } from "../shared/envelope.ts";
import { fileOfData, imageOfUrl } from "../shared/media.ts";
import { badRequest, objectsOf, requiredObjects, requiredText, textOf } from "../shared/members.ts";
import { MessageWriter } from "../shared/message-writer.ts";

/** Returns the item of an id that an `item_reference` names, `undefined` if it is unknown. */
export type FindItem = (id: string) => JsonObject | undefined;

/** The content of the `input` of a request. */
export interface ReadItems {
  readonly messages: readonly Message[];
  /** The tools of `additional_tools` items. */
  readonly tools: readonly JsonObject[];
}

/**
 * Converts the `input` of a request to messages. Items that axio has no block for become `opaque` blocks, which a transport
 * of the Responses API sends on as they are.
 *
 * @throws AxioError `invalid-request` for input that is malformed, `not-found` for a reference to an unknown item.
 */
export function readItems(input: JsonValue | undefined, findItem: FindItem): ReadItems {
  if (typeof input === "string") {
    return { messages: [{ role: "user", content: [{ type: "text", text: input }] }], tools: [] };
  }
  const writer = new MessageWriter();
  const tools: JsonObject[] = [];
  requiredObjects(input, "input").forEach((given, index) => {
    const path = `input[${index}]`;
    const item = given["type"] === "item_reference" ? referenced(given, path, findItem) : given;
    if (item["type"] === "additional_tools") tools.push(...objectsOf(item["tools"]));
    else {
      const { role, content } = readItem(item, path);
      writer.write(role, content);
    }
  });
  assertCallsOfResults(writer.messages);
  return { messages: writer.messages, tools };
}

/** A result without its call is refused, as the API does: the client has lost a part of the conversation. */
function assertCallsOfResults(messages: readonly Message[]): void {
  const blocks = messages.flatMap(({ content }) => content);
  const calls = new Set(blocks.flatMap((block) => (block.type === "tool-use" ? [block.id] : [])));
  for (const block of blocks)
    if (block.type === "tool-result" && !calls.has(block.toolCallId))
      throw badRequest(
        `No tool call found for function call output with call_id ${block.toolCallId}. Send the call as well.`,
        "input",
      );
}

function referenced(item: JsonObject, path: string, findItem: FindItem): JsonObject {
  const id = requiredText(item, "id", `${path}.id`);
  const found = findItem(id);
  if (found !== undefined) return found;
  throw new AxioError(
    "not-found",
    `There is no item ${JSON.stringify(id)}. Send the item itself instead of a reference to it.`,
    { details: { status: 404, peerCode: "item_not_found" } },
  );
}

function readItem(item: JsonObject, path: string): Message {
  const type = item["type"] ?? (typeof item["role"] === "string" ? "message" : undefined);
  if (typeof type !== "string") throw badRequest(`"${path}" has neither a type nor a role.`, `${path}.type`);
  switch (type) {
    case "message":
      return readMessage(item, path);
    case "function_call_output":
    case "custom_tool_call_output": {
      const toolCallId = requiredText(item, "call_id", `${path}.call_id`);
      const content = readToolOutput(item["output"], `${path}.output`);
      return { role: "user", content: [{ type: "tool-result", toolCallId, content }] };
    }
    case "function_call":
    case "custom_tool_call":
      requiredText(item, "call_id", `${path}.call_id`);
      requiredText(item, "name", `${path}.name`);
      break;
    case "reasoning":
      return { role: "assistant", content: [readReasoning(item)] };
    case "compaction": {
      // A summary by a gateway of axio. The compaction of a service stays as it is.
      const summary = openBlock(textOf(item["encrypted_content"]) ?? "");
      if (summary !== undefined) return { role: "user", content: [summary] };
    }
  }
  return { role: "assistant", content: blocksOf({ ...item, type }).map(({ block }) => block) };
}

function readReasoning(item: JsonObject): Block {
  const encrypted = textOf(item["encrypted_content"]) ?? "";
  const sealed = openBlock(encrypted);
  if (sealed !== undefined) return sealed;
  const [first] = blocksOf(item);
  const block: Block = first?.block ?? { type: "reasoning", text: "" };
  const providerData = openProviderData(encrypted);
  return providerData === undefined ? block : { ...block, providerData };
}

function readMessage(item: JsonObject, path: string): Message {
  const { role, content } = item;
  switch (role) {
    case "assistant":
      return { role, content: readAssistantContent(item, path) };
    case "system":
    case "developer":
      return { role: "system", content: readContent(content, `${path}.content`) };
    case "user":
      return { role, content: readContent(content, `${path}.content`) };
    default:
      throw badRequest(
        `Invalid "${path}.role": use "user", "assistant", "system" or "developer".`,
        `${path}.role`,
      );
  }
}

function readAssistantContent(item: JsonObject, path: string): readonly Block[] {
  const { content } = item;
  const parts =
    typeof content === "string"
      ? [{ type: "output_text", text: content, annotations: [] }]
      : requiredObjects(content, `${path}.content`).map((part) =>
          // Some clients send the text of the assistant as if it was the user's.
          part["type"] === "input_text" || part["type"] === "text" ? { ...part, type: "output_text" } : part,
        );
  return blocksOf({ ...item, type: "message", content: parts }).map(({ block }) => block);
}

function readContent(content: JsonValue | undefined, path: string): readonly ToolResultContent[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return requiredObjects(content, path).map((part, index) => readPart(part, `${path}[${index}]`));
}

function readPart(part: JsonObject, path: string): TextBlock | ImageBlock | FileBlock {
  switch (part["type"]) {
    case "input_text":
    case "output_text":
    case "text":
      return { type: "text", text: requiredText(part, "text", `${path}.text`) };
    case "input_image":
      if (typeof part["file_id"] === "string") throw fileIdError(path);
      return imageOfUrl(requiredText(part, "image_url", `${path}.image_url`), textOf(part["detail"]));
    case "input_file": {
      if (typeof part["file_id"] === "string") throw fileIdError(path);
      const data = textOf(part["file_data"]) ?? textOf(part["file_url"]);
      if (data === undefined)
        throw badRequest(`"${path}" has neither "file_data" nor "file_url".`, `${path}.file_data`);
      return fileOfData(data, { name: textOf(part["filename"]) });
    }
    case "input_audio": {
      const audio = part["input_audio"];
      const url = textOf(part["audio_url"]);
      if (url !== undefined) return fileOfData(url, { mediaType: "audio/wav" });
      const [{ data, format } = {}] = objectsOf(audio === undefined ? [] : [audio]);
      if (typeof data !== "string") throw badRequest(`"${path}" has no audio data.`, `${path}.input_audio`);
      return fileOfData(data, { mediaType: `audio/${textOf(format) ?? "wav"}` });
    }
    default:
      throw badRequest(
        `Invalid "${path}.type": use "input_text", "input_image" or "input_file".`,
        `${path}.type`,
      );
  }
}

function readToolOutput(output: JsonValue | undefined, path: string): string | readonly ToolResultContent[] {
  if (typeof output === "string") return output;
  if (!Array.isArray(output)) throw badRequest(`"${path}" is neither a string nor a list of parts.`, path);
  return readContent(output, path);
}

function fileIdError(path: string): AxioError {
  return badRequest(
    `"${path}.file_id" names a stored file, and files are not stored here. Send the data or a URL instead.`,
    `${path}.file_id`,
  );
}
