import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { isObject, parseJson } from "../json.ts";
import { eventFrame, type Frame, isTerminal, type WireEvent } from "./frames.ts";

/** A recording that cannot be replayed. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
}

/**
 * Reads a recorded stream: `.jsonl` with one event a line, or `.sse` as it came over the wire.
 *
 * @param step Which response of a recording that holds several, from 0; the last one where there are fewer.
 * @param contents Gets the encrypted content of the recording, which a client may send back.
 * @throws RecordingError where no folder was given or it has no such file.
 */
export async function readRecording(
  folder: string | undefined,
  name: string,
  step: number,
  contents: Set<string>,
): Promise<Frame[]> {
  if (folder === undefined)
    throw new RecordingError("The simulator was started without a folder of recordings.");
  // Only names, never paths: a prompt must not read files elsewhere.
  if (basename(name) !== name) throw new RecordingError(`${JSON.stringify(name)} is not the name of a file.`);
  const responses = splitResponses(parseRecording(await readText(folder, name)));
  const events = responses[step] ?? responses.at(-1) ?? [];
  for (const event of events) {
    const item = event["item"];
    if (isObject(item) && typeof item["encrypted_content"] === "string")
      contents.add(item["encrypted_content"]);
  }
  return events.map(eventFrame);
}

async function readText(folder: string, name: string): Promise<string> {
  for (const candidate of [name, `${name}.jsonl`, `${name}.sse`]) {
    try {
      return await readFile(join(folder, candidate), "utf8");
    } catch {
      // The next name may exist; that none does is reported below.
    }
  }
  throw new RecordingError(`There is no recording ${JSON.stringify(name)}.`);
}

/** Events of a text in either form. */
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
