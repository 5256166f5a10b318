import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isJsonObject, type JsonObject } from "axio";

/** The directory of recorded streams, which may not exist. */
export const FIXTURES: string =
  process.env["AXIO_FIXTURES"] ?? resolve(import.meta.dirname, "../../../../shared/fixtures");

/** A recorded response. */
export interface Recording {
  readonly name: string;
  readonly events: readonly JsonObject[];
}

const TERMINAL = new Set(["response.completed", "response.done", "response.incomplete", "response.failed"]);

/** Reads all recorded responses. A file with several is split after each terminal event. */
export function recordings(): readonly Recording[] {
  if (!existsSync(join(FIXTURES, "responses"))) return [];
  return [...recordedLines(), ...recordedSse()];
}

/** Reads OpenAI's API description. */
export function apiSchema(): JsonObject {
  return parse(readFileSync(join(FIXTURES, "openai-responses.schema.json"), "utf8"));
}

function recordedLines(): readonly Recording[] {
  const names = readdirSync(join(FIXTURES, "responses")).filter((name) => name.endsWith(".jsonl"));
  return names.sort().flatMap((name) => {
    const lines = readFileSync(join(FIXTURES, "responses", name), "utf8").split("\n");
    return split(name, lines.filter((line) => line !== "").map(parse));
  });
}

function recordedSse(): readonly Recording[] {
  const names = readdirSync(join(FIXTURES, "codex")).filter((name) => name.endsWith(".sse"));
  return names.sort().flatMap((name) => {
    const lines = readFileSync(join(FIXTURES, "codex", name), "utf8").split("\n");
    const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice("data: ".length));
    return split(name, data.map(parse));
  });
}

function split(name: string, events: readonly JsonObject[]): readonly Recording[] {
  const answers: JsonObject[][] = [[]];
  for (const event of events) {
    answers.at(-1)?.push(event);
    if (TERMINAL.has(String(event["type"]))) answers.push([]);
  }
  const whole = answers.filter((answer) => answer.length > 0);
  return whole.map((answer, index) => ({
    name: whole.length === 1 ? name : `${name} #${index + 1}`,
    events: answer,
  }));
}

function parse(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new Error("A recorded event is not a JSON object.");
  return value;
}
