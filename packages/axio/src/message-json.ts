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
const isResultContent: Check = (value) =>
  isString(value) || (Array.isArray(value) && value.every((part) => blockProblem(part) === undefined));

/** What each kind of block must hold. Other members are kept as they are. */
const MEMBERS: { readonly [type: string]: { readonly [member: string]: Check } } = {
  text: { text: isString },
  image: { mediaType: isString, source: isSource },
  file: { mediaType: isString, source: isSource, name: isOptional(isString) },
  reasoning: { text: isString },
  "tool-use": {
    id: isString,
    name: isString,
    input: (value) => value !== undefined,
    inputText: isOptional(isString),
  },
  "tool-result": { toolUseId: isString, content: isResultContent },
  opaque: { kind: isString },
};

const ROLES = ["system", "user", "assistant"];

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
  value.forEach((message: JsonValue, index) => {
    const where = `message ${index}`;
    if (!isJsonObject(message)) throw invalid(where, "must be an object.");
    if (!ROLES.includes(String(message["role"])))
      throw invalid(
        where,
        `has the role ${JSON.stringify(message["role"])}; it must be one of: ${ROLES.join(", ")}.`,
      );
    const { content } = message;
    if (!Array.isArray(content)) throw invalid(where, 'must have a list of blocks as its "content".');
    content.forEach((block: JsonValue, position: number) => {
      const problem = blockProblem(block);
      if (problem !== undefined) throw invalid(`${where}, block ${position}`, problem);
    });
  });
  return value as readonly Message[];
}

function blockProblem(block: JsonValue): string | undefined {
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
