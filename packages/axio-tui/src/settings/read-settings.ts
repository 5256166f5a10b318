import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";
import {
  findNodeAtLocation,
  getNodeValue,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import { THEMES } from "../theme/theme.ts";
import type { AppSettings, ChosenOfTransport } from "./app-settings.ts";

/** The form of the file that this version writes. */
export const SETTINGS_VERSION = 1;

/** What holds where the file says nothing. */
export const DEFAULT_SETTINGS: AppSettings = {
  transports: {},
  theme: "dark",
  autoCompact: true,
  plugins: [],
  disabled: [],
  trust: {},
  pluginSettings: {},
};

/** What a file with settings says. */
export interface ReadSettings {
  readonly settings: AppSettings;
  /** What is wrong with it. The other members hold. */
  readonly mistakes: readonly AxioError[];
  /** Whether it may be changed: a file that is not understood stays as it is. */
  readonly isWritable: boolean;
}

/**
 * Reads settings from JSON, in which comments and trailing commas may stand. Never throws: a mistake is named with its line,
 * and the default holds in its place.
 *
 * @param path Where the text comes from, for messages.
 */
export function readSettings(text: string, path: string): ReadSettings {
  if (text.trim() === "") return { settings: DEFAULT_SETTINGS, mistakes: [], isWritable: true };
  const errors: ParseError[] = [];
  const root = parseTree(text.replace(/^\uFEFF/, " "), errors, { allowTrailingComma: true });
  const [first] = errors;
  if (root === undefined || first !== undefined || root.type !== "object") {
    const line = lineAt(text, first?.offset ?? root?.offset ?? 0);
    const what = first === undefined ? "the settings are not an object in braces" : nameSyntaxError(first);
    const remedy =
      "Correct it there. Until then the usual settings hold, and nothing is written to the file.";
    return { settings: DEFAULT_SETTINGS, mistakes: [mistake(path, line, what, remedy)], isWritable: false };
  }
  const document = getNodeValue(root) as JsonObject;
  const mistakes: AxioError[] = [];
  const wrong = (member: readonly string[], wanted: string): void => {
    const offset = findNodeAtLocation(root, [...member])?.offset ?? 0;
    const name = member.map((part) => JSON.stringify(part)).join(".");
    const remedy = "Correct it there. Until then the usual value holds.";
    mistakes.push(mistake(path, lineAt(text, offset), `${name} has to be ${wanted}`, remedy));
  };
  const { version = SETTINGS_VERSION } = document;
  const isKnown = version === SETTINGS_VERSION;
  if (!isKnown) {
    const offset = findNodeAtLocation(root, ["version"])?.offset ?? 0;
    const what = `the settings are of version ${JSON.stringify(version)}, and this axio knows version ${SETTINGS_VERSION}`;
    const remedy = "What it understands holds, and nothing is written to the file. Update axio-tui.";
    mistakes.push(mistake(path, lineAt(text, offset), what, remedy));
  }
  return { settings: readMembers(document, wrong), mistakes, isWritable: isKnown };
}

/** Told of a member that is of the wrong type. */
type Wrong = (member: readonly string[], wanted: string) => void;

function readMembers(document: JsonObject, wrong: Wrong): AppSettings {
  const member = <Value>(
    name: string,
    is: (value: JsonValue) => boolean,
    wanted: string,
  ): Value | undefined => {
    const value = document[name];
    if (value === undefined) return undefined;
    if (is(value)) return value as Value;
    wrong([name], wanted);
    return undefined;
  };
  const transport = member<string>("transport", isText, "a text");
  return {
    ...(transport === undefined ? {} : { transport }),
    transports: readTransports(member("transports", isJsonObject, "an object") ?? {}, wrong),
    theme:
      member<string>("theme", isTheme, `one of: ${Object.keys(THEMES).join(", ")}`) ?? DEFAULT_SETTINGS.theme,
    autoCompact: member<boolean>("autoCompact", isBoolean, "true or false") ?? DEFAULT_SETTINGS.autoCompact,
    plugins: member<readonly string[]>("plugins", isTexts, "a list of texts") ?? DEFAULT_SETTINGS.plugins,
    disabled: member<readonly string[]>("disabled", isTexts, "a list of texts") ?? DEFAULT_SETTINGS.disabled,
    trust: entries(
      member("trust", isJsonObject, "an object") ?? {},
      ["trust"],
      isBoolean,
      "true or false",
      wrong,
    ),
    pluginSettings: entries(
      member("pluginSettings", isJsonObject, "an object") ?? {},
      ["pluginSettings"],
      isJsonObject,
      "an object",
      wrong,
    ),
  };
}

function readTransports(transports: JsonObject, wrong: Wrong): Readonly<Record<string, ChosenOfTransport>> {
  const objects = entries<JsonObject>(transports, ["transports"], isJsonObject, "an object", wrong);
  return Object.fromEntries(
    Object.entries(objects).map(([name, chosen]) => {
      const known = Object.fromEntries(
        Object.entries(chosen).filter(([member]) => ["profile", "model", "effort"].includes(member)),
      );
      return [name, entries<string>(known, ["transports", name], isText, "a text", wrong)];
    }),
  );
}

function entries<Value>(
  object: JsonObject,
  path: readonly string[],
  is: (value: JsonValue) => boolean,
  wanted: string,
  wrong: Wrong,
): Readonly<Record<string, Value>> {
  const right = Object.entries(object).filter(([name, value]) => {
    if (!is(value)) wrong([...path, name], wanted);
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

function isBoolean(value: JsonValue): boolean {
  return typeof value === "boolean";
}

function isTexts(value: JsonValue): boolean {
  return Array.isArray(value) && value.every(isText);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** `CommaExpected` and the like, as words. */
function nameSyntaxError({ error }: ParseError): string {
  const words = printParseErrorCode(error)
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toLowerCase()
    .replace("close", "closing");
  return /expected$/.test(words)
    ? `a ${words.replace(/ expected$/, "")} is missing here or on the line before`
    : `it is no JSON (${words})`;
}

function mistake(path: string, line: number, what: string, remedy: string): AxioError {
  return new AxioError("invalid-argument", `The settings in ${path}, line ${line}: ${what}. ${remedy}`);
}
