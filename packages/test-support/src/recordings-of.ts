import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { isJsonObject, type JsonValue } from "axio";
import { FIXTURES } from "./fixtures.ts";

/** The recordings of a service, in a directory of the recorded streams. Each is empty if they are missing. */
export interface ServiceRecordings {
  /** The recorded responses: the data of their events, in order. */
  responses(): readonly { readonly name: string; readonly data: readonly string[] }[];
  /** The recorded error bodies, one a line in `errors.jsonl`. */
  errors(): readonly RecordedError[];
  /** Returns a function that lists the faults of a request by the service's own description. Slow: call it once in a file. */
  requestJudge(): (body: unknown) => string;
}

/** One recorded error body. */
export interface RecordedError {
  /** The server, if the service has several. */
  readonly host: string;
  readonly path: string;
  readonly status: number;
  readonly body: JsonValue;
}

/**
 * @param name The directory.
 * @param description Its file with the JSON schema of the service.
 */
export function recordingsOf(name: string, description: string): ServiceRecordings {
  const directory = join(FIXTURES, name);
  const read = (file: string): string => readFileSync(join(directory, file), "utf8");
  const isPresent = existsSync(directory);
  return {
    responses() {
      if (!isPresent) return [];
      return readdirSync(directory)
        .filter((file) => file !== "errors.jsonl" && /\.(?:sse|jsonl)$/.test(file))
        .sort()
        .map((file) => ({ name: file, data: dataIn(file, read(file)) }));
    },
    errors() {
      return isPresent ? linesOf(read("errors.jsonl")).map((line) => JSON.parse(line) as RecordedError) : [];
    },
    requestJudge: () => (isPresent ? judgeBy(JSON.parse(read(description))) : () => ""),
  };
}

function judgeBy(schema: unknown): (body: unknown) => string {
  if (!isJsonObject(schema)) throw new Error("The description is not an object.");
  const ajv = new Ajv({ strict: false, allErrors: false, logger: false, validateFormats: false });
  ajv.addSchema({ ...schema, $ref: undefined }, "service");
  const check = ajv.getSchema("service#/definitions/Root/properties/request");
  if (check === undefined) throw new Error("The description has no request.");
  return (body) => (check(body) === true ? "" : ajv.errorsText(check.errors));
}

function dataIn(file: string, text: string): readonly string[] {
  if (file.endsWith(".jsonl")) return linesOf(text);
  return linesOf(text)
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice("data:".length).trim());
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}
