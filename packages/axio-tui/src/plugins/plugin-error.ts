import { AxioError } from "axio";
import { errorText } from "axio/internal";
import type { PackageInfo } from "./plugin-package.ts";

/** Returns the subject of a message: `"the plugin tools/clock of axio-clock 1.0.0"`. */
export function describePlugin(
  { packageName, packageVersion }: Omit<PackageInfo, "packageDir">,
  member?: string,
): string {
  const version = packageVersion === "" ? "" : ` ${packageVersion}`;
  return member === undefined
    ? `the package ${packageName}${version}`
    : `the plugin ${member} of ${packageName}${version}`;
}

/**
 * Returns the error for a plugin that cannot be used.
 *
 * @param subject The plugin, from {@link describePlugin}.
 * @param what The problem, without a full stop.
 * @param remedy What the user can do, a sentence.
 */
export function pluginError(subject: string, what: string, remedy: string, cause?: unknown): AxioError {
  const [first = "", ...rest] = subject;
  return new AxioError(
    "plugin-failed",
    `${first.toUpperCase()}${rest.join("")} cannot be used: ${what}. ${remedy}`,
    cause === undefined ? {} : { cause },
  );
}

/** The message of a thrown value, on one line, shortened. */
export function thrownText(thrown: unknown): string {
  const line = errorText(thrown).replaceAll(/\s+/g, " ").trim().replace(/\.$/, "");
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
