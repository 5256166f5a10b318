import { AxioError, type JsonObject, type JsonValue } from "axio";
import type { ToolsPlugin } from "axio/plugin";
import {
  LOCAL_TOOL_NAMES,
  type LocalToolName,
  type LocalToolsOptions,
  openLocalTools,
} from "./local-tools.ts";
import type { SandboxMode } from "./shell/launcher.ts";

type Settings = Pick<
  LocalToolsOptions,
  | "only"
  | "timeoutMs"
  | "credentialFiles"
  | "sandbox"
  | "sandboxNetwork"
  | "excludeVariables"
  | "keepVariables"
>;

const NAMES = [
  "only",
  "timeoutSeconds",
  "credentialFiles",
  "sandbox",
  "sandboxNetwork",
  "excludeVariables",
  "keepVariables",
];
const MODES: readonly JsonValue[] = ["require", "auto", "off"] satisfies readonly SandboxMode[];

/**
 * The plugin `local`. Settings: `only`, a list of tool names; `timeoutSeconds`; `credentialFiles`; `sandbox`, one of `"require"`, `"auto"` and
 * `"off"`; `sandboxNetwork`; `excludeVariables` and `keepVariables`, lists of names of environment variables.
 */
export const tools: ToolsPlugin = {
  title: "Files and commands",
  open: ({ cwd: directory, requestPermission, env, settings, signal }) =>
    openLocalTools({ directory, requestPermission, env, signal, ...readSettings(settings) }),
};

function readSettings(settings: JsonObject): Settings {
  const unknown = Object.keys(settings).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    const known = NAMES.map((name) => JSON.stringify(name)).join(", ");
    throw settingError(unknown, `does not exist. The settings are ${known}`);
  }
  const timeoutSeconds = read(settings, "timeoutSeconds", isNumber, "a number of seconds");
  return {
    only: read(settings, "only", isNameList, `a list of ${LOCAL_TOOL_NAMES.join(", ")}`),
    timeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1_000,
    credentialFiles: read(
      settings,
      "credentialFiles",
      isTextList,
      'a list of patterns: ["!.env", "secrets/**"]',
    ),
    sandbox: read(settings, "sandbox", isMode, '"require", "auto" or "off"'),
    sandboxNetwork: read(settings, "sandboxNetwork", isBoolean, "true or false"),
    excludeVariables: read(settings, "excludeVariables", isTextList, 'a list of names, such as ["*_KEY"]'),
    keepVariables: read(settings, "keepVariables", isTextList, 'a list of names, such as ["NPM_TOKEN"]'),
  };
}

function read<Value extends JsonValue>(
  settings: JsonObject,
  name: string,
  isValid: (value: JsonValue) => value is Value,
  expected: string,
): Value | undefined {
  const value = settings[name];
  if (value === undefined || isValid(value)) return value;
  throw settingError(name, `is ${JSON.stringify(value)}. Use ${expected}`);
}

function isMode(value: JsonValue): value is SandboxMode {
  return MODES.includes(value);
}

function isNumber(value: JsonValue): value is number {
  return typeof value === "number";
}

function isBoolean(value: JsonValue): value is boolean {
  return typeof value === "boolean";
}

function isTextList(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

function isNameList(value: JsonValue): value is readonly LocalToolName[] {
  const names: readonly JsonValue[] = LOCAL_TOOL_NAMES;
  return Array.isArray(value) && value.every((name) => names.includes(name));
}

function settingError(name: string, problem: string): AxioError {
  return new AxioError("invalid-argument", `The setting ${JSON.stringify(name)} ${problem}.`);
}
