import { AxioError } from "../errors.ts";
import type { JsonValue } from "../json.ts";
import type { PluginHost } from "./host.ts";
import type { ProviderSetting } from "./provider.ts";

/** The values of settings, by name. */
export type SettingValues<Settings extends readonly ProviderSetting[]> = {
  readonly [Setting in Settings[number] as Setting["name"]]?: SettingValue<Setting> | undefined;
};

type SettingValue<Setting extends ProviderSetting> = Setting extends {
  readonly choices: readonly (infer Choice)[];
}
  ? Choice
  : Setting extends { readonly type: "number" }
    ? number
    : Setting extends { readonly type: "strings" }
      ? readonly string[]
      : string;

/**
 * Reads and checks the settings that a provider declares. An empty string counts as omitted.
 *
 * @throws AxioError `invalid-argument` for a value of another type, and for one that is not a choice.
 *
 * @example
 * ```ts
 * import { type PluginHost, readSettings } from "axio/plugin";
 *
 * const settings = [
 *   { name: "baseUrl", valueName: "url", description: "the server", appliesTo: ["run"] },
 * ] as const;
 * const baseUrl = (host: PluginHost) => readSettings(host, settings).baseUrl;
 * ```
 */
export function readSettings<const Settings extends readonly ProviderSetting[]>(
  { settings }: Pick<PluginHost, "settings">,
  declared: Settings,
): SettingValues<Settings> {
  const values: Record<string, JsonValue> = {};
  for (const setting of declared) {
    const value = settings[setting.name];
    if (value === undefined || value === "") continue;
    const expected = problemOf(value, setting);
    if (expected !== undefined)
      throw new AxioError(
        "invalid-argument",
        `The setting "${setting.name}" is ${JSON.stringify(value)}. Use ${expected}, or omit it.`,
      );
    values[setting.name] = value;
  }
  return values as SettingValues<Settings>;
}

/** Returns what the value has to be, if it is not. */
function problemOf(value: JsonValue, { type = "string", choices }: ProviderSetting): string | undefined {
  switch (type) {
    case "number":
      return typeof value === "number" ? undefined : "a number";
    case "strings":
      return Array.isArray(value) && value.every((item) => typeof item === "string")
        ? undefined
        : "a list of strings";
    case "string":
      if (typeof value !== "string") return "a string";
      return choices === undefined || choices.includes(value) ? undefined : `one of: ${choices.join(", ")}`;
  }
}
