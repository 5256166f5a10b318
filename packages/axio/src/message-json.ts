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
const RESULT_PARTS: readonly unknown[] = ["text", "image", "file"];
const isResultContent: Check = (value) =>
  isString(value) ||
  (Array.isArray(value) &&
    value.every(
      (part) => isJsonObject(part) && RESULT_PARTS.includes(part["type"]) && blockProblem(part) === undefined,
    ));

/** What each kind of block must hold. Other members are kept as they are. */
const MEMBERS: { readonly [type: string]: { readonly [member: string]: Check } } = {
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
 * Reads messages from JSON, given as text or parsed. The other way needs no function: messages are plain data, so
 * `JSON.stringify(messages)` is lossless.
 *
 * @throws AxioError `invalid-argument` where something is no message; the message says where.
 *
 * @example
 * ```ts
 * const messages = parseMessages(JSON.stringify(await context.history()));
 * ```
 */
export function parseMessages(json: unknown): readonly Message[] {
  const value = typeof json === "string" ? parseText(json) : json;
  if (!Array.isArray(value)) throw invalid("the messages", "must be a list.");
  // Not forEach, which skips the holes of a list that came from elsewhere than JSON.
  for (let index = 0; index < value.length; index += 1) checkMessage(value[index], `message ${index}`);
  return value as readonly Message[];
}

function checkMessage(message: JsonValue | undefined, where: string): void {
  if (!isJsonObject(message)) throw invalid(where, "must be an object.");
  const { role, content } = message;
  if (!ROLES.includes(role))
    throw invalid(where, `has the role ${JSON.stringify(role)}; it must be one of: ${ROLES.join(", ")}.`);
  if (!Array.isArray(content)) throw invalid(where, 'must have a list of blocks as its "content".');
  for (let position = 0; position < content.length; position += 1) {
    const problem = blockProblem(content[position]);
    if (problem !== undefined) throw invalid(`${where}, block ${position}`, problem);
  }
}

function blockProblem(block: JsonValue | undefined): string | undefined {
  if (!isJsonObject(block)) return "must be an object.";
  const type = block["type"];
  const members = typeof type === "string" && Object.hasOwn(MEMBERS, type) ? MEMBERS[type] : undefined;
  if (members === undefined)
    return `has the type ${JSON.stringify(type)}, which this version of axio does not know. A newer one may.`;
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
    throw new AxioError(
      "invalid-argument",
      "The messages are no valid JSON. The text may have been cut; nothing was changed.",
      { cause },
    );
  }
}

function invalid(where: string, what: string): AxioError {
  return new AxioError("invalid-argument", `These are no messages: ${where} ${what}`);
}
