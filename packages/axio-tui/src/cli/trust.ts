import { createInterface } from "node:readline/promises";
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
 */
export async function askForTrust(found: FoundPlugins, settings: SettingsStore, io: CliIo): Promise<boolean> {
  const packages = undecided(found);
  if (packages.length === 0) return false;
  const lines = packages.map((pack) => `  ${describeUntrusted(pack)}`);
  await write(
    io.stderr,
    `This project brings plugins for axio along:\n\n${lines.join("\n")}\n\nThey would run on this computer with your rights, each time you start axio here.\n`,
  );
  const reader = createInterface({ input: io.stdin, output: io.stderr });
  // Ctrl-D ends the input, and with it the question.
  const closed = new Promise<undefined>((resolve) => reader.once("close", () => resolve(undefined)));
  try {
    const question = reader.question("Use them? [y/N] ", { signal: io.signal });
    const answer = await Promise.race([question, closed]);
    if (answer === undefined) return false;
    const isTrusted = /^y(?:es)?$/i.test(answer.trim());
    await decideTrust(packages, isTrusted, settings);
    return true;
  } finally {
    reader.close();
  }
}
