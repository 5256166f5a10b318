import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { isJsonObject, type JsonValue } from "axio";
import { FIXTURES } from "./fixtures.ts";

const DIRECTORY = join(FIXTURES, "chat");

/** One recorded response. */
export interface ChatRecording {
  readonly name: string;
  /** The data of each event, `[DONE]` included. */
  readonly data: readonly string[];
}

/** All recorded responses. */
export function chatRecordings(): readonly ChatRecording[] {
  if (!existsSync(DIRECTORY)) return [];
  return readdirSync(DIRECTORY)
    .filter((name) => name !== "errors.jsonl" && /\.(?:sse|jsonl)$/.test(name))
    .sort()
    .map((name) => ({ name, data: dataIn(name, readFileSync(join(DIRECTORY, name), "utf8")) }));
}

/** One recorded error body. */
export interface RecordedError {
  readonly host: string;
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

/** Returns a function that lists the faults of a body by OpenAI's description of a request. Slow: call it once in a file. */
export function requestJudge(): (body: unknown) => string {
  const schema: unknown = JSON.parse(readFileSync(join(DIRECTORY, "chat-completions.schema.json"), "utf8"));
  if (!isJsonObject(schema)) throw new Error("The description is not an object.");
  const ajv = new Ajv({ strict: false, allErrors: false, logger: false, validateFormats: false });
  ajv.addSchema({ ...schema, $ref: undefined }, "chat");
  const check = ajv.getSchema("chat#/definitions/Root/properties/request");
  if (check === undefined) throw new Error("The description has no request.");
  return (body) => (check(body) === true ? "" : ajv.errorsText(check.errors));
}

function dataIn(name: string, text: string): readonly string[] {
  const lines = text.split("\n").filter((line) => line !== "");
  if (name.endsWith(".jsonl")) return lines;
  return lines.filter((line) => line.startsWith("data:")).map((line) => line.slice("data:".length).trim());
}
