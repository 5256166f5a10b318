import { AxioError } from "./errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import type { Message } from "./messages.ts";

type Check = (value: JsonValue | undefined) => boolean;

const isString: Check = (value) => typeof value === "string";
const isOptional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const isSource: Check = (value) =>
  isJsonObject(value) &&
  ((value["kind"] === "base64" && isString(value["data"])) ||
    (value["kind"] === "url" && isString(value["url"])));
const isSources: Check = (value) =>
  Array.isArray(value) && value.every((source) => isJsonObject(source) && isString(source["url"]));
const RESULT_CONTENT: readonly unknown[] = ["text", "image", "file"];
const isResultContent: Check = (value) =>
  isString(value) ||
  (Array.isArray(value) &&
    value.every(
      (part) =>
        isJsonObject(part) && RESULT_CONTENT.includes(part["type"]) && blockProblem(part) === undefined,
    ));

/** The required properties of each type of block. Others are kept as they are. */
const REQUIRED: { readonly [type: string]: { readonly [member: string]: Check } } = {
  text: { text: isString, phase: isOptional(isString), sources: isOptional(isSources) },
  image: { mediaType: isString, source: isSource },
  file: { mediaType: isString, source: isSource, name: isOptional(isString) },
  reasoning: { text: isString },
  "tool-use": {
    id: isString,
    name: isString,
    input: (value) => value !== undefined,
    inputText: isOptional(isString),
  },
  "tool-result": { toolCallId: isString, content: isResultContent },
  "hosted-tool": {
    name: isString,
    input: isJsonObject,
    output: isOptional(isString),
    sources: isOptional(isSources),
  },
  opaque: { kind: isString },
};

const ROLES: readonly unknown[] = ["system", "user", "assistant"];

/**
 * Reads messages from JSON, as a string or parsed. `JSON.stringify(messages)` writes them without loss.
 *
 * @throws AxioError `invalid-argument` if a message is invalid. The error says which one.
 *
 * @example
 * ```ts
 * const messages = parseMessages(JSON.stringify(await context.history()));
 * ```
 */
export function parseMessages(json: unknown): readonly Message[] {
  const value = typeof json === "string" ? parseText(json) : json;
  if (!Array.isArray(value)) throw invalid("the messages", "must be a list.");
  // `Array.from`, because `map` skips the holes of a list that does not come from JSON.
  const messages: readonly unknown[] = Array.from(value, renameToolUseIds);
  checkMessages(messages);
  return messages as readonly Message[];
}

/** @throws AxioError `invalid-argument` if a message is invalid. The error says which one. */
export function checkMessages(messages: unknown): void {
  if (!Array.isArray(messages)) throw invalid("the messages", "must be a list.");
  for (const [index, message] of messages.entries()) checkMessage(message, `message ${index}`);
}

/** Histories from before version 0.1 have `toolUseId` in tool results. */
function renameToolUseIds(message: unknown): unknown {
  if (!isJsonObject(message) || !Array.isArray(message["content"])) return message;
  const blocks: readonly unknown[] = message["content"];
  if (!blocks.some(hasToolUseId)) return message;
  const content = blocks.map((block) => {
    if (!hasToolUseId(block)) return block;
    const { toolUseId, ...rest } = block;
    return { ...rest, toolCallId: toolUseId };
  });
  return { ...message, content };
}

function hasToolUseId(block: unknown): block is JsonObject {
  return isJsonObject(block) && block["type"] === "tool-result" && "toolUseId" in block;
}

function checkMessage(message: unknown, where: string): void {
  if (!isJsonObject(message)) throw invalid(where, "must be an object.");
  const { role, content } = message;
  if (!ROLES.includes(role))
    throw invalid(where, `has the role ${JSON.stringify(role)}; it must be one of: ${ROLES.join(", ")}.`);
  if (typeof content === "string")
    throw invalid(
      where,
      'must have a list of blocks as its "content", not a string. Use userMessage(text) or assistantMessage(text), or a list: [{ type: "text", text }].',
    );
  if (!Array.isArray(content)) throw invalid(where, 'must have a list of blocks as its "content".');
  for (let position = 0; position < content.length; position += 1) {
    const problem = blockProblem(content[position]);
    if (problem !== undefined) throw invalid(`${where}, block ${position}`, problem);
  }
}

/** Returns why a block is invalid, as the end of a sentence, or `undefined`. */
export function blockProblem(block: JsonValue | undefined): string | undefined {
  if (!isJsonObject(block)) return "must be an object.";
  const type = block["type"];
  const members = typeof type === "string" && Object.hasOwn(REQUIRED, type) ? REQUIRED[type] : undefined;
  if (members === undefined)
    return `has the type ${JSON.stringify(type)}, which this version of axio does not know. Update axio.`;
  for (const [member, check] of Object.entries(members)) {
    if (!check(block[member]))
      return `of type ${JSON.stringify(type)} has no valid ${JSON.stringify(member)}.`;
  }
  return isProviderData(block["providerData"])
    ? undefined
    : 'has a "providerData" that is not an object of objects.';
}

function isProviderData(value: JsonValue | undefined): boolean {
  return (
    value === undefined ||
    (isJsonObject(value) && Object.values<JsonValue | JsonObject>(value).every(isJsonObject))
  );
}

function parseText(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new AxioError("invalid-argument", "The messages are not valid JSON. The text may be incomplete.", {
      cause,
    });
  }
}

function invalid(where: string, problem: string): AxioError {
  return new AxioError("invalid-argument", `The messages are invalid: ${where} ${problem}`);
}
