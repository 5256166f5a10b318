import { fstatSync } from "node:fs";
import { text } from "node:stream/consumers";
import type { CliIo } from "./io.ts";

/**
 * Reads what is piped into the command (`git diff | axio "Review this."`). Gives `undefined` where nothing is: a terminal, or
 * what a program inherits from the one that starts it, which may never end.
 */
export async function readPiped(stdin: CliIo["stdin"]): Promise<string | undefined> {
  if (stdin.isTTY) return undefined;
  const kind = statOf(stdin.fd);
  return kind?.isFIFO() || kind?.isFile() ? await text(stdin) : undefined;
}

function statOf(descriptor: number | undefined): ReturnType<typeof fstatSync> | undefined {
  try {
    return descriptor === undefined ? undefined : fstatSync(descriptor);
  } catch {
    return undefined;
  }
}

/** The prompt of the arguments with what was piped in: in the place of `-`, else behind it. */
export function joinPrompt(words: readonly string[], piped: string | undefined): string {
  if (piped === undefined) return words.join(" ");
  const at = words.indexOf("-");
  if (at === -1) return `${words.join(" ")}\n\n${piped}`.trim();
  return [...words.slice(0, at), piped, ...words.slice(at + 1)].join(" ").trim();
}
