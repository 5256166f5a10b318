import { createInterface } from "node:readline/promises";
import { abortedError } from "axio";
import { escapeLine } from "axio-cli/internal";
import type { FoundPlugins, UntrustedPackage } from "../plugins/found-plugins.ts";
import type { SettingsStore } from "../settings/app-settings.ts";
import type { CommandContext } from "./io.ts";

/** The packages of the project that the user has not decided about. */
export function undecided({ untrusted }: FoundPlugins): readonly UntrustedPackage[] {
  return untrusted.filter(({ refused }) => !refused);
}

/** Describes a package and its plugins on one line. */
export function describeUntrusted({
  packageName,
  packageVersion,
  plugins,
  packageDir,
}: UntrustedPackage): string {
  return escapeLine(`${packageName} ${packageVersion} (${plugins.join(", ")}) in ${packageDir}`);
}

/** Stores whether the plugins of these packages may run. */
export async function decideTrust(
  packages: readonly UntrustedPackage[],
  isTrusted: boolean,
  settings: SettingsStore,
): Promise<void> {
  const decisions = Object.fromEntries(packages.map(({ packageDir }) => [packageDir, isTrusted]));
  await settings.update((current) => ({ ...current, trust: { ...current.trust, ...decisions } }));
}

/**
 * Asks once whether the plugins of a project may run, and stores the answer. Returns `false` without a question or an answer
 * (Ctrl-D).
 *
 * @throws AxioError `aborted` after Ctrl-C.
 */
export async function askForTrust(
  found: FoundPlugins,
  settings: SettingsStore,
  { io, out }: Pick<CommandContext, "io" | "out">,
): Promise<boolean> {
  const packages = undecided(found);
  if (packages.length === 0) return false;
  const lines = packages.map((pack) => `  ${describeUntrusted(pack)}`);
  await out.line(
    `This project has plugins for axio:\n\n${lines.join("\n")}\n\nThey would run on this computer with your permissions, each time you start axio here.`,
  );
  const answer = await askLine("Use them? [y/N] ", io);
  if (answer === undefined) return false;
  await decideTrust(packages, /^y(?:es)?$/i.test(answer.trim()), settings);
  return true;
}

/** Reads a line from the user; `undefined` if the input ends. */
async function askLine(
  question: string,
  { stdin, stdout, signal }: CommandContext["io"],
): Promise<string | undefined> {
  const reader = createInterface({ input: stdin, output: stdout });
  const interrupt = new AbortController();
  const stopped = AbortSignal.any([signal, interrupt.signal]);
  reader.once("SIGINT", () => interrupt.abort());
  const closed = new Promise<undefined>((resolve) => reader.once("close", () => resolve(undefined)));
  try {
    return await Promise.race([reader.question(question, { signal: stopped }), closed]);
  } catch (error) {
    if (stopped.aborted) throw abortedError(stopped);
    throw error;
  } finally {
    reader.close();
  }
}
