import { AxioError, type JsonObject, type JsonValue } from "axio";
import { generationSettingsIn } from "axio/internal";
import type { Dialect, OptionalParameter } from "../dialect/dialect.ts";
import type { RequestOptions } from "./options.ts";

interface Parameter {
  readonly name: OptionalParameter;
  readonly option:
    | "parallelToolCalls"
    | "promptCacheKey"
    | "promptCacheRetention"
    | "safetyIdentifier"
    | "serviceTier"
    | "verbosity";
  /** Whether the response is the same without it. */
  readonly isHint: boolean;
}

const PARAMETERS: readonly Parameter[] = [
  { name: "verbosity", option: "verbosity", isHint: false },
  { name: "service_tier", option: "serviceTier", isHint: false },
  { name: "parallel_tool_calls", option: "parallelToolCalls", isHint: true },
  { name: "prompt_cache_key", option: "promptCacheKey", isHint: true },
  { name: "prompt_cache_retention", option: "promptCacheRetention", isHint: true },
  { name: "safety_identifier", option: "safetyIdentifier", isHint: true },
];

/**
 * The body members of the options that are one value each. A hint is left out if the server does not have it.
 *
 * @throws AxioError `unsupported-parameter` for another option that the server does not have.
 */
export function toOptionalMembers(options: RequestOptions, hasTools: boolean, dialect: Dialect): JsonObject {
  const members: Record<string, JsonValue> = {};
  if (options.maxOutputTokens !== undefined) members[dialect.maxTokensParameter] = options.maxOutputTokens;
  for (const setting of generationSettingsIn(options)) {
    if (setting === "maxOutputTokens") continue;
    const value = options[setting];
    const member = dialect.settings[setting];
    if (member === undefined) refuse(setting, dialect);
    if (value !== undefined) members[member] = typeof value === "number" ? value : [...value];
  }
  for (const { name, option, isHint } of PARAMETERS) {
    const value = options[option];
    // Servers refuse it without tools.
    if (value === undefined || (name === "parallel_tool_calls" && !hasTools)) continue;
    if (dialect.parameters.includes(name)) members[name] = value;
    else if (!isHint) refuse(name, dialect);
  }
  return members;
}

function refuse(parameter: string, dialect: Dialect): never {
  throw new AxioError(
    "unsupported-parameter",
    `${dialect.name} has no parameter ${parameter}. Omit the option.`,
    { details: { parameter } },
  );
}
