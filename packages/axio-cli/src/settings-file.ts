import { readFile } from "node:fs/promises";
import { AxioError, isJsonObject } from "axio";
import { errorCode } from "axio/internal";
import { defaultCredentialsPath, replaceFile, withoutByteOrderMark } from "axio-auth/internal";
import type { CliIo } from "./io.ts";

/** The defaults of a user for a provider. */
export interface CliSettings {
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
}

/** The names of {@link CliSettings}. */
export const SETTING_NAMES: readonly (keyof CliSettings)[] = ["model", "effort"];

/** Returns where the settings of a provider are stored: next to its credentials. */
export function settingsPath(provider: string, { env }: Pick<CliIo, "env">): string {
  return defaultCredentialsPath(`${provider}.settings`, { env });
}

/**
 * Reads settings; without a file, there are none.
 *
 * @throws AxioError `store-unavailable` if the file cannot be read.
 */
export async function loadSettings(path: string): Promise<CliSettings> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return {};
    throw unusable(path, `cannot be read (${errorCode(cause) ?? "unknown error"})`, cause);
  }
  try {
    const value: unknown = JSON.parse(withoutByteOrderMark(text) ?? "");
    if (!isJsonObject(value)) throw new TypeError("not an object");
    const read = (name: keyof CliSettings): string | undefined => {
      const setting = value[name];
      return typeof setting === "string" && setting !== "" ? setting : undefined;
    };
    return { model: read("model"), effort: read("effort") };
  } catch (cause) {
    throw unusable(path, "are not a JSON object in UTF-8", cause);
  }
}

/** Replaces settings. */
export async function saveSettings(path: string, settings: CliSettings): Promise<void> {
  try {
    await replaceFile(path, `${JSON.stringify(settings, null, 2)}\n`);
  } catch (cause) {
    throw unusable(path, `cannot be written (${errorCode(cause) ?? "unknown error"})`, cause);
  }
}

function unusable(path: string, problem: string, cause: unknown): AxioError {
  return new AxioError(
    "store-unavailable",
    `The settings in ${path} ${problem}. Correct or delete the file.`,
    { cause },
  );
}
