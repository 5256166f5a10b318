import { AxioError, type JsonObject, type JsonValue } from "axio";
import type { ToolsPlugin } from "axio/plugin";
import { LOCAL_TOOL_NAMES, type LocalToolName, openLocalTools } from "./local-tools.ts";

/**
 * The tools as an app finds them. Settings: `only`, a list of names of tools, and `timeoutSeconds`.
 */
export const tools: ToolsPlugin = {
  title: "Files and commands",
  open: ({ cwd: folder, requestPermission: ask, env, settings, signal }) =>
    openLocalTools({ folder, ask, env, signal, ...readSettings(settings) }),
};

function readSettings(settings: JsonObject): {
  readonly only: readonly LocalToolName[] | undefined;
  readonly timeoutSeconds: number | undefined;
} {
  const { only, timeoutSeconds, ...others } = settings;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw settingError(unknown, 'is no setting. There are "only" and "timeoutSeconds"');
  }
  if (only !== undefined && !isNameList(only)) {
    throw settingError("only", `is ${JSON.stringify(only)}. Use a list of ${LOCAL_TOOL_NAMES.join(", ")}`);
  }
  if (timeoutSeconds !== undefined && typeof timeoutSeconds !== "number") {
    throw settingError("timeoutSeconds", `is ${JSON.stringify(timeoutSeconds)}. Use a number of seconds`);
  }
  return { only, timeoutSeconds };
}

function isNameList(value: JsonValue): value is readonly LocalToolName[] {
  const names: readonly JsonValue[] = LOCAL_TOOL_NAMES;
  return Array.isArray(value) && value.every((name) => names.includes(name));
}

function settingError(name: string, what: string): AxioError {
  return new AxioError("invalid-argument", `The setting ${JSON.stringify(name)} ${what}.`);
}
