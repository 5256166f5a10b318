import { addAbortSignal } from "node:stream";
import { throwIfAborted } from "axio";
import type { BearerCredentials } from "../credentials.ts";
import type { CommandContext } from "./command.ts";
import type { CliIo } from "./io.ts";
import { UsageError } from "./usage-error.ts";

/** The word that stands for stdin. */
const STDIN = "-";

/**
 * Reads the prompt: the words, and stdin where there are no words or where a word is `-`.
 *
 * Stdin is never read without being asked for: a pipe that is merely inherited may stay open for ever.
 *
 * @throws UsageError where it is empty or no UTF-8; AxioError `aborted`.
 */
export async function readPrompt<C extends BearerCredentials>(context: CommandContext<C>): Promise<string> {
  const { args, io, err, program } = context;
  const words = args.words.length === 0 ? [STDIN] : args.words;
  let prompt = words.filter((word) => word !== STDIN).join(" ");
  if (words.includes(STDIN)) {
    if (io.stdin.isTTY === true)
      await err.line(err.style.dim("Type the prompt; Ctrl-D on a line of its own ends it."));
    const piped = await readText(io);
    // What is piped is material: it stands apart from the words, in the order in which they came.
    const parts = words[0] === STDIN ? [piped, prompt] : [prompt, piped];
    prompt = parts.filter((part) => part.trim() !== "").join("\n\n");
  }
  if (prompt.trim() === "")
    throw new UsageError(
      "The prompt is empty.",
      `Say something: ${program.name} ask "Explain the Rust borrow checker."`,
    );
  return prompt;
}

async function readText(io: CliIo): Promise<string> {
  throwIfAborted(io.signal);
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of addAbortSignal(io.signal, io.stdin)) {
      chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array));
    }
  } catch (error) {
    throwIfAborted(io.signal);
    throw error;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UsageError(
      "What came in on stdin is not UTF-8 text.",
      "Convert it first (iconv -f latin1 -t utf-8), or hand a file over with --file or --image.",
    );
  }
}
