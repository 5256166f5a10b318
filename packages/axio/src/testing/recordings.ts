import { builtinModule } from "../builtin-module.ts";
import { AxioError } from "../errors.ts";

/**
 * Where recordings are kept: one text for each name. {@link recordTransport} and {@link replayTransport} take a directory
 * instead in Node.js, Bun and Deno.
 *
 * @example
 * ```ts
 * import { type Recordings, replayTransport } from "axio/testing";
 *
 * const texts = new Map<string, string>();
 * const recordings: Recordings = {
 *   place: "memory",
 *   list: () => [...texts.keys()],
 *   read: (name) => texts.get(name),
 *   write: (name, text) => void texts.set(name, text),
 * };
 * ```
 */
export interface Recordings {
  /** The name of the place, for messages. */
  readonly place: string;
  /** The names of all recordings. */
  list(): readonly string[];
  /** Returns the text of a recording; `undefined` if it does not exist. */
  read(name: string): string | undefined;
  write(name: string, text: string): void;
}

/** Returns the recordings of a directory, or those that were passed. */
export function openRecordings(recordings: string | Recordings): Recordings {
  return typeof recordings === "string" ? directoryRecordings(recordings) : recordings;
}

function directoryRecordings(directory: string): Recordings {
  const fs = fileSystem();
  const pathOf = (name: string): string => `${directory}/${name}`;
  return {
    place: directory,
    list: () =>
      fs.existsSync(directory)
        ? fs
            .readdirSync(directory)
            .filter((name) => name.endsWith(".json"))
            .sort()
        : [],
    read: (name) => (fs.existsSync(pathOf(name)) ? fs.readFileSync(pathOf(name), "utf8") : undefined),
    write(name, text) {
      fs.mkdirSync(directory, { recursive: true });
      fs.writeFileSync(pathOf(name), text);
    },
  };
}

/** Returns `node:fs`, which this package does not import, so that it works in browsers. */
function fileSystem(): typeof import("node:fs") {
  const fs = builtinModule<typeof import("node:fs")>("node:fs");
  if (fs === undefined) {
    throw new AxioError(
      "invalid-argument",
      "This runtime has no file system. Pass an object with list, read and write as recordings.",
    );
  }
  return fs;
}
