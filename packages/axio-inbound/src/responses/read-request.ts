import {
  type AxioError,
  type GenerationSetting,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type OutputFormat,
  type ReasoningOptions,
} from "axio";
import type { InboundRequest } from "../shared/inbound-request.ts";
import {
  badRequest,
  optionalFlag,
  optionalObject,
  optionalText,
  requiredObjects,
  requiredText,
  textOf,
} from "../shared/members.ts";
import { readSettings, withSettings } from "../shared/settings.ts";
import { type KnownMembers, type Unsupported, unsupportedMembers } from "../shared/unsupported.ts";
import { type FindItem, readItems } from "./read-items.ts";
import { readTools } from "./read-tools.ts";

/** A request of the Responses API, converted. */
export interface ResponsesRequest extends InboundRequest {
  /** The body, for the response object, which repeats it. */
  readonly body: JsonObject;
  /** Whether the client wants the encrypted content of reasoning. */
  readonly includesEncryptedReasoning: boolean;
}

/** Options of {@link readResponsesRequest}. */
export interface ReadResponsesOptions {
  /** Finds items that the client refers to by id. Default: none is known. */
  readonly findItem?: FindItem | undefined;
  /** The items of the previous response and its input, which precede the input of this request. Default: none. */
  readonly previousItems?: readonly JsonObject[] | undefined;
}

/** The members that are settings. */
const SETTINGS: Readonly<Record<string, GenerationSetting>> = {
  frequency_penalty: "frequencyPenalty",
  max_output_tokens: "maxOutputTokens",
  presence_penalty: "presencePenalty",
  temperature: "temperature",
  top_p: "topP",
};

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(SETTINGS),
  "include",
  "input",
  "instructions",
  "model",
  "previous_response_id",
  "prompt_cache_key",
  "reasoning",
  "store",
  "stream",
  "text",
  "tool_choice",
  "tools",
]);

const NOT_SENT = "The setting is not passed on to the model.";

const REASONS: Readonly<Record<string, string>> = {
  max_tool_calls: NOT_SENT,
  metadata: "It is returned with the response, and has no other effect.",
  prompt_cache_options: NOT_SENT,
  prompt_cache_retention: NOT_SENT,
  safety_identifier: NOT_SENT,
  service_tier: NOT_SENT,
  stream_options: "Events are never padded.",
  top_logprobs: NOT_SENT,
  truncation: NOT_SENT,
  user: NOT_SENT,
};

/** Values that ask for what happens anyway. */
const DEFAULTS: ReadonlyMap<string, JsonObject[string]> = new Map<string, JsonObject[string]>([
  ["background", false],
  ["parallel_tool_calls", true],
  ["service_tier", "auto"],
  ["truncation", "disabled"],
]);

const MEMBERS: KnownMembers = { known: KNOWN, reasons: REASONS, defaults: DEFAULTS };

/**
 * Converts a request of the Responses API.
 *
 * @throws AxioError `invalid-request` for what is malformed or cannot be served, `not-found` for a reference to an unknown
 *   item. `details.parameter` names the member.
 * @see https://platform.openai.com/docs/api-reference/responses/create
 * @example
 * ```ts
 * import { readResponsesRequest } from "axio-inbound";
 *
 * const { model, request, unsupported } = readResponsesRequest({ model: "gpt-5.5", input: "Hello", temperature: 0, user: "kim" });
 * console.log(model, request.temperature, unsupported[0]?.parameter); // gpt-5.5 0 user
 * ```
 */
export function readResponsesRequest(
  body: JsonObject,
  { findItem = () => undefined, previousItems = [] }: ReadResponsesOptions = {},
): ResponsesRequest {
  for (const member of ["background", "conversation", "prompt"]) {
    const value = body[member];
    if (value !== undefined && value !== null && value !== false)
      throw badRequest(`"${member}" is not available here: the server runs and stores nothing.`, member);
  }
  const given = body["input"];
  const items = typeof given === "string" ? [{ role: "user", content: given }] : given;
  const { messages, tools: additional } = readItems(
    [...previousItems, ...requiredObjects(items, "input")],
    findItem,
  );
  const own = body["tools"] ?? [];
  const { tools, toolChoice } = readTools(
    [...requiredObjects(own, "tools"), ...additional],
    body["tool_choice"],
  );
  const text = readText(optionalObject(body, "text") ?? {});
  const include = readInclude(body["include"] ?? []);
  optionalText(body, "previous_response_id");
  optionalFlag(body, "store");
  const { settings, settingMembers } = readSettings(body, SETTINGS);
  return {
    model: requiredText(body, "model", "model"),
    request: withSettings(
      {
        system: [optionalText(body, "instructions"), text.instruction].filter(Boolean).join("\n\n"),
        messages,
        tools,
        toolChoice,
        reasoning: readReasoning(optionalObject(body, "reasoning")),
        outputFormat: text.format,
        conversationId: optionalText(body, "prompt_cache_key"),
      },
      settings,
    ),
    settingMembers,
    effortMember: "reasoning.effort",
    stream: optionalFlag(body, "stream") === true,
    unsupported: [...unsupportedMembers(body, MEMBERS), ...text.unsupported, ...include.unsupported],
    body,
    includesEncryptedReasoning: include.names.has("reasoning.encrypted_content"),
  };
}

/** The values of `include` that axio passes on. */
const INCLUDED: ReadonlySet<string> = new Set([
  "reasoning.encrypted_content",
  "web_search_call.action.sources",
]);

function readInclude(value: JsonValue): {
  readonly names: ReadonlySet<string>;
  readonly unsupported: readonly Unsupported[];
} {
  if (!Array.isArray(value) || !value.every((name): name is string => typeof name === "string"))
    throw badRequest(`Invalid "include": a list of texts is expected.`, "include");
  const unknown = value.filter((name) => !INCLUDED.has(name));
  const reason = `Not available here: ${unknown.join(", ")}.`;
  const unsupported = unknown.length === 0 ? [] : [{ parameter: "include", reason }];
  return { names: new Set(value), unsupported };
}

function readReasoning(value: JsonObject | undefined): ReasoningOptions | undefined {
  if (value === undefined) return undefined;
  const effort = optionalText(value, "effort", "reasoning.effort");
  const summary = value["summary"] ?? value["generate_summary"];
  return {
    effort,
    summary: summary === "auto" || summary === "concise" || summary === "detailed" ? summary : undefined,
  };
}

interface ReadText {
  readonly format: OutputFormat | undefined;
  /** The instruction that stands in for a format that cannot be enforced. */
  readonly instruction: string | undefined;
  readonly unsupported: readonly Unsupported[];
}

function readText(text: JsonObject): ReadText {
  const format = optionalObject(text, "format", "text.format") ?? {};
  const verbosity = text["verbosity"] ?? "medium";
  const unsupported = verbosity === "medium" ? [] : [{ parameter: "text.verbosity", reason: NOT_SENT }];
  switch (format["type"]) {
    case "json_schema":
      return { format: toOutputFormat(format, "text.format"), instruction: undefined, unsupported };
    case "json_object":
      return { format: undefined, instruction: JSON_INSTRUCTION, unsupported };
    case undefined:
    case "text":
      return { format: undefined, instruction: undefined, unsupported };
    default:
      throw unknownFormat("text.format.type");
  }
}

/** Returns the error of an output format that does not exist. */
export function unknownFormat(path: string): AxioError {
  return badRequest(`Invalid "${path}": use "text", "json_object" or "json_schema".`, path);
}

/** The instruction to the model if a client wants JSON without a schema. */
export const JSON_INSTRUCTION = "Respond with one JSON object and nothing else.";

/**
 * Reads a format with a schema.
 *
 * @throws AxioError `invalid-request` if it has none.
 */
export function toOutputFormat(format: JsonObject, path: string): OutputFormat {
  const { schema } = format;
  if (!isJsonObject(schema)) throw badRequest(`"${path}.schema" is missing.`, `${path}.schema`);
  const { $schema: _, ...rest } = schema;
  const name = (textOf(format["name"]) ?? "response").replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, 64);
  return { name: name || "response", schema: rest, strict: format["strict"] === true ? true : undefined };
}
