import { addAbortSignal } from "node:stream";
import { AxioError, throwIfAborted } from "axio";
import { hasPipedInput } from "axio-cli/internal";

/** In characters. */
const LONGEST_INPUT = 2_000_000;

type Stdin = NodeJS.ReadStream & { readonly fd?: number };

/**
 * Reads all of standard input as text. Returns `""` for a terminal.
 *
 * @throws AxioError `invalid-argument` if it is too long, or not text.
 */
async function readInput(stdin: Stdin, signal: AbortSignal): Promise<string> {
  if (stdin.isTTY) return "";
  stdin.setEncoding("utf8");
  let text = "";
  try {
    for await (const chunk of addAbortSignal(signal, stdin)) {
      text += String(chunk);
      if (text.length > LONGEST_INPUT) break;
    }
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
  if (text.length > LONGEST_INPUT)
    throw new AxioError(
      "invalid-argument",
      "The piped input has more than 2 MB. Pipe a part of it, or put the path of a file into the prompt.",
    );
  if (text.includes("\0"))
    throw new AxioError(
      "invalid-argument",
      "The piped input is not text. Put the path of a file into the prompt.",
    );
  return text;
}

/**
 * Reads the prompt: the words, and what is piped in (`git diff | axio -p "Review this."`). An inherited pipe in which nothing
 * arrives is not waited for if there are words.
 *
 * @throws AxioError `invalid-argument` if the piped input is too long, or not text; `aborted`.
 */
export async function readPrompt(
  words: readonly string[],
  io: { readonly stdin: Stdin; readonly signal: AbortSignal },
): Promise<string> {
  const isAsked = words.length === 0 || words.includes("-");
  const isPiped = isAsked || (await hasPipedInput(io));
  throwIfAborted(io.signal);
  return joinPrompt(words, isPiped ? await readInput(io.stdin, io.signal) : undefined);
}

/** Adds piped input to the prompt: instead of `-`, else at the end. */
export function joinPrompt(words: readonly string[], piped: string | undefined): string {
  if (piped === undefined) return words.join(" ");
  const at = words.indexOf("-");
  if (at === -1) return `${words.join(" ")}\n\n${piped}`.trim();
  return [...words.slice(0, at), piped, ...words.slice(at + 1)].join(" ").trim();
}
