import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { isJsonObject, type JsonObject, type JsonValue } from "axio";
import { FIXTURES } from "test-support/fixtures";

const DIRECTORY = join(FIXTURES, "anthropic");

/** One recorded response. */
export interface MessagesRecording {
  readonly name: string;
  readonly events: readonly JsonObject[];
}

/** All recorded responses. A file with several is split after each end. */
export function messagesRecordings(): readonly MessagesRecording[] {
  if (!existsSync(DIRECTORY)) return [];
  return readdirSync(DIRECTORY)
    .filter((name) => name !== "errors.jsonl" && /\.(?:sse|jsonl)$/.test(name))
    .sort()
    .flatMap((name) => split(name, eventsIn(name, readFileSync(join(DIRECTORY, name), "utf8"))));
}

/** One recorded error body. */
export interface RecordedError {
  readonly path: string;
  readonly status: number;
  readonly body: JsonValue;
}

/** All recorded error bodies. */
export function recordedErrors(): readonly RecordedError[] {
  if (!existsSync(DIRECTORY)) return [];
  const lines = readFileSync(join(DIRECTORY, "errors.jsonl"), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as RecordedError);
}

/**
 * Returns a function that lists the faults of a body by the description of a request; none without the description. Slow:
 * call it once in a file.
 */
export function requestJudge(): (body: unknown) => string {
  if (!existsSync(DIRECTORY)) return () => "";
  const schema: unknown = JSON.parse(readFileSync(join(DIRECTORY, "messages.schema.json"), "utf8"));
  if (!isJsonObject(schema)) throw new Error("The description is not an object.");
  const ajv = new Ajv({ strict: false, allErrors: false, logger: false, validateFormats: false });
  ajv.addSchema({ ...schema, $ref: undefined }, "messages");
  const check = ajv.getSchema("messages#/definitions/Root/properties/request");
  if (check === undefined) throw new Error("The description has no request.");
  return (body) => (check(body) === true ? "" : ajv.errorsText(check.errors));
}

function eventsIn(name: string, text: string): readonly JsonObject[] {
  const lines = text.split("\n").filter((line) => line !== "");
  const data = name.endsWith(".jsonl")
    ? lines
    : lines.filter((line) => line.startsWith("data:")).map((line) => line.slice("data:".length));
  return data.map((line) => JSON.parse(line) as JsonObject);
}

function split(name: string, events: readonly JsonObject[]): readonly MessagesRecording[] {
  const responses: JsonObject[][] = [[]];
  for (const event of events) {
    responses.at(-1)?.push(event);
    if (event["type"] === "message_stop") responses.push([]);
  }
  const whole = responses.filter((response) => response.length > 0);
  return whole.map((response, index) => ({
    name: whole.length === 1 ? name : `${name} #${index + 1}`,
    events: response,
  }));
}
