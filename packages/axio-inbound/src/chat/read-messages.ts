import {
  type Block,
  type FileBlock,
  type ImageBlock,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Message,
  type TextBlock,
  type ToolResultContent,
} from "axio";
import { fileOfData, imageOfUrl } from "../shared/media.ts";
import { badRequest, objectsOf, requiredObjects, requiredText, textOf } from "../shared/members.ts";
import { MessageWriter } from "../shared/message-writer.ts";
import { parseInput } from "../shared/parse-input.ts";

/**
 * Returns the blocks that preceded a tool call when the model made it, `undefined` if they are unknown. Chat Completions has
 * no place for reasoning, so a server that wants the model to see it again has to keep it.
 */
export type FindReasoning = (toolCallId: string) => readonly Block[] | undefined;

/**
 * Converts the `messages` of a Chat Completions request.
 *
 * @throws AxioError `invalid-request` for messages that are malformed.
 */
export function readChatMessages(
  messages: JsonValue | undefined,
  findReasoning: FindReasoning = () => undefined,
): readonly Message[] {
  const writer = new MessageWriter();
  // The deprecated form of a call has no id.
  let functionCallId = "";
  requiredObjects(messages, "messages").forEach((message, index) => {
    if (isJsonObject(message["function_call"])) functionCallId = `call_${index}`;
    const { role, content } = readMessage(message, `messages[${index}]`, functionCallId, findReasoning);
    writer.write(role, content);
  });
  return writer.messages;
}

function readMessage(
  message: JsonObject,
  path: string,
  functionCallId: string,
  findReasoning: FindReasoning,
): Message {
  const { role, content } = message;
  const place = `${path}.content`;
  switch (role) {
    case "system":
    case "developer":
      return { role: "system", content: readContent(content, place) };
    case "user":
      return { role, content: readContent(content, place) };
    case "assistant":
      return { role, content: readAssistant(message, path, functionCallId, findReasoning) };
    case "tool": {
      const toolCallId = requiredText(message, "tool_call_id", `${path}.tool_call_id`);
      return { role: "user", content: [toolResult(toolCallId, content, place)] };
    }
    case "function":
      return { role: "user", content: [toolResult(functionCallId, content, place)] };
    default:
      throw badRequest(
        `Invalid "${path}.role": use "system", "developer", "user", "assistant" or "tool".`,
        `${path}.role`,
      );
  }
}

function readAssistant(
  message: JsonObject,
  path: string,
  functionCallId: string,
  findReasoning: FindReasoning,
): readonly Block[] {
  const calls = readCalls(message, path, functionCallId);
  const kept = calls.map(({ id }) => findReasoning(id)).find((blocks) => blocks !== undefined) ?? [];
  const reasoning = textOf(message["reasoning_content"]) ?? textOf(message["reasoning"]);
  const shown: readonly Block[] = reasoning === undefined ? [] : [{ type: "reasoning", text: reasoning }];
  const refusal = textOf(message["refusal"]);
  return [
    ...(kept.length > 0 ? kept : shown),
    ...readAssistantText(message["content"], `${path}.content`),
    ...(refusal === undefined ? [] : [{ type: "text", text: refusal, refusal: true } as const]),
    ...calls,
  ];
}

function readAssistantText(content: JsonValue | undefined, path: string): readonly TextBlock[] {
  if (content === undefined || content === null) return [];
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return requiredObjects(content, path).map((part, index) => {
    if (part["type"] === "refusal")
      return {
        type: "text",
        text: requiredText(part, "refusal", `${path}[${index}].refusal`),
        refusal: true,
      };
    return { type: "text", text: requiredText(part, "text", `${path}[${index}].text`) };
  });
}

function readCalls(
  message: JsonObject,
  path: string,
  functionCallId: string,
): readonly (Block & { type: "tool-use" })[] {
  const calls = message["tool_calls"] ?? [];
  const read = requiredObjects(calls, `${path}.tool_calls`).map((call, index) => {
    const place = `${path}.tool_calls[${index}]`;
    const id = requiredText(call, "id", `${place}.id`);
    const [custom] = objectsOf([call["custom"] ?? null]);
    if (custom !== undefined) {
      const input = textOf(custom["input"]) ?? "";
      return {
        type: "tool-use",
        id,
        name: requiredText(custom, "name", `${place}.custom.name`),
        input,
      } as const;
    }
    const [called] = objectsOf([call["function"] ?? null]);
    if (called === undefined) throw badRequest(`"${place}.function" is missing.`, `${place}.function`);
    return functionCall(id, called, `${place}.function`);
  });
  const legacy = message["function_call"];
  return isJsonObject(legacy)
    ? [...read, functionCall(functionCallId, legacy, `${path}.function_call`)]
    : read;
}

function functionCall(id: string, called: JsonObject, path: string): Block & { type: "tool-use" } {
  return {
    type: "tool-use",
    id,
    name: requiredText(called, "name", `${path}.name`),
    ...parseInput(textOf(called["arguments"]) ?? ""),
  };
}

function toolResult(toolCallId: string, content: JsonValue | undefined, path: string): Block {
  if (typeof content === "string") return { type: "tool-result", toolCallId, content };
  return { type: "tool-result", toolCallId, content: readContent(content, path) };
}

function readContent(content: JsonValue | undefined, path: string): readonly ToolResultContent[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return requiredObjects(content, path).map((part, index) => readPart(part, `${path}[${index}]`));
}

function readPart(part: JsonObject, path: string): TextBlock | ImageBlock | FileBlock {
  switch (part["type"]) {
    case "text":
      return { type: "text", text: requiredText(part, "text", `${path}.text`) };
    case "image_url": {
      const image = part["image_url"];
      const url = isJsonObject(image) ? requiredText(image, "url", `${path}.image_url.url`) : textOf(image);
      if (url === undefined) throw badRequest(`"${path}.image_url" is missing.`, `${path}.image_url`);
      return imageOfUrl(url, isJsonObject(image) ? textOf(image["detail"]) : undefined);
    }
    case "input_audio": {
      const [audio = {}] = objectsOf([part["input_audio"] ?? null]);
      const data = requiredText(audio, "data", `${path}.input_audio.data`);
      return fileOfData(data, { mediaType: `audio/${textOf(audio["format"]) ?? "wav"}` });
    }
    case "file": {
      const [file = {}] = objectsOf([part["file"] ?? null]);
      if (typeof file["file_id"] === "string")
        throw badRequest(
          `"${path}.file.file_id" names a stored file, and files are not stored here. Send the data instead.`,
          `${path}.file.file_id`,
        );
      return fileOfData(requiredText(file, "file_data", `${path}.file.file_data`), {
        name: textOf(file["filename"]),
      });
    }
    default:
      throw badRequest(
        `Invalid "${path}.type": use "text", "image_url", "input_audio" or "file".`,
        `${path}.type`,
      );
  }
}
