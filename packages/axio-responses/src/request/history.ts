import {
  AxioError,
  type Block,
  isJsonObject,
  type JsonObject,
  type Message,
  type Role,
  type ToolResultContent,
} from "axio";

/**
 * Reads a history that may be damaged, as files and other programs may leave it. Well-formed messages stay the same objects.
 *
 * Content as a string, and strings among the blocks, are text. What cannot be read becomes a short text.
 *
 * @throws AxioError `unsupported-content` for a block of the newest user message that has an unknown type.
 */
export function readHistory(messages: readonly Message[]): readonly Message[] {
  const newest = newestUserMessage(messages);
  let read: Message[] | undefined;
  for (const [index, message] of messages.entries()) {
    const found = readMessage(message, index === newest);
    if (found === message) continue;
    read ??= [...messages];
    read[index] = found;
  }
  return read ?? messages;
}

/** Returns the index of the message that the user has just written, -1 if the model was the last to write. */
export function newestUserMessage(messages: readonly Message[]): number {
  const last = messages.findLastIndex((message) => roleOf(message) !== "system");
  const message = messages[last];
  return message !== undefined && roleOf(message) === "user" ? last : -1;
}

function roleOf(message: unknown): Role {
  const role = isJsonObject(message) ? message["role"] : undefined;
  return role === "assistant" || role === "system" ? role : "user";
}

function readMessage(message: Message, isNewest: boolean): Message {
  const value: unknown = message;
  if (typeof value === "string") return { role: "user", content: [{ type: "text", text: value }] };
  const content: unknown = isJsonObject(value) ? value["content"] : undefined;
  if (typeof content === "string")
    return { role: roleOf(message), content: [{ type: "text", text: content }] };
  if (!Array.isArray(content)) return { role: roleOf(message), content: [] };
  const role = roleOf(message);
  if (message.role === role && content.every((block: unknown) => isJsonObject(block) && isWholeBlock(block)))
    return message;
  return { role, content: content.map((block: unknown) => readBlock(block, isNewest)) };
}

function readBlock(value: unknown, isNewest: boolean): Block {
  if (typeof value === "string") return { type: "text", text: value };
  const block: JsonObject = isJsonObject(value) ? value : {};
  if (isWholeBlock(block)) return value as Block;
  switch (block["type"]) {
    case "tool-use":
      return {
        ...block,
        type: "tool-use",
        id: textOf(block["id"]),
        name: textOf(block["name"]),
        input: block["input"] ?? {},
        inputText: typeof block["inputText"] === "string" ? block["inputText"] : undefined,
      };
    case "tool-result":
      return {
        type: "tool-result",
        toolCallId: textOf(block["toolCallId"]),
        content: readResult(block["content"]),
      };
    case "reasoning":
      return { ...block, type: "reasoning", text: "" };
    default:
      return noteOn(block, isNewest);
  }
}

function readResult(content: unknown): string | readonly ToolResultContent[] {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return content === undefined ? "" : JSON.stringify(content);
  return content.map((value: unknown): ToolResultContent => {
    const block = readBlock(value, false);
    const isContent = block.type === "text" || block.type === "image" || block.type === "file";
    return isContent ? block : noteOn(block, false);
  });
}

/** Whether a block has the members that its type requires. */
function isWholeBlock(block: JsonObject): boolean {
  const { type, text, source, content } = block;
  const has = (...names: readonly string[]): boolean =>
    names.every((name) => typeof block[name] === "string");
  switch (type) {
    case "text":
    case "reasoning":
      return typeof text === "string";
    case "image":
    case "file":
      return (
        has("mediaType") &&
        (block["name"] === undefined || has("name")) &&
        isJsonObject(source) &&
        typeof (source["kind"] === "url" ? source["url"] : source["data"]) === "string"
      );
    case "tool-use": {
      const { input, inputText } = block;
      return has("id", "name") && input !== undefined && (inputText === undefined || has("inputText"));
    }
    case "tool-result":
      return (
        has("toolCallId") &&
        (typeof content === "string" ||
          (Array.isArray(content) &&
            content.every(
              (part) =>
                isJsonObject(part) &&
                (part["type"] === "text" || part["type"] === "image" || part["type"] === "file") &&
                isWholeBlock(part),
            )))
      );
    case "hosted-tool":
    case "opaque":
      return true;
    default:
      return false;
  }
}

function noteOn(block: object, isNewest: boolean): Block & { type: "text" } {
  const { type, text } = block as { readonly type?: unknown; readonly text?: unknown };
  const kind = typeof type === "string" ? `of the type ${JSON.stringify(type)}` : "without a type";
  if (isNewest) {
    throw new AxioError(
      "unsupported-content",
      `The prompt has a block ${kind} that is unknown or incomplete. Use text, image and file blocks with all their properties.`,
    );
  }
  return {
    type: "text",
    text: typeof text === "string" ? text : `[A block ${kind} was left out here: it cannot be read.]`,
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
