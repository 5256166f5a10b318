import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";
import {
  findNodeAtLocation,
  getNodeValue,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import { THEMES } from "../theme/theme.ts";
import type { TrustAnswer } from "../trust/folder-item.ts";
import type { AppSettings, ProviderChoices } from "./app-settings.ts";
import { type Report, readPermissions } from "./read-permissions.ts";

/** The version of the file format. */
export const SETTINGS_VERSION = 1;

/** The settings of an empty file. */
export const DEFAULT_SETTINGS: AppSettings = {
  providers: {},
  theme: "dark",
  autoCompact: true,
  notifications: "auto",
  plugins: [],
  disabled: [],
  trust: {},
  pluginSettings: {},
};

/** The content of a settings file. */
export interface ReadSettings {
  readonly settings: AppSettings;
  /** Its mistakes. The other members apply. */
  readonly mistakes: readonly AxioError[];
  /** Whether it may be changed: a file that is not valid stays unchanged. */
  readonly isWritable: boolean;
}

/**
 * Reads settings from JSON with comments and trailing commas. Never throws: instead of a mistake, which is reported with its
 * line, the default applies.
 *
 * @param path The file, for messages.
 */
export function readSettings(text: string, path: string): ReadSettings {
  if (text.trim() === "") return { settings: DEFAULT_SETTINGS, mistakes: [], isWritable: true };
  const errors: ParseError[] = [];
  const root = parseTree(text.replace(/^\uFEFF/, " "), errors, { allowTrailingComma: true });
  const [first] = errors;
  if (root === undefined || first !== undefined || root.type !== "object") {
    const line = lineAt(text, first?.offset ?? root?.offset ?? 0);
    const what = first === undefined ? "the settings are not an object in braces" : nameSyntaxError(first);
    const remedy = "Correct it there. Until then the defaults apply, and nothing is written to the file.";
    return { settings: DEFAULT_SETTINGS, mistakes: [mistake(path, line, what, remedy)], isWritable: false };
  }
  const document = getNodeValue(root) as JsonObject;
  const mistakes: AxioError[] = [];
  const report = (member: readonly string[], expected: string): void => {
    const offset = findNodeAtLocation(root, [...member])?.offset ?? 0;
    const name = member.map((part) => JSON.stringify(part)).join(".");
    const remedy = "Correct it there. Until then the default applies.";
    mistakes.push(mistake(path, lineAt(text, offset), `${name} must be ${expected}`, remedy));
  };
  const { version = SETTINGS_VERSION } = document;
  const isKnown = version === SETTINGS_VERSION;
  if (!isKnown) {
    const offset = findNodeAtLocation(root, ["version"])?.offset ?? 0;
    const what = `the settings have version ${JSON.stringify(version)}, but this axio supports version ${SETTINGS_VERSION}`;
    const remedy = "The known settings apply, and nothing is written to the file. Update axio-tui.";
    mistakes.push(mistake(path, lineAt(text, offset), what, remedy));
  }
  return { settings: readMembers(document, report), mistakes, isWritable: isKnown };
}

function readMembers(document: JsonObject, report: Report): AppSettings {
  const member = <Value>(
    name: string,
    is: (value: JsonValue) => boolean,
    expected: string,
  ): Value | undefined => {
    const value = document[name];
    if (value === undefined) return undefined;
    if (is(value)) return value as Value;
    report([name], expected);
    return undefined;
  };
  const provider = member<string>("provider", isText, "a text");
  return {
    provider,
    providers: readProviderChoices(member("providers", isJsonObject, "an object") ?? {}, report),
    theme:
      member<string>("theme", isTheme, `one of: ${Object.keys(THEMES).join(", ")}`) ?? DEFAULT_SETTINGS.theme,
    autoCompact: member<boolean>("autoCompact", isBoolean, "true or false") ?? DEFAULT_SETTINGS.autoCompact,
    notifications:
      member<AppSettings["notifications"]>("notifications", isNotifications, "one of: auto, bell, off") ??
      DEFAULT_SETTINGS.notifications,
    plugins: member<readonly string[]>("plugins", isTexts, "a list of texts") ?? DEFAULT_SETTINGS.plugins,
    disabled: member<readonly string[]>("disabled", isTexts, "a list of texts") ?? DEFAULT_SETTINGS.disabled,
    trust: readTrust(member("trust", isJsonObject, "an object") ?? {}, report),
    permissions: readPermissions(document["permissions"], report),
    pluginSettings: entries(
      member("pluginSettings", isJsonObject, "an object") ?? {},
      ["pluginSettings"],
      isJsonObject,
      "an object",
      report,
    ),
  };
}

function readTrust(trust: JsonObject, report: Report): AppSettings["trust"] {
  const folders = entries<JsonObject>(trust, ["trust"], isJsonObject, "an object", report);
  return Object.fromEntries(
    Object.entries(folders).map(([folder, answers]) => [
      folder,
      entries<TrustAnswer>(
        answers,
        ["trust", folder],
        isTrustAnswer,
        'an object: { "hash", "trusted" }',
        report,
      ),
    ]),
  );
}

function isTrustAnswer(value: JsonValue): boolean {
  return isJsonObject(value) && typeof value["hash"] === "string" && typeof value["trusted"] === "boolean";
}

function readProviderChoices(
  providers: JsonObject,
  report: Report,
): Readonly<Record<string, ProviderChoices>> {
  const objects = entries<JsonObject>(providers, ["providers"], isJsonObject, "an object", report);
  return Object.fromEntries(
    Object.entries(objects).map(([name, chosen]) => {
      const choices = Object.fromEntries(
        Object.entries(chosen).filter(([member]) => ["profile", "model", "effort"].includes(member)),
      );
      return [name, entries<string>(choices, ["providers", name], isText, "a text", report)];
    }),
  );
}

function entries<Value>(
  object: JsonObject,
  path: readonly string[],
  is: (value: JsonValue) => boolean,
  expected: string,
  report: Report,
): Readonly<Record<string, Value>> {
  const right = Object.entries(object).filter(([name, value]) => {
    if (!is(value)) report([...path, name], expected);
    return is(value);
  });
  return Object.fromEntries(right) as Readonly<Record<string, Value>>;
}

function isText(value: JsonValue): boolean {
  return typeof value === "string" && value !== "";
}

function isTheme(value: JsonValue): boolean {
  return isText(value) && Object.hasOwn(THEMES, String(value));
}

function isNotifications(value: JsonValue): boolean {
  return value === "auto" || value === "bell" || value === "off";
}

function isBoolean(value: JsonValue): boolean {
  return typeof value === "boolean";
}

function isTexts(value: JsonValue): boolean {
  return Array.isArray(value) && value.every(isText);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** Turns `CommaExpected` and the like into words. */
function nameSyntaxError({ error }: ParseError): string {
  const words = printParseErrorCode(error)
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toLowerCase()
    .replace("close", "closing");
  return /expected$/.test(words)
    ? `a ${words.replace(/ expected$/, "")} is missing here or on the line before`
    : `it is not valid JSON (${words})`;
}

function mistake(path: string, line: number, what: string, remedy: string): AxioError {
  return new AxioError("invalid-argument", `The settings in ${path}, line ${line}: ${what}. ${remedy}`);
}
