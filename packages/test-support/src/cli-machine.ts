import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { type CliIo, type CliOptions, type CliStream, runCommandLine } from "axio-cli";

/** Options of a run. Default: pipes, and an empty stdin. */
export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  /** Makes stdin, stdout and stderr a terminal with this many columns. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
  readonly openBrowser?: (url: string) => Promise<boolean>;
  /** Called with all of stderr after each write. */
  readonly onStderr?: (text: string, stdin: PassThrough) => void;
}

/** The outcome of a run. */
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine with an empty home directory, on which a program runs. */
export interface Machine extends AsyncDisposable {
  readonly home: string;
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
}

export async function startMachine(cli: CliOptions): Promise<Machine> {
  const home = await mkdtemp(join(tmpdir(), `${cli.name}-`));
  return {
    home,
    run: (argv, options = {}) => run(cli, argv, options, home),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true }),
  };
}

async function run(
  cli: CliOptions,
  argv: readonly string[],
  options: RunOptions,
  home: string,
): Promise<RunResult> {
  const stdin = Object.assign(new PassThrough(), { isTTY: options.columns !== undefined });
  if (options.stdin !== undefined) stdin.end(options.stdin);
  const stdout = collector(options.columns);
  const stderr = collector(options.columns, (text) => options.onStderr?.(text, stdin));
  const controller = new AbortController();
  const io: CliIo = {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: { LANG: "C.UTF-8", HOME: home, ...options.env },
    cwd: home,
    signal: options.signal ?? controller.signal,
    interrupt: () => controller.abort(),
    now: options.now ?? Date.now,
    openBrowser: options.openBrowser ?? (async () => false),
  };
  const code = await runCommandLine(cli, argv, io);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(
  columns: number | undefined,
  onWrite: (text: string) => void = () => undefined,
): { readonly stream: CliStream; readonly text: () => string } {
  let text = "";
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: unknown, _encoding, done) {
      text += String(chunk);
      onWrite(text);
      done();
    },
  });
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  return { stream: Object.assign(stream, terminal), text: () => text };
}

/** Parses the output of `--json`. */
export function jsonLines(text: string): readonly { readonly [member: string]: unknown }[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly [member: string]: unknown });
}
