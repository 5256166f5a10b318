import { spawn } from "node:child_process";
import { once } from "node:events";
import { killOnExit, terminateGroup } from "axio-tools-local/process-group";
import type { UserCommandResult } from "../transcript/user-command-text.ts";

/** How much output the model gets from each end, in characters. */
const KEPT_CHARACTERS = 16_000;

/** A command that the user runs. */
export interface UserCommand {
  readonly command: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly onOutput: (delta: string) => void;
}

/** Runs a command in the user's shell, without input. Terminates all its processes if the signal fires. */
export async function runUserCommand(request: UserCommand): Promise<UserCommandResult> {
  const { command, cwd, env, signal, onOutput } = request;
  const isWindows = process.platform === "win32";
  const [program, flag] = isWindows ? [env["ComSpec"] ?? "cmd.exe", "/c"] : [env["SHELL"] || "/bin/sh", "-c"];
  const child = spawn(program, [flag, command], {
    cwd,
    env: { ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: !isWindows,
    windowsHide: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (delta: string) => {
      output = withoutMiddle(output + delta);
      onOutput(delta);
    });
  }
  const closed = once(child, "close");
  const { pid } = child;
  const release = pid === undefined ? () => undefined : killOnExit(pid);
  const stop = (): void => {
    if (pid !== undefined) terminateGroup(pid).catch(() => undefined);
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const [code, killedBy] = await closed;
    const end = signal.aborted
      ? "stopped by the user"
      : killedBy === null
        ? `exit code ${code}`
        : `${killedBy}`;
    return { output, end, hasFailed: code !== 0 };
  } finally {
    signal.removeEventListener("abort", stop);
    release();
  }
}

function withoutMiddle(text: string): string {
  if (text.length <= 2 * KEPT_CHARACTERS + 1_000) return text;
  return `${text.slice(0, KEPT_CHARACTERS)}\n… the middle is left out …\n${text.slice(-KEPT_CHARACTERS)}`;
}
