import { isJsonObject, type JsonValue } from "axio";
import { type ParseError, parse } from "jsonc-parser";

/**
 * The settings that a folder may bring, in `.axio/settings.json`. Nothing that sends data elsewhere, starts programs or lifts a
 * restriction.
 */
export interface FolderSettings {
  /** The name of the provider to start with. */
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
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
  const known = MEMBERS.filter((name) => typeof document[name] === "string" && document[name] !== "");
  return {
    settings: Object.fromEntries(known.map((name) => [name, document[name]])),
    ignored: Object.keys(document).filter((name) => !known.some((member) => member === name)),
  };
}
