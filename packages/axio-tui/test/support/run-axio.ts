import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const ROOT = join(import.meta.dirname, "../../../..");

/** What a run of the command left behind. */
export interface AxioRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Runs `axio` from the sources in a folder, at home in another one. */
export async function runAxio(
  args: readonly string[],
  { folder, home, input = "" }: { readonly folder: string; readonly home: string; readonly input?: string },
): Promise<AxioRun> {
  return runSource(join(ROOT, "packages/axio-tui/src/bin.ts"), args, { folder, home, input });
}

/** Runs a TypeScript file as `runAxio` does. */
export async function runSource(
  file: string,
  args: readonly string[],
  { folder, home, input = "" }: { readonly folder: string; readonly home: string; readonly input?: string },
): Promise<AxioRun> {
  const child = spawn(
    process.execPath,
    ["--conditions=axio-source", "--import", import.meta.resolve("tsx"), file, ...args],
    {
      cwd: folder,
      // Nothing of this machine: no settings, no global packages, no proxies and certificates.
      env: {
        PATH: process.env["PATH"],
        HOME: home,
        XDG_STATE_HOME: join(home, "state"),
        XDG_CONFIG_HOME: join(home, "config"),
        npm_config_prefix: join(home, "prefix"),
      },
    },
  );
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { stdout, stderr, code: Number(code) };
}
