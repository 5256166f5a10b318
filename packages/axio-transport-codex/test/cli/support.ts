import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { defaultCredentialsPath, FileCredentialStore, parseCredentials } from "axio-auth";
import type { Simulator } from "codex-simulator";
import type { CliIo, CliOutput } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/main.ts";

/** How a run differs from the usual one: pipes everywhere, nothing on stdin. */
export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  /** Makes all three ends a terminal of so many columns. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
  readonly openBrowser?: (url: string) => Promise<boolean>;
  /** Called with all of stderr after each write. */
  readonly onStderr?: (text: string, stdin: PassThrough) => void;
}

/** What a run left behind. */
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine with an empty home folder. */
export interface TestMachine extends AsyncDisposable {
  readonly home: string;
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Puts a sign-in of the simulator where `login` would. */
  signIn(simulator: Simulator, profile?: string, lifetimeSeconds?: number): Promise<void>;
}

export async function createMachine(): Promise<TestMachine> {
  const home = await mkdtemp(join(tmpdir(), "axio-codex-"));
  const surroundings = { env: {}, platform: "linux" as const, home };
  return {
    home,
    run: (argv, options = {}) => run(argv, options, home),
    async signIn(simulator, profile, lifetimeSeconds) {
      const issued = simulator.issueCredentials(lifetimeSeconds === undefined ? {} : { lifetimeSeconds });
      const path = defaultCredentialsPath(profile === undefined ? "codex" : `codex-${profile}`, surroundings);
      const store = new FileCredentialStore({ path, parse: parseCredentials });
      await store.update(async () => ({ ...issued, email: "robin@example.test", planType: "plus" }));
    },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true }),
  };
}

async function run(argv: readonly string[], options: RunOptions, home: string): Promise<RunResult> {
  const stdin = Object.assign(new PassThrough(), { isTTY: options.columns !== undefined });
  if (options.stdin !== undefined) stdin.end(options.stdin);
  const stdout = collector(options.columns);
  const stderr = collector(options.columns, (text) => options.onStderr?.(text, stdin));
  const controller = new AbortController();
  const io: CliIo = {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: { LANG: "C.UTF-8", ...options.env },
    platform: "linux",
    home,
    signal: options.signal ?? controller.signal,
    interrupt: () => controller.abort(),
    now: options.now ?? Date.now,
    openBrowser: options.openBrowser ?? (async () => false),
    callbackPorts: [0],
  };
  const code = await runCli(argv, io);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(
  columns: number | undefined,
  onWrite: (text: string) => void = () => undefined,
): { readonly stream: CliOutput; readonly text: () => string } {
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

/**
 * Does what a person does in a browser: opens the sign-in page, takes the first account, presses Continue.
 *
 * @returns Where the browser is sent.
 */
export async function approveInBrowser(url: string, decision = "continue"): Promise<string> {
  const page = await (await fetch(url)).text();
  const unescapeHtml = (text: string): string =>
    text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  const action = unescapeHtml(/<form method="post" action="([^"]*)"/.exec(page)?.[1] ?? "");
  const account = unescapeHtml(/name="account" value="([^"]*)"/.exec(page)?.[1] ?? "");
  const answer = await fetch(new URL(action, url), {
    method: "POST",
    body: new URLSearchParams({ account, decision }),
    redirect: "manual",
  });
  return answer.headers.get("location") ?? "";
}

/** The options that point a command at the simulator. */
export function pointAt(simulator: Simulator): readonly string[] {
  return ["--base-url", simulator.baseUrl, "--issuer", simulator.issuer];
}

/** Reads what `--json` printed. */
export function jsonLines(text: string): readonly { readonly [member: string]: unknown }[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly [member: string]: unknown });
}
