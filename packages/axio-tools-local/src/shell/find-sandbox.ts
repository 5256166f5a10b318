import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { probeArguments } from "./bubblewrap.ts";

/** A sandbox of this system, or why it has no sandbox. */
export type FoundSandbox =
  | { readonly kind: "bubblewrap" | "seatbelt"; readonly program: string }
  | { readonly kind: "none"; readonly reason: string };

// Not from PATH, which may lead into the directory of the project.
const BUBBLEWRAP = [
  "/usr/bin/bwrap",
  "/usr/local/bin/bwrap",
  "/bin/bwrap",
  "/run/current-system/sw/bin/bwrap",
];
const SEATBELT = "/usr/bin/sandbox-exec";
const PROBE_TIMEOUT_MS = 5_000;

const found = new Map<boolean, Promise<FoundSandbox>>();

/** Finds a sandbox that works on this system. Tries it once. */
export function findSandbox(network: boolean): Promise<FoundSandbox> {
  const known = found.get(network);
  if (known !== undefined) return known;
  const sandbox = probe(network);
  found.set(network, sandbox);
  return sandbox;
}

async function probe(network: boolean): Promise<FoundSandbox> {
  if (process.platform === "darwin") {
    if (!existsSync(SEATBELT)) return { kind: "none", reason: `${SEATBELT} does not exist` };
    const problem = await run(SEATBELT, ["-p", "(version 1)(allow default)", "/bin/sh", "-c", ":"]);
    if (problem === undefined) return { kind: "seatbelt", program: SEATBELT };
    return { kind: "none", reason: `sandbox-exec does not work here: ${problem}` };
  }
  if (process.platform !== "linux")
    return { kind: "none", reason: `${process.platform} has no supported sandbox` };
  const program = BUBBLEWRAP.find((path) => existsSync(path));
  if (program === undefined)
    return { kind: "none", reason: "bubblewrap is not installed (the package bubblewrap)" };
  const problem = await run(program, probeArguments(network));
  if (problem === undefined) return { kind: "bubblewrap", program };
  return { kind: "none", reason: `bubblewrap does not work here: ${problem}` };
}

/** Runs a program. Returns its error, or `undefined` if it succeeds. */
function run(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: "/", env: {}, timeout: PROBE_TIMEOUT_MS }, (error, _, stderr) => {
      if (error === null) resolve(undefined);
      else resolve(stderr.trim().split("\n", 1)[0] || error.message);
    });
  });
}
