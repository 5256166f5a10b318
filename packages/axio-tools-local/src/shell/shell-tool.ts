import { existsSync } from "node:fs";
import type { Guard, Tool } from "axio";
import { abortedError } from "axio";
import type { PluginHost } from "axio/plugin";
import type { Folder } from "../folder.ts";
import { objectSchema, typedTool } from "../typed-tool.ts";
import { visible } from "../visible.ts";
import { Excerpt, wholeCharacters } from "./excerpt.ts";
import { type CommandEnd, runCommand } from "./run-command.ts";

/** What the shell tool needs. */
export interface ShellToolOptions {
  readonly folder: Folder;
  readonly ask: PluginHost["requestPermission"];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutSeconds: number;
  /** Ends what is running. */
  readonly signal: AbortSignal;
  /** Told of each run, so that it can be waited for. */
  readonly onRun: (run: Promise<unknown>) => void;
}

interface ShellInput {
  readonly command: string;
  readonly timeoutSeconds?: number;
}

const MAX_RESULT_CHARACTERS = 30_000;
const MAX_SHOWN_CHARACTERS = 1_000_000;
/** The longest time that a model may ask for, in seconds. */
export const MAX_TIMEOUT_SECONDS = 3_600;

/** Nobody is there to answer, to page through or to look at colours. */
const QUIET = {
  TERM: "dumb",
  NO_COLOR: "1",
  PAGER: "cat",
  GIT_PAGER: "cat",
  GIT_TERMINAL_PROMPT: "0",
} as const;

/** The tool that runs commands. */
export function shellTool(options: ShellToolOptions): Tool {
  const { folder, ask, env, timeoutSeconds: usual, onRun } = options;
  const shell = findShell(env);
  const guard: Guard = async ({ input, signal }) => {
    const { command } = input as unknown as ShellInput;
    const answer = await ask({
      title: "Run a command",
      detail: { type: "command", command: visible(command) },
      key: `shell:${command}`,
      scopeDescription: "this very command",
      signal,
    });
    if (answer.allowed) return { action: "allow" };
    return { action: "deny", reason: answer.reason ?? "The person does not want this command to run." };
  };
  return typedTool<ShellInput>({
    name: "shell",
    description: `Runs a command with ${shell[0]} in the working folder and gives its output and exit code. It has no input, and ends after ${usual} seconds unless you ask for more. Whatever it leaves running in the background is ended with it. Of long output the beginning and the end are kept.`,
    inputSchema: objectSchema(
      {
        command: { type: "string", minLength: 1 },
        timeoutSeconds: {
          type: "number",
          exclusiveMinimum: 0,
          maximum: MAX_TIMEOUT_SECONDS,
          description: `Default ${usual}.`,
        },
      },
      ["command"],
    ),
    guards: [guard],
    execute: async ({ command, timeoutSeconds = usual }, context) => {
      const signal = AbortSignal.any([context.signal, options.signal]);
      const excerpt = new Excerpt(MAX_RESULT_CHARACTERS);
      const run = runCommand(command, {
        shell,
        folder: folder.path,
        env: { ...env, ...QUIET },
        timeoutMs: timeoutSeconds * 1_000,
        signal,
        onText: bothTo(excerpt, context.emit),
      });
      onRun(run);
      const end = await run;
      if (end.type === "aborted") throw abortedError(signal);
      return `${endLine(excerpt.text())}[${describeEnd(end, timeoutSeconds)}]`;
    },
  });
}

/** Keeps the output, and shows it as far as anybody could read along. */
function bothTo(excerpt: Excerpt, emit: (delta: string) => void): (text: string) => void {
  let left = MAX_SHOWN_CHARACTERS;
  return (text) => {
    excerpt.add(text);
    if (left === 0) return;
    const shown = text.slice(0, left);
    left -= shown.length;
    emit(left === 0 ? `${wholeCharacters(shown)}\n[More output follows, which is not shown.]\n` : shown);
  };
}

function endLine(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function describeEnd(end: Exclude<CommandEnd, { type: "aborted" }>, timeoutSeconds: number): string {
  switch (end.type) {
    case "exit":
      return `Exit code ${end.code}`;
    case "signal":
      return `Ended by ${end.signal}`;
    case "timeout":
      return `Stopped after ${timeoutSeconds} seconds, the time limit. Ask for more with timeoutSeconds if it needs more`;
  }
}

/** Bash where there is one: it is what models write for. */
function findShell({
  ComSpec,
}: Readonly<Record<string, string | undefined>>): readonly [string, ...string[]] {
  if (process.platform === "win32") return [ComSpec ?? "cmd.exe", "/d", "/s", "/c"];
  const bash = ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash"].find((path) => existsSync(path));
  return [bash ?? "/bin/sh", "-c"];
}
