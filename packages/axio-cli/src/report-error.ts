import { AxioError, type ErrorDetails } from "axio";
import { errorCode, truncateForMessage } from "axio/internal";
import type { Outputs } from "./command-context.ts";
import { exitCodeOf, NOT_SIGNED_IN } from "./error-exit-code.ts";
import { EXIT } from "./exit-codes.ts";
import type { CliIo } from "./io.ts";
import { formatDuration } from "./text/duration.ts";
import { shellWord } from "./text/terminal-text.ts";
import { UsageError } from "./usage-error.ts";

/** The command line that failed. */
export interface FailedCommand extends Outputs {
  /** The command that users type. */
  readonly program: string;
  readonly argv: readonly string[];
  readonly io: Pick<CliIo, "env" | "signal" | "now">;
}

const MAX_LENGTH = 2_000;
const MAX_STACK_LINE_LENGTH = 400;

/**
 * Reports an error: what happened and what to do, as two lines on stderr, or JSON on stdout.
 *
 * @returns The exit code.
 */
export async function reportError(error: unknown, failed: FailedCommand): Promise<number> {
  const { io, err, out, argv } = failed;
  if (io.signal.aborted) {
    // Below the current line and the `^C` of the terminal.
    if (err.isTerminal) await err.line();
    return EXIT.interrupted;
  }
  if (wantsJson(argv)) await out.json({ error: errorToJson(error) });
  else await printError(error, failed);
  if (io.env["AXIO_DEBUG"] || io.env["DEBUG"]) await err.line(stackOf(error));
  return exitCodeOf(error);
}

/** An error, as `--json` prints it. */
export interface ErrorJson extends ErrorDetails {
  readonly code: string;
  readonly message: string;
  /** Whether a retry may succeed. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number | undefined;
}

/** Returns what `--json` prints of an error. */
export function errorToJson(error: unknown): ErrorJson {
  if (error instanceof UsageError)
    return { code: "invalid-argument", message: `${error.message} ${error.advice}`, retryable: false };
  if (!AxioError.is(error))
    return {
      code: "unexpected",
      message: typeof error === "string" ? error : unexpectedMessage(error),
      retryable: false,
    };
  const { code, message, details, retryable, retryAfterMs } = error;
  return { code, message, retryable, retryAfterMs, ...details };
}

/** Whether JSON is wanted, even if the arguments cannot be parsed. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return (end === -1 ? argv : argv.slice(0, end)).includes("--json");
}

async function printError(error: unknown, failed: FailedCommand): Promise<void> {
  const { err } = failed;
  const { style } = err;
  const [problem, advice] = describeError(error, failed);
  await err.line(`${style.red(style.unicode ? "✗" : "error:")} ${truncateForMessage(problem, MAX_LENGTH)}`);
  if (advice !== "")
    await err.line(`${style.cyan(style.unicode ? "→" : "->")} ${truncateForMessage(advice, MAX_LENGTH)}`);
}

/** Returns what happened, and what to do. */
function describeError(error: unknown, failed: FailedCommand): readonly [string, string] {
  if (error instanceof UsageError) return [error.message, error.advice];
  if (isWriteError(error))
    return [`The output could not be written (${error.message}).`, "Free some space, or write it elsewhere."];
  if (!AxioError.is(error))
    return [unexpectedMessage(error), "This should not happen. AXIO_DEBUG=1 shows its origin."];
  const [, problem = error.message, advice = ""] =
    /^(.+?[.!?])\s+(?=\p{Lu}|`)(.+)$/su.exec(error.message) ?? [];
  return [problem + addressOf(error), commandAdvice(error, failed) ?? advice];
}

/** Returns the address of the request that failed, unless the message names its host. */
function addressOf({ message, details: { url } }: AxioError): string {
  if (url === undefined || !URL.canParse(url) || message.includes(new URL(url).host)) return "";
  return ` (${url})`;
}

/** Whether stdout leads to a full disk. Errors of axio's own files are `AxioError`s. */
function isWriteError(error: unknown): error is Error {
  const code = errorCode(error);
  return code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG";
}

/** Returns advice that names a command. */
function commandAdvice(error: AxioError, { program, argv, io }: FailedCommand): string | undefined {
  if (NOT_SIGNED_IN.has(error.code)) return `Sign in: ${withSelection(`${program} login`, argv)}`;
  const { resetsAt } = error.details;
  if (error.code === "usage-limit" && resetsAt !== undefined)
    return `Try again in ${formatDuration((resetsAt - io.now()) / 1000)}. Details: ${withSelection(`${program} usage`, argv)}`;
  if (error.code === "model-not-supported" && error.details.models === undefined)
    return `Choose another model with --model. Available models: ${withSelection(`${program} models`, argv)}`;
  return undefined;
}

/** Adds the options that select the sign-in, so that the command can be copied. */
function withSelection(command: string, argv: readonly string[]): string {
  const options = ["--profile", "--store", "--issuer"].flatMap((name) => {
    const at = argv.findLastIndex((argument) => argument === name || argument.startsWith(`${name}=`));
    if (at === -1) return [];
    return argv[at] === name ? [name, argv[at + 1] ?? ""] : [argv[at] ?? ""];
  });
  return [command, ...options.map(shellWord)].join(" ");
}

function unexpectedMessage(error: unknown): string {
  return error instanceof Error
    ? truncateForMessage(`${error.name}: ${error.message}`)
    : "An unexpected value was thrown.";
}

/** The stacks of an error and its causes, without possible secrets. Causes that are not errors are omitted. */
function stackOf(error: unknown): string {
  const lines: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const stack = (cause.stack ?? String(cause)).split("\n");
    lines.push(
      ...stack.map(
        (line, index) => (index === 0 ? "" : "    ") + truncateForMessage(line, MAX_STACK_LINE_LENGTH),
      ),
    );
  }
  return lines.join("\n");
}
