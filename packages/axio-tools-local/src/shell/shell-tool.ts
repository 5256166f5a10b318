import { abortedError, defineTool, type Guard, type JsonObject, type Tool, type ToolContext } from "axio";
import { trimSurrogates } from "axio/internal";
import type { PluginHost } from "axio/plugin";
import { escapeControl } from "../escape-control.ts";
import { objectSchema } from "../object-schema.ts";
import { TerminalOutput } from "../terminal/terminal-output.ts";
import { toolError } from "../tool-error.ts";
import type { BackgroundProcesses } from "./background-processes.ts";
import {
  describeEnd,
  describeLeftBehind,
  describeMovedAway,
  describeSandboxFailure,
  ensureNewline,
  MAX_RESULT_CHARACTERS,
} from "./command-result.ts";
import type { FoundSandbox } from "./find-sandbox.ts";
import type { Launcher } from "./launcher.ts";
import { runCommand } from "./run-command.ts";

/** Options of {@link shellTool}. */
export interface ShellToolOptions {
  readonly launcher: Launcher;
  readonly requestPermission: PluginHost["requestPermission"];
  /** Timeout of a command for which the model sets none. */
  readonly timeoutMs: number;
  /** Terminates running commands. */
  readonly signal: AbortSignal;
  /** Called with each run, so that the caller can wait for it. */
  readonly onRun: (run: Promise<unknown>) => void;
  /** The processes in the background. Default: commands cannot run in the background. */
  readonly background: BackgroundProcesses | undefined;
}

interface ShellInput {
  readonly command: string;
  readonly timeoutSeconds?: number | undefined;
  readonly background?: boolean | undefined;
  readonly withoutSandbox?: boolean | undefined;
}

const MAX_EMITTED_CHARACTERS = 1_000_000;
/** The longest argument of a program: on Linux 128 KiB with its end, and on Windows a whole command line. */
const MAX_COMMAND_BYTES = process.platform === "win32" ? 8_000 : 131_071;
/** The longest timeout that a model may set. */
export const MAX_TIMEOUT_MS = 3_600_000;

/** Creates the tool that runs commands. */
export function shellTool(options: ShellToolOptions): Tool {
  const { launcher, background } = options;
  const seconds = options.timeoutMs / 1_000;
  const inBackground =
    background === undefined
      ? "Processes in the background are terminated when it exits."
      : 'Processes in the background are terminated when it exits, unless you set "background".';
  return defineTool({
    name: "shell",
    description: `Runs a command with ${launcher.shell} in the working directory and returns its output and exit code. The command has no input and is stopped after ${seconds} seconds unless you set a longer timeout. ${inBackground} Long output is truncated in the middle.`,
    inputSchema: inputSchema(options),
    guards: [permissionGuard(options)],
    execute: async (input, context) => {
      const { command, timeoutSeconds = seconds, withoutSandbox = false } = input;
      const problem = whyNotRun(command);
      if (problem !== undefined) throw toolError(problem);
      const sandbox = await chooseSandbox(launcher, withoutSandbox);
      const launch = launcher.launch(command, sandbox);
      if (input.background === true) {
        if (background === undefined) throw toolError("Commands cannot run in the background here.");
        const id = background.start(launch, command);
        return `Started in the background with the id ${id}. Read its output with shell_output.`;
      }
      const signal = AbortSignal.any([context.signal, options.signal]);
      const terminal = new TerminalOutput(MAX_RESULT_CHARACTERS);
      const show = limitEmitted(context.emit);
      context.setOutputIfStopped(() => terminal.text());
      const run = runCommand(launch, {
        timeoutMs: timeoutSeconds * 1_000,
        signal,
        pipe: () => {
          const write = terminal.pipe();
          return (chunk) => show(write(chunk));
        },
      });
      options.onRun(run);
      const { end, leftBehind, movedAway } = await run;
      if (end.type === "aborted") throw abortedError(signal);
      show(terminal.end());
      const output = terminal.text();
      const canLeave = launcher.mode !== "require";
      const failure =
        sandbox.kind === "none"
          ? ""
          : describeSandboxFailure({ output, end, network: launcher.network, canLeave });
      return `${ensureNewline(output)}[${describeEnd(end, timeoutSeconds)}]${describeLeftBehind(leftBehind, background !== undefined)}${describeMovedAway(movedAway)}${failure}`;
    },
  });
}

function inputSchema({ launcher, timeoutMs, background }: ShellToolOptions) {
  const properties: JsonObject = {
    command: { type: "string", minLength: 1 },
    timeoutSeconds: {
      type: "number",
      exclusiveMinimum: 0,
      maximum: MAX_TIMEOUT_MS / 1_000,
      description: `Default: ${timeoutMs / 1_000}.`,
    },
    ...(background !== undefined && {
      background: {
        type: "boolean",
        description:
          "Return at once and let the command run, such as a server, until shell_stop or the end of the app. Default: false.",
      },
    }),
    ...(launcher.mode === "auto" && {
      withoutSandbox: {
        type: "boolean",
        description:
          "Only after a command failed because of the sandbox: ask the user to run it without. Default: false.",
      },
    }),
  };
  return objectSchema<ShellInput>(properties, ["command"]);
}

function permissionGuard({ launcher, requestPermission }: ShellToolOptions): Guard<ShellInput> {
  return async ({ input, toolCallId, signal }) => {
    const { command, background = false, withoutSandbox = false } = input;
    const sandbox = await findSandbox(launcher);
    // The call will fail with the reason, so no permission is needed.
    if (sandbox === undefined || whyNotRun(command) !== undefined) return { action: "allow" };
    const leaves = withoutSandbox && sandbox.kind !== "none";
    const isUnprotected = leaves || (sandbox.kind === "none" && launcher.mode === "auto");
    const permission = await requestPermission({
      title: `Run a command${background ? " in the background" : ""}${isUnprotected ? " without a sandbox" : ""}`,
      detail: { type: "command", command: escapeControl(command) },
      subject: {
        type: "shell",
        command,
        syntax: process.platform === "win32" ? "cmd" : "posix",
        leavesSandbox: leaves,
      },
      // A permission for the sandbox does not cover the same command without it.
      key: `${leaves ? "shell-without-sandbox" : "shell"}:${command}`,
      scopeDescription: "this exact command",
      toolCallId,
      signal,
    });
    if (permission.allowed) return { action: "allow" };
    return { action: "deny", reason: permission.reason ?? "The user denied this command." };
  };
}

/** Says why no system can run a command, however it looks. */
function whyNotRun(command: string): string | undefined {
  if (command.includes("\0")) return "A command must not contain a NUL character.";
  const bytes = Buffer.byteLength(command);
  return bytes > MAX_COMMAND_BYTES
    ? `The command has ${bytes} bytes, and the system takes at most ${MAX_COMMAND_BYTES}. Write long content to a file first, in parts if needed.`
    : undefined;
}

async function findSandbox(launcher: Launcher): Promise<FoundSandbox | undefined> {
  try {
    return await launcher.findSandbox();
  } catch {
    return undefined;
  }
}

async function chooseSandbox(launcher: Launcher, withoutSandbox: boolean): Promise<FoundSandbox> {
  const found = await launcher.findSandbox();
  if (!withoutSandbox) return found;
  if (launcher.mode === "require") throw toolError("The user's settings require the sandbox.");
  return { kind: "none", reason: "the user allowed the command without it" };
}

/** Emits output up to a limit. */
function limitEmitted(emit: ToolContext["emit"]): (text: string) => void {
  let remaining = MAX_EMITTED_CHARACTERS;
  return (text) => {
    if (remaining === 0 || text === "") return;
    const shown = text.slice(0, remaining);
    remaining -= shown.length;
    emit(remaining === 0 ? `${trimSurrogates(shown)}\n[Further output is not shown.]\n` : shown);
  };
}
