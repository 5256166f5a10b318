import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { programEnvironment } from "test-support/program-environment";
import { builtPackages } from "test-support/workspace/built-packages";

/** The result of a command. */
export interface AxioRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Runs `axio` as users install it. */
export async function runAxio(
  args: readonly string[],
  { folder, home, input = "" }: { readonly folder: string; readonly home: string; readonly input?: string },
): Promise<AxioRun> {
  const axio = join(await builtPackages(), "axio-tui", "dist", "bin.js");
  const child = spawn(process.execPath, [axio, ...args], {
    cwd: folder,
    env: programEnvironment(home),
  });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { stdout, stderr, code: Number(code) };
}
