import { AxioError, type JsonObject, type JsonValue } from "axio";
import type { ToolsPlugin } from "axio/plugin";
import { LOCAL_TOOL_NAMES, type LocalToolName, openLocalTools } from "./local-tools.ts";

/** The plugin `local`. Settings: `only`, a list of tool names, `timeoutSeconds`, and `credentialFiles`. */
export const tools: ToolsPlugin = {
  title: "Files and commands",
  open: ({ cwd: directory, requestPermission, env, settings, signal }) =>
    openLocalTools({ directory, requestPermission, env, signal, ...readSettings(settings) }),
};

function readSettings(settings: JsonObject): {
  readonly only: readonly LocalToolName[] | undefined;
  readonly timeoutMs: number | undefined;
  readonly credentialFiles: readonly string[] | undefined;
} {
  const { only, timeoutSeconds, credentialFiles, ...others } = settings;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw settingError(
      unknown,
      'does not exist. The settings are "only", "timeoutSeconds" and "credentialFiles"',
    );
  }
  if (only !== undefined && !isNameList(only)) {
    throw settingError("only", `is ${JSON.stringify(only)}. Use a list of ${LOCAL_TOOL_NAMES.join(", ")}`);
  }
  if (timeoutSeconds !== undefined && typeof timeoutSeconds !== "number") {
    throw settingError("timeoutSeconds", `is ${JSON.stringify(timeoutSeconds)}. Use a number of seconds`);
  }
  if (credentialFiles !== undefined && !isTextList(credentialFiles)) {
    throw settingError(
      "credentialFiles",
      `is ${JSON.stringify(credentialFiles)}. Use a list of patterns: ["!.env", "secrets/**"]`,
    );
  }
  return {
    only,
    credentialFiles,
    timeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1_000,
  };
}

function isNameList(value: JsonValue): value is readonly LocalToolName[] {
  const names: readonly JsonValue[] = LOCAL_TOOL_NAMES;
  return Array.isArray(value) && value.every((name) => names.includes(name));
}

function isTextList(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

function settingError(name: string, problem: string): AxioError {
  return new AxioError("invalid-argument", `The setting ${JSON.stringify(name)} ${problem}.`);
}
