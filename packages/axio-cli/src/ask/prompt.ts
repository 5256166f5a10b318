import { addAbortSignal } from "node:stream";
import { throwIfAborted } from "axio";
import type { CommandContext } from "../command-context.ts";
import type { CliIo } from "../io.ts";
import { UsageError } from "../usage-error.ts";

/** The word that stands for stdin. */
const STDIN = "-";

/**
 * Reads the prompt: the words, and stdin if there are no words or if a word is `-`. Otherwise stdin is not read: an
 * inherited pipe may stay open forever.
 *
 * @throws UsageError if it is empty or not UTF-8; AxioError `aborted`.
 */
export async function readPrompt({ args, io, err, cli }: CommandContext): Promise<string> {
  const words = args.words.length === 0 ? [STDIN] : args.words;
  let prompt = words.filter((word) => word !== STDIN).join(" ");
  if (words.includes(STDIN)) {
    if (io.stdin.isTTY === true)
      await err.line(err.style.dim("Type the prompt. Ctrl-D on a line of its own ends it."));
    const piped = await readText(io);
    // Piped text is a paragraph of its own. The order is that of the arguments.
    const parts = words[0] === STDIN ? [piped, prompt] : [prompt, piped];
    prompt = parts.filter((part) => part.trim() !== "").join("\n\n");
  }
  if (prompt.trim() === "")
    throw new UsageError(
      "The prompt is empty.",
      `For example: ${cli.name} ask "Explain the Rust borrow checker."`,
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
      "The text on stdin is not UTF-8.",
      "Convert it (iconv -f latin1 -t utf-8), or attach a file with --file or --image.",
    );
  }
}
