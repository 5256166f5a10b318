import { isJsonObject, type JsonObject, type JsonValue } from "axio";

/** What a connection remembers of the answer that it completed last. */
export interface CompletedResponse {
  readonly responseId: string;
  /** The whole request that it answered, whether all of it was sent or not. */
  readonly body: JsonObject;
  /** The items of the answer, as the server finished them. */
  readonly items: readonly JsonValue[];
}

/** Members that may differ from request to request of one conversation. */
const FREE_MEMBERS: ReadonlySet<string> = new Set(["input", "stream_options", "client_metadata"]);

/**
 * Finds what a request adds to the one before it and to its answer: the items that have to be sent where the server still
 * knows the rest.
 *
 * @returns The items, perhaps none; `undefined` where the request is not that one continued, and has to be sent in full.
 */
export function incrementalInput(
  body: JsonObject,
  { body: previous, items }: CompletedResponse,
): readonly JsonValue[] | undefined {
  const { input } = body;
  const before = previous["input"];
  if (!Array.isArray(input) || !Array.isArray(before) || !hasSameSettings(body, previous)) return undefined;
  const answered: readonly JsonValue[] = input;
  const known = before.length + items.length;
  if (answered.length < known) return undefined;
  const isContinued =
    before.every((item: JsonValue, index) => isSame(answered[index], item)) &&
    items.every((item, index) => isReplayOf(answered[before.length + index], item));
  return isContinued ? answered.slice(known) : undefined;
}

function hasSameSettings(body: JsonObject, previous: JsonObject): boolean {
  const names = new Set([...Object.keys(body), ...Object.keys(previous)]);
  return [...names].every((name) => FREE_MEMBERS.has(name) || isSame(body[name], previous[name]));
}

/** Whether two values are the same JSON. */
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

/** Whether an item is one that the server made. Members that are not sent back to it may be missing. */
function isReplayOf(sent: JsonValue | undefined, made: JsonValue | undefined): boolean {
  if (Array.isArray(sent)) {
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
