import { createInterface } from "node:readline/promises";
import { abortedError } from "axio";
import type { FoundPlugins, UntrustedPackage } from "../plugins/found-plugins.ts";
import type { SettingsStore } from "../settings/app-settings.ts";
import { cleanLine } from "./clean-line.ts";
import { type CliIo, write } from "./io.ts";

/** The packages of the project about which nobody has decided yet. */
export function undecided({ untrusted }: FoundPlugins): readonly UntrustedPackage[] {
  return untrusted.filter(({ refused }) => !refused);
}

/** A package and what it brings, in a line. */
export function describeUntrusted({
  packageName,
  packageVersion,
  plugins,
  packageFolder,
}: UntrustedPackage): string {
  return cleanLine(`${packageName} ${packageVersion} (${plugins.join(", ")}) in ${packageFolder}`);
}

/** Remembers for each of these packages whether its plugins may run. */
export async function decideTrust(
  packages: readonly UntrustedPackage[],
  isTrusted: boolean,
  settings: SettingsStore,
): Promise<void> {
  const decided = Object.fromEntries(packages.map(({ packageFolder }) => [packageFolder, isTrusted]));
  await settings.update((current) => ({ ...current, trust: { ...current.trust, ...decided } }));
}

/**
 * Asks once whether the plugins that a project brings along may run, and remembers the answer. Gives whether there was one.
 * Without an answer (Ctrl-D) nothing is remembered.
 *
 * @throws AxioError `aborted` where the person leaves with Ctrl-C.
 */
export async function askForTrust(
  found: FoundPlugins,
  settings: SettingsStore,
  { stdin, stdout, signal }: Pick<CliIo, "stdin" | "stdout" | "signal">,
): Promise<boolean> {
  const packages = undecided(found);
  if (packages.length === 0) return false;
  const lines = packages.map((pack) => `  ${describeUntrusted(pack)}`);
  await write(
    stdout,
    `This project brings plugins for axio along:\n\n${lines.join("\n")}\n\nThey would run on this computer with your rights, each time you start axio here.\n`,
  );
  const answer = await askLine("Use them? [y/N] ", stdin, stdout, signal);
  if (answer === undefined) return false;
  await decideTrust(packages, /^y(?:es)?$/i.test(answer.trim()), settings);
  return true;
}

/** A line that the person types; `undefined` where the input ends. */
async function askLine(
  question: string,
  input: CliIo["stdin"],
  output: CliIo["stdout"],
  signal: AbortSignal,
): Promise<string | undefined> {
  const reader = createInterface({ input, output });
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  reader.once("SIGINT", () => stop.abort());
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
