import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";
import { readObject, readObjects, readText } from "../json-members.ts";

/** The chunk that ends a stream: `data: [DONE]`. */
export const DONE: unique symbol = Symbol("done");

/** Data that servers and proxies send to keep the connection alive. */
const KEEP_ALIVE = /^(?:|:.*|ping|keep-?alive|heartbeat)$/i;

/**
 * Reads the data of one server-sent event.
 *
 * @returns The chunk, `DONE`, or `undefined` for data that keeps the connection alive.
 * @throws AxioError `protocol` for data that is not a JSON object.
 */
export function parseChunk(
  data: string,
  quote: (words: string) => string = excerpt,
): JsonObject | typeof DONE | undefined {
  if (data === "[DONE]") return DONE;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (cause) {
    // Padding and a byte order mark are not JSON's white space.
    const text = data.replace(/^[\s\0\ufeff]+|[\s\0]+$/g, "");
    if (text !== data) return parseChunk(text, quote);
    if (KEEP_ALIVE.test(text)) return undefined;
    throw notJson(text, quote, cause);
  }
  if (value === null) return undefined;
  return toChunk(value) ?? refuse(data, quote);
}

/** The chunk in a value: the object itself, or the first one of Gemini's arrays. */
export function toChunk(value: unknown): JsonObject | undefined {
  return readObject(value) ?? readObjects(value)[0];
}

/** The choice that is read: the one with index 0 or without an index. */
export function firstChoice(chunk: JsonObject): JsonObject | undefined {
  const { choices } = chunk;
  if (!Array.isArray(choices)) return undefined;
  const [first] = choices as readonly JsonValue[];
  if (isFirst(first)) return first;
  return readObjects(choices).find(isFirst);
}

/**
 * The body of the error that a chunk reports, if it reports one: with `error`, with `error` in its choice, or by being the
 * body of an error and nothing else.
 */
export function errorIn(chunk: JsonObject, choice: JsonObject | undefined): JsonObject | undefined {
  if (isError(chunk["error"])) return chunk;
  if (choice !== undefined && isError(choice["error"])) return choice;
  const isBody =
    chunk["choices"] === undefined &&
    (chunk["type"] === "error" ||
      chunk["object"] === "error" ||
      readText(chunk["message"]) !== undefined ||
      chunk["detail"] !== undefined);
  return isBody ? chunk : undefined;
}

function isFirst(choice: JsonValue | undefined): choice is JsonObject {
  return (
    isJsonObject(choice) &&
    (choice["index"] === 0 || choice["index"] === undefined || choice["index"] === null)
  );
}

/** Servers written in Go send members without a value as `""` or `false`. */
function isError(member: JsonValue | undefined): boolean {
  return member !== undefined && member !== null && member !== "" && member !== false;
}

function refuse(data: string, quote: (words: string) => string): never {
  throw notJson(data, quote, undefined);
}

function notJson(text: string, quote: (words: string) => string, cause: unknown): AxioError {
  const what = /^<(?:!doctype|html)/i.test(text) ? "a web page" : "data that is not a JSON object";
  return new AxioError(
    "protocol",
    `The server sent ${what} in its stream. Try again, and check the base URL if that does not help. It sent: ${quote(text)}`,
    { retryable: true, cause },
  );
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
