import { fstatSync } from "node:fs";
import { addAbortSignal } from "node:stream";
import { throwIfAborted } from "axio";
import type { CommandContext } from "../command-context.ts";
import type { CliIo } from "../io.ts";
import { UsageError } from "../usage-error.ts";

/** The word that stands for stdin. */
const STDIN = "-";

/** How long piped input may take to begin, if there is a prompt without it. */
const PIPE_TIMEOUT_MS = 3_000;

/**
 * Reads the prompt: the words, and what is piped into stdin, as a paragraph below them or where the word `-` is. Input that does
 * not begin is not waited for if there are words: an inherited pipe may stay open forever.
 *
 * @throws UsageError if it is empty or not UTF-8; AxioError `aborted`.
 */
export async function readPrompt({ args, io, err, cli }: CommandContext): Promise<string> {
  const parts = args.words.length === 0 ? [STDIN] : args.words;
  const isAsked = parts.includes(STDIN);
  if (isAsked && io.stdin.isTTY === true)
    await err.line(err.style.dim("Type the prompt. Ctrl-D on a line of its own ends it."));
  const isPiped = isAsked || (await hasPipedInput(io));
  const words = isAsked || !isPiped ? parts : [...parts, STDIN];
  let prompt = words.filter((word) => word !== STDIN).join(" ");
  if (isPiped) {
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

/**
 * Tells whether stdin is a file, or a pipe in which input arrives within three seconds. A pipe in which nothing arrives is not read
 * any further.
 */
export async function hasPipedInput({ stdin, signal }: Pick<CliIo, "stdin" | "signal">): Promise<boolean> {
  if (stdin.isTTY === true) return false;
  if (stdin.readableLength > 0) return true;
  const kind = kindOf(stdin);
  if (kind !== "pipe") return kind === "file";
  return new Promise((resolve) => {
    const settle = (isInput: boolean): void => {
      clearTimeout(timer);
      stdin.off("readable", onReadable).off("end", onEnd).off("error", onEnd);
      signal.removeEventListener("abort", onEnd);
      // A pipe that is still read would keep the process alive.
      if (!isInput) stdin.pause();
      resolve(isInput);
    };
    const onReadable = (): void => settle(stdin.readableLength > 0);
    const onEnd = (): void => settle(false);
    const timer = setTimeout(onEnd, PIPE_TIMEOUT_MS);
    stdin.on("readable", onReadable).on("end", onEnd).on("error", onEnd);
    signal.addEventListener("abort", onEnd, { once: true });
  });
}

/** Returns what the descriptor of a stream is, as far as it may have input for a command. */
function kindOf(stdin: object): "file" | "pipe" | undefined {
  if (!("fd" in stdin) || typeof stdin.fd !== "number") return undefined;
  try {
    const stats = fstatSync(stdin.fd);
    if (stats.isFile()) return "file";
    // Programs in Node give their children sockets.
    return stats.isFIFO() || stats.isSocket() ? "pipe" : undefined;
  } catch {
    return undefined;
  }
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
