import { isJsonObject, type JsonValue } from "axio";
import { type ParseError, parse } from "jsonc-parser";
import { parseRule, type RuleTexts } from "../permissions/rule.ts";

/**
 * The settings that a folder may bring, in `.axio/settings.json`. Nothing that sends data elsewhere, starts programs or lifts a
 * restriction.
 */
export interface FolderSettings {
  /** The name of the provider to start with. */
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
  /** Rules that deny or ask. A folder can restrict its tools, but not allow anything. */
  readonly permissions?: Pick<RuleTexts, "deny" | "ask"> | undefined;
}

const MEMBERS = ["provider", "model", "effort"] as const;

/** Reads the settings of a folder. Members that are not valid, or that a folder may not set, are named in `ignored`. */
export function readFolderSettings(text: string): {
  readonly settings: FolderSettings;
  readonly ignored: readonly string[];
} {
  const errors: ParseError[] = [];
  const document: JsonValue = parse(text.replace(/^\uFEFF/, " "), errors, { allowTrailingComma: true });
  if (errors.length > 0 || !isJsonObject(document)) return { settings: {}, ignored: ["(not valid JSON)"] };
  const names = MEMBERS.filter((name) => typeof document[name] === "string" && document[name] !== "");
  const rules = readRules(document["permissions"]);
  return {
    settings: {
      ...Object.fromEntries(names.map((name) => [name, document[name]])),
      ...(rules.permissions === undefined ? {} : { permissions: rules.permissions }),
    },
    ignored: [
      ...Object.keys(document).filter(
        (name) => name !== "permissions" && !names.some((member) => member === name),
      ),
      ...rules.ignored,
    ],
  };
}

function readRules(value: JsonValue | undefined): {
  readonly permissions?: FolderSettings["permissions"];
  readonly ignored: readonly string[];
} {
  if (value === undefined) return { ignored: [] };
  if (!isJsonObject(value)) return { ignored: ["permissions"] };
  const ignored = Object.keys(value).flatMap((name) =>
    name === "deny" || name === "ask" ? [] : [`permissions.${name}`],
  );
  const list = (name: "deny" | "ask"): readonly string[] => {
    const texts = value[name] ?? [];
    const isRule = (text: JsonValue): text is string => typeof text === "string" && "rule" in parseRule(text);
    if (Array.isArray(texts) && texts.every(isRule)) return texts;
    ignored.push(`permissions.${name} (not a list of rules)`);
    return Array.isArray(texts) ? texts.filter(isRule) : [];
  };
  return { permissions: { deny: list("deny"), ask: list("ask") }, ignored };
}
