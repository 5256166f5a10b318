import { existsSync } from "node:fs";
import { abortedError, defineTool, type Guard, type Tool } from "axio";
import { HeadTailBuffer, trimSurrogates } from "axio/internal";
import type { PluginHost } from "axio/plugin";
import { escapeControl } from "../escape-control.ts";
import { objectSchema } from "../object-schema.ts";
import type { WorkingDirectory } from "../working-directory.ts";
import { type CommandEnd, runCommand } from "./run-command.ts";

/** Options of {@link shellTool}. */
export interface ShellToolOptions {
  readonly directory: WorkingDirectory;
  readonly requestPermission: PluginHost["requestPermission"];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Timeout of a command for which the model sets none. */
  readonly timeoutMs: number;
  /** Terminates running commands. */
  readonly signal: AbortSignal;
  /** Called with each run, so that the caller can wait for it. */
  readonly onRun: (run: Promise<unknown>) => void;
}

interface ShellInput {
  readonly command: string;
  readonly timeoutSeconds?: number | undefined;
}

const MAX_RESULT_CHARACTERS = 30_000;
const MAX_EMITTED_CHARACTERS = 1_000_000;
/** The longest timeout that a model may set. */
export const MAX_TIMEOUT_MS = 3_600_000;

/** Disables prompts, pagers and colors. */
const NON_INTERACTIVE = {
  TERM: "dumb",
  NO_COLOR: "1",
  PAGER: "cat",
  GIT_PAGER: "cat",
  GIT_TERMINAL_PROMPT: "0",
} as const;

/** Creates the tool that runs commands. */
export function shellTool(options: ShellToolOptions): Tool {
  const { directory, requestPermission, env, onRun } = options;
  const defaultSeconds = options.timeoutMs / 1_000;
  const shell = findShell(env);
  const guard: Guard<ShellInput> = async ({ input: { command }, signal }) => {
    const permission = await requestPermission({
      title: "Run a command",
      detail: { type: "command", command: escapeControl(command) },
      subject: { type: "shell", command, syntax: process.platform === "win32" ? "cmd" : "posix" },
      key: `shell:${command}`,
      scopeDescription: "this exact command",
      signal,
    });
    if (permission.allowed) return { action: "allow" };
    return { action: "deny", reason: permission.reason ?? "The user denied this command." };
  };
  return defineTool({
    name: "shell",
    description: `Runs a command with ${shell[0]} in the working directory and returns its output and exit code. The command has no input and is stopped after ${defaultSeconds} seconds unless you set a longer timeout. Background processes are terminated when it exits. Long output is truncated in the middle.`,
    inputSchema: objectSchema<ShellInput>(
      {
        command: { type: "string", minLength: 1 },
        timeoutSeconds: {
          type: "number",
          exclusiveMinimum: 0,
          maximum: MAX_TIMEOUT_MS / 1_000,
          description: `Default: ${defaultSeconds}.`,
        },
      },
      ["command"],
    ),
    guards: [guard],
    execute: async ({ command, timeoutSeconds = defaultSeconds }, context) => {
      const signal = AbortSignal.any([context.signal, options.signal]);
      const output = new HeadTailBuffer(MAX_RESULT_CHARACTERS);
      const run = runCommand(command, {
        shell,
        directory: directory.path,
        env: { ...env, ...NON_INTERACTIVE },
        timeoutMs: timeoutSeconds * 1_000,
        signal,
        onOutput: collect(output, context.emit),
      });
      onRun(run);
      const end = await run;
      if (end.type === "aborted") throw abortedError(signal);
      return `${ensureNewline(output.text())}[${describeEnd(end, timeoutSeconds)}]`;
    },
  });
}

/** Adds output to the buffer, and emits it up to a limit. */
function collect(output: HeadTailBuffer, emit: (delta: string) => void): (text: string) => void {
  let remaining = MAX_EMITTED_CHARACTERS;
  return (text) => {
    output.add(text);
    if (remaining === 0) return;
    const shown = text.slice(0, remaining);
    remaining -= shown.length;
    emit(remaining === 0 ? `${trimSurrogates(shown)}\n[Further output is not shown.]\n` : shown);
  };
}

function ensureNewline(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function describeEnd(end: Exclude<CommandEnd, { type: "aborted" }>, timeoutSeconds: number): string {
  switch (end.type) {
    case "exit":
      return `Exit code ${end.code}`;
    case "signal":
      return `Terminated by ${end.signal}`;
    case "timeout":
      return `Stopped after the timeout of ${timeoutSeconds} seconds. Set timeoutSeconds if the command needs longer`;
  }
}

/** Returns bash if it is installed, because models write commands for bash. */
function findShell({
  ComSpec,
}: Readonly<Record<string, string | undefined>>): readonly [string, ...string[]] {
  if (process.platform === "win32") return [ComSpec ?? "cmd.exe", "/d", "/s", "/c"];
  const bash = ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash"].find((path) => existsSync(path));
  return [bash ?? "/bin/sh", "-c"];
}
