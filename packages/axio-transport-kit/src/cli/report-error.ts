import { AxioError, type ErrorCode, type ErrorDetails } from "axio";
import { truncateForMessage } from "axio-http";
import type { Channel } from "./channel.ts";
import { formatDuration } from "./duration.ts";
import { EXIT } from "./exit-codes.ts";
import type { CliIo } from "./io.ts";
import { shellWord } from "./shell-word.ts";
import { UsageError } from "./usage-error.ts";

/** What an error is told with. */
export interface ErrorReport {
  /** What people type. */
  readonly program: string;
  readonly argv: readonly string[];
  readonly json: boolean;
  readonly io: CliIo;
  readonly out: Channel;
  readonly err: Channel;
}

const NOT_SIGNED_IN: ReadonlySet<ErrorCode> = new Set([
  "unauthenticated",
  "refresh-token-expired",
  "refresh-token-reused",
  "refresh-token-revoked",
  "refresh-response-lost",
]);

/** What was asked for cannot be, and nothing was sent. */
const WRONG_USAGE: ReadonlySet<ErrorCode> = new Set([
  "invalid-argument",
  "unsupported-content",
  "unsupported-parameter",
]);

const LONGEST_STACK_LINE = 400;

/**
 * Tells an error: a line that says what happened and one that says what to do on stderr, or JSON on stdout.
 *
 * @returns The exit code for it.
 */
export async function reportError(error: unknown, report: ErrorReport): Promise<number> {
  const { io, err, out } = report;
  if (io.signal.aborted) {
    // A fresh line below what was being written, and the `^C` of the terminal.
    if (err.isTerminal) await err.line();
    return EXIT.interrupted;
  }
  if (report.json) await out.json({ error: errorToJson(error) });
  else await tell(error, report);
  if (io.env["AXIO_DEBUG"] || io.env["DEBUG"]) await err.line(stackOf(error));
  return exitCodeOf(error);
}

/** The exit code for an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (!AxioError.is(error)) return EXIT.failed;
  // Where the server says so, it may be as wrong as the person.
  if (WRONG_USAGE.has(error.code) && error.details.status === undefined) return EXIT.usage;
  if (error.code === "aborted") return EXIT.interrupted;
  if (error.code === "usage-limit") return EXIT.usageLimit;
  return NOT_SIGNED_IN.has(error.code) ? EXIT.notSignedIn : EXIT.failed;
}

/** An error for programs. */
export interface ErrorJson extends ErrorDetails {
  readonly code: string;
  readonly message: string;
  /** Whether the same call may succeed when made again. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

/** Makes it. */
export function errorToJson(error: unknown): ErrorJson {
  if (error instanceof UsageError)
    return { code: "invalid-argument", message: `${error.message} ${error.advice}`, retryable: false };
  if (!AxioError.is(error))
    return { code: "unexpected", message: unexpectedMessage(error), retryable: false };
  const { code, message, details, retryable, retryAfterMs } = error;
  return { code, message, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }), ...details };
}

async function tell(error: unknown, report: ErrorReport): Promise<void> {
  const { err } = report;
  const { style } = err;
  const [what, advice] = twoLines(error, report);
  await err.line(`${style.red(style.unicode ? "✗" : "error:")} ${truncateForMessage(what, 2_000)}`);
  if (advice !== "")
    await err.line(`${style.cyan(style.unicode ? "→" : "->")} ${truncateForMessage(advice, 2_000)}`);
}

/** What happened, and what to do. */
function twoLines(error: unknown, report: ErrorReport): readonly [string, string] {
  if (error instanceof UsageError) return [error.message, error.advice];
  if (isUnwritten(error))
    return [`The output could not be written (${error.message}).`, "Make room, or send it elsewhere."];
  if (!AxioError.is(error))
    return [unexpectedMessage(error), "This should not happen. AXIO_DEBUG=1 shows where it comes from."];
  const [, what = error.message, rest = ""] = /^(.+?[.!?])\s+(?=\p{Lu}|`)(.+)$/su.exec(error.message) ?? [];
  return [what, commandAdvice(error, report) ?? rest];
}

/** Tells whether stdout leads to a disk that is full: files of ours have errors of their own. */
function isUnwritten(error: unknown): error is Error {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG";
}

/** Advice that only the command can give, since it names commands. */
function commandAdvice(error: AxioError, { program, argv, io }: ErrorReport): string | undefined {
  if (NOT_SIGNED_IN.has(error.code)) return `Sign in: ${sameAccount(`${program} login`, argv)}`;
  const { resetsAt } = error.details;
  if (error.code === "usage-limit" && resetsAt !== undefined)
    return `Use it again in ${formatDuration((resetsAt - io.now()) / 1000)}. Details: ${sameAccount(`${program} usage`, argv)}`;
  if (error.code === "model-not-supported" && error.details.models === undefined)
    return `Choose another one with --model. Yours: ${sameAccount(`${program} models`, argv)}`;
  return undefined;
}

/** Adds the options that choose the account, so that the advice can be copied as it is. */
function sameAccount(command: string, argv: readonly string[]): string {
  const kept = ["--profile", "--store", "--issuer"].flatMap((name) => {
    const at = argv.findLastIndex((argument) => argument === name || argument.startsWith(`${name}=`));
    if (at === -1) return [];
    return argv[at] === name ? [name, argv[at + 1] ?? ""] : [argv[at] ?? ""];
  });
  return [command, ...kept.map(shellWord)].join(" ");
}

function unexpectedMessage(error: unknown): string {
  return error instanceof Error
    ? truncateForMessage(`${error.name}: ${error.message}`)
    : "Something unexpected was thrown.";
}

/** The stacks of an error and its causes, without what looks like a secret. Causes that are data are left out: they may hold more. */
function stackOf(error: unknown): string {
  const lines: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const stack = (cause.stack ?? String(cause)).split("\n");
    lines.push(
      ...stack.map(
        (line, index) => (index === 0 ? "" : "    ") + truncateForMessage(line, LONGEST_STACK_LINE),
      ),
    );
  }
  return lines.join("\n");
}
