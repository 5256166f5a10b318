import { isJsonObject, type JsonObject, type JsonValue } from "axio";

/** A complete response that a later request may continue. */
export interface CompletedResponse {
  readonly responseId: string;
  /** The whole body of its request, even if only a part was sent. */
  readonly body: JsonObject;
  /** The items of the response, as the server finished them. */
  readonly items: readonly JsonValue[];
}

/** The part of a request that is sent if the server still has the rest. */
export interface Continuation {
  /** The response that the request continues. */
  readonly responseId: string;
  /** The items that are new. */
  readonly input: readonly JsonValue[];
}

/** Parameters that may differ between the requests of one conversation. */
const FREE_PARAMETERS: ReadonlySet<string> = new Set(["input", "stream_options", "client_metadata"]);

/**
 * Returns what a request adds to the previous request on a connection and its response, which the server remembers together
 * with the parameters.
 *
 * @returns `undefined` if the request does not continue the previous one and must be sent whole.
 */
export function continuationOf(body: JsonObject, previous: CompletedResponse): Continuation | undefined {
  if (!hasSameParameters(body, previous.body)) return undefined;
  const input = addedInput(body, previous);
  return input && { responseId: previous.responseId, input };
}

/**
 * Returns the items that a request adds to the previous request and its response.
 *
 * @returns `undefined` if the input does not begin with both.
 */
export function addedInput(
  body: JsonObject,
  { body: previous, items }: CompletedResponse,
): readonly JsonValue[] | undefined {
  const { input } = body;
  const before = previous["input"];
  if (!Array.isArray(input) || !Array.isArray(before)) return undefined;
  const sent: readonly JsonValue[] = input;
  const knownCount = before.length + items.length;
  if (sent.length < knownCount) return undefined;
  const isContinued =
    before.every((item: JsonValue, index) => isSame(sent[index], item)) &&
    items.every((item, index) => isReplayOf(sent[before.length + index], item));
  return isContinued ? sent.slice(knownCount) : undefined;
}

function hasSameParameters(body: JsonObject, previous: JsonObject): boolean {
  const names = new Set([...Object.keys(body), ...Object.keys(previous)]);
  return [...names].every((name) => FREE_PARAMETERS.has(name) || isSame(body[name], previous[name]));
}

/** Whether two JSON values are equal. */
function isSame(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((part, at) => isSame(part, right[at]))
    );
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => name in right && isSame(left[name], right[name]))
  );
}

/** Whether an item is one that the server created. Properties that are not sent back may be missing. */
function isReplayOf(sent: JsonValue | undefined, made: JsonValue | undefined): boolean {
  if (Array.isArray(sent)) {
    // Some servers omit lists that a request must have.
    if (made === undefined) return sent.length === 0;
    return (
      Array.isArray(made) &&
      sent.length === made.length &&
      sent.every((part, at) => isReplayOf(part, made[at]))
    );
  }
  if (!isJsonObject(sent) || !isJsonObject(made)) return sent === made;
  return (
    sent["type"] === made["type"] &&
    Object.entries(sent).every(([name, value]) => isReplayOf(value, made[name]))
  );
}
