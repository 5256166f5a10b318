import { fstatSync } from "node:fs";
import { AxioError } from "axio";

/** In characters. */
const LONGEST_INPUT = 2_000_000;

type Stdin = NodeJS.ReadStream & { readonly fd?: number };

/**
 * Reads all of standard input as text. Returns `""` for a terminal.
 *
 * @throws AxioError `invalid-argument` if it is too long, or not text.
 */
export async function readInput(stdin: Stdin): Promise<string> {
  if (stdin.isTTY) return "";
  stdin.setEncoding("utf8");
  let text = "";
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > LONGEST_INPUT)
      throw new AxioError(
        "invalid-argument",
        "The piped input has more than 2 MB. Pipe a part of it, or put the path of a file into the prompt.",
      );
  }
  if (text.includes("\0"))
    throw new AxioError(
      "invalid-argument",
      "The piped input is not text. Put the path of a file into the prompt.",
    );
  return text;
}

/**
 * Reads input that is piped to a command with a prompt (`git diff | axio "Review this."`). Returns `undefined` without a
 * pipe or file, because other inherited input may never end.
 */
export async function readPiped(stdin: Stdin): Promise<string | undefined> {
  const stats = statsOf(stdin.fd);
  return stats?.isFIFO() || stats?.isFile() ? readInput(stdin) : undefined;
}

function statsOf(descriptor: number | undefined): ReturnType<typeof fstatSync> | undefined {
  try {
    return descriptor === undefined ? undefined : fstatSync(descriptor);
  } catch {
    return undefined;
  }
}

/** Adds piped input to the prompt: instead of `-`, else at the end. */
export function joinPrompt(words: readonly string[], piped: string | undefined): string {
  if (piped === undefined) return words.join(" ");
  const at = words.indexOf("-");
  if (at === -1) return `${words.join(" ")}\n\n${piped}`.trim();
  return [...words.slice(0, at), piped, ...words.slice(at + 1)].join(" ").trim();
}
