import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { isObject, parseJson } from "../json.ts";
import { eventFrame, type Frame, isTerminal, type WireEvent } from "./frames.ts";

/** Thrown if a recording cannot be replayed. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
}

/**
 * Reads a recorded stream: `.jsonl` with one event per line, or a raw `.sse` body.
 *
 * @param step The index of the response in a recording of several. Past the end, the last one counts.
 * @param contents Receives the encrypted content of the recording, which a client may send back.
 * @throws RecordingError if there is no directory or no such file.
 */
export async function readRecording(
  directory: string | undefined,
  name: string,
  step: number,
  contents: Set<string>,
): Promise<Frame[]> {
  const responses = splitResponses(parseRecording(await readText(directory, name)));
  const events = responses[step] ?? responses.at(-1) ?? [];
  for (const event of events) {
    const item = event["item"];
    if (isObject(item) && typeof item["encrypted_content"] === "string")
      contents.add(item["encrypted_content"]);
  }
  return events.map(eventFrame);
}

/**
 * Reads a recorded stream byte for byte: a raw `.sse` body as it is, or a `.jsonl` file with each line as the data of an
 * event, named after its `type`.
 *
 * @param step The index of the response in a recording of several, which end with `message_stop`. Past the end, the last
 *   one counts.
 * @param contents Receives the signatures of the recording, which a client may send back.
 * @throws RecordingError if there is no directory or no such file.
 */
export async function readRawRecording(
  directory: string | undefined,
  name: string,
  step: number,
  contents: Set<string>,
): Promise<Frame[]> {
  const text = await readText(directory, name);
  for (const [, signature] of text.matchAll(/"(?:signature|data)":\s*"([^"]{20,})"/g)) {
    if (signature !== undefined) contents.add(signature);
  }
  const blocks = text.startsWith("{") ? text.split(/\r?\n/).flatMap(lineBlock) : text.split(/(?<=\n\n)/);
  const responses = blocks.reduce<string[][]>((all, block, index) => {
    if (index === 0 || /"type":\s*"message_stop"/.test(blocks[index - 1] ?? "")) all.push([]);
    all.at(-1)?.push(block);
    return all;
  }, []);
  return (responses[step] ?? responses.at(-1) ?? []).map((block) => ({ kind: "raw", text: block }));
}

/** A line of a `.jsonl` file as an event. */
function lineBlock(line: string): readonly string[] {
  if (line === "") return [];
  const value = parseJson(line);
  const type = isObject(value) && typeof value["type"] === "string" ? `event: ${value["type"]}\n` : "";
  return [`${type}data: ${line}\n\n`];
}

async function readText(directory: string | undefined, name: string): Promise<string> {
  if (directory === undefined)
    throw new RecordingError(
      "The simulator has no directory of recordings. Start it with `replayDirectory` (--replay).",
    );
  // A prompt must not read files elsewhere.
  if (basename(name) !== name) throw new RecordingError(`${JSON.stringify(name)} is not the name of a file.`);
  for (const candidate of [name, `${name}.jsonl`, `${name}.sse`]) {
    try {
      return await readFile(join(directory, candidate), "utf8");
    } catch {
      // Another name may exist. An error follows if none does.
    }
  }
  throw new RecordingError(`There is no recording ${JSON.stringify(name)}.`);
}

/** The events of a recording in either form. */
export function parseRecording(text: string): WireEvent[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const value = parseJson(line.startsWith("data:") ? line.slice(5) : line);
    return isObject(value) && typeof value["type"] === "string" ? [{ ...value, type: value["type"] }] : [];
  });
}

function splitResponses(events: readonly WireEvent[]): WireEvent[][] {
  const responses: WireEvent[][] = [];
  let open = false;
  for (const event of events) {
    if (!open) responses.push([]);
    responses.at(-1)?.push(event);
    open = !isTerminal(event);
  }
  return responses;
}
