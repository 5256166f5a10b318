import { isJsonObject, type JsonObject, type JsonValue } from "axio";
import { PERMISSION_MODES, type PermissionMode } from "../permissions/mode.ts";
import { parseRule, RULE_ACTIONS, type RuleTexts } from "../permissions/rule.ts";
import type { PermissionSettings } from "./app-settings.ts";

/** Reports a member of the wrong type. */
export type Report = (member: readonly string[], expected: string) => void;

/** Reads the permission rules of the settings. A rule that is not valid is reported and left out; the others apply. */
export function readPermissions(
  value: JsonValue | undefined,
  report: Report,
): PermissionSettings | undefined {
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) {
    report(["permissions"], "an object");
    return undefined;
  }
  const { mode, folders } = value;
  return {
    ...readRules(value, ["permissions"], report),
    ...(mode === undefined ? {} : { mode: readMode(mode, report) }),
    ...(folders === undefined ? {} : { folders: readFolders(folders, report) }),
  };
}

function readMode(value: JsonValue, report: Report): PermissionMode | undefined {
  const mode = PERMISSION_MODES.find((known) => known === value);
  if (mode === undefined) report(["permissions", "mode"], `one of: ${PERMISSION_MODES.join(", ")}`);
  return mode;
}

function readFolders(value: JsonValue, report: Report): Readonly<Record<string, RuleTexts>> {
  if (!isJsonObject(value)) {
    report(["permissions", "folders"], "an object");
    return {};
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([folder, rules]) => {
      const path = ["permissions", "folders", folder];
      if (isJsonObject(rules)) return [[folder, readRules(rules, path, report)]];
      report(path, 'an object: { "allow", "ask", "deny" }');
      return [];
    }),
  );
}

function readRules(object: JsonObject, path: readonly string[], report: Report): RuleTexts {
  const lists = RULE_ACTIONS.flatMap((action) => {
    const list = object[action];
    if (list === undefined) return [];
    if (!Array.isArray(list)) {
      report([...path, action], "a list of rules");
      return [];
    }
    const rules = list.filter((text): text is string => {
      const parsed = typeof text === "string" ? parseRule(text) : { problem: "it must be a text" };
      if (!("problem" in parsed)) return true;
      report(
        [...path, action],
        `a list of rules, but ${JSON.stringify(text)} is not a rule: ${parsed.problem}`,
      );
      return false;
    });
    return [[action, rules] as const];
  });
  return Object.fromEntries(lists);
}
