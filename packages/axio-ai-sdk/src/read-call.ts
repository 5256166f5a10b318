import {
  InvalidArgumentError,
  type LanguageModelV4CallOptions,
  type SharedV4Warning,
  UnsupportedFunctionalityError,
} from "@ai-sdk/provider";
import {
  type CompletionTransport,
  type GenerationSetting,
  isJsonObject,
  type JsonObject,
  type ModelSpec,
  type OutputFormat,
  type ReasoningOptions,
  type StreamRequest,
} from "axio";
import { fitSettings, nearestEffort, readSettings } from "axio-inbound/internal";
import { METADATA_KEY } from "./metadata.ts";
import { readPrompt } from "./read-prompt.ts";
import { readTools } from "./read-tools.ts";

/** A call, converted. */
export interface ReadCall {
  readonly request: StreamRequest;
  readonly warnings: readonly SharedV4Warning[];
}

/** The settings of the response, by their names in the AI SDK. */
const SETTINGS = {
  maxOutputTokens: "maxOutputTokens",
  temperature: "temperature",
  topP: "topP",
  topK: "topK",
  presencePenalty: "presencePenalty",
  frequencyPenalty: "frequencyPenalty",
  seed: "seed",
  stopSequences: "stop",
} as const satisfies Partial<Record<keyof LanguageModelV4CallOptions, GenerationSetting>>;

/** The transport and model that a call is converted for. */
export interface CallTarget {
  readonly transport: Pick<CompletionTransport, "unsupportedSettings">;
  readonly model: ModelSpec;
  /** Refuses settings that have no effect, instead of naming them in warnings. */
  readonly strict: boolean;
}

/** The options of `providerOptions.axio`. */
const OWN_OPTIONS = new Set(["conversationId", "runId", "reasoningEffort", "reasoningSummary"]);

/** The options of `providerOptions.openai` that have the same meaning here. */
const OPENAI_OPTIONS = new Set(["promptCacheKey", "reasoningEffort", "reasoningSummary"]);

/** Options of `providerOptions.openai` that ask for what happens anyway. */
const OPENAI_DEFAULTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["store", false],
  ["parallelToolCalls", true],
  ["serviceTier", "auto"],
  ["textVerbosity", "medium"],
  ["strictJsonSchema", true],
]);

/**
 * Converts the options of a call.
 *
 * @throws InvalidArgumentError for an unknown option of `providerOptions.axio`; UnsupportedFunctionalityError for what cannot be
 *   sent, and in strict mode for what has no effect.
 */
export function readCall(
  options: LanguageModelV4CallOptions,
  { transport, model, strict }: CallTarget,
): ReadCall {
  const { prompt, responseFormat, providerOptions } = options;
  const own = readOptions(providerOptions?.[METADATA_KEY]);
  const openai = readOptions(providerOptions?.["openai"]);
  const unknown = Object.keys(own).find((name) => !OWN_OPTIONS.has(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError({
      argument: `providerOptions.axio.${unknown}`,
      message: `providerOptions.axio has no option ${JSON.stringify(unknown)}. It has: ${[...OWN_OPTIONS].join(", ")}.`,
    });
  const { tools, toolChoice, warnings: toolWarnings } = readTools(options.tools, options.toolChoice);
  const reasoning = readReasoning(options.reasoning, { ...openai, ...own }, model);
  const format = readFormat(responseFormat);
  const { settings, settingMembers } = readSettings(options, SETTINGS);
  const { request, unsupported: refusedSettings } = fitSettings(
    transport,
    {
      system: format.instruction ?? "",
      messages: readPrompt(prompt),
      tools,
      toolChoice,
      model,
      outputFormat: format.outputFormat,
      reasoning: reasoning.options,
      conversationId: textOf(own["conversationId"]) ?? textOf(openai["promptCacheKey"]),
      runId: textOf(own["runId"]),
      ...settings,
    },
    settingMembers,
  );
  const warnings: SharedV4Warning[] = [
    ...refusedSettings.map(({ parameter, reason }) => unsupported(parameter, reason)),
    ...Object.entries(openai)
      .filter(([name, value]) => !OPENAI_OPTIONS.has(name) && OPENAI_DEFAULTS.get(name) !== value)
      .map(([name]) => unsupported(`providerOptions.openai.${name}`)),
    ...toolWarnings,
    ...reasoning.warnings,
    ...format.warnings,
  ];
  const refused = strict ? warnings.find(({ type }) => type === "unsupported") : undefined;
  if (refused?.type === "unsupported")
    throw new UnsupportedFunctionalityError({
      functionality: refused.feature,
      message: `${refused.feature} has no effect. Omit it.`,
    });
  return { request, warnings };
}

function readOptions(options: unknown): JsonObject {
  const entries = isJsonObject(options) ? Object.entries(options) : [];
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

function unsupported(feature: string, details?: string): SharedV4Warning {
  return details === undefined ? { type: "unsupported", feature } : { type: "unsupported", feature, details };
}

function textOf(value: JsonObject[string] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function readReasoning(
  level: LanguageModelV4CallOptions["reasoning"],
  options: JsonObject,
  model: ModelSpec,
): { readonly options: ReasoningOptions | undefined; readonly warnings: readonly SharedV4Warning[] } {
  const wanted = textOf(options["reasoningEffort"]) ?? (level === "provider-default" ? undefined : level);
  const effort = wanted === undefined ? undefined : nearestEffort(wanted, model);
  const given = options["reasoningSummary"];
  const summary =
    given === "auto" || given === "concise" || given === "detailed" || given === "none" ? given : undefined;
  const isOther = effort !== wanted;
  return {
    options: effort === undefined && summary === undefined ? undefined : { effort, summary },
    warnings: isOther
      ? [
          {
            type: "compatibility",
            feature: "reasoning",
            details: `The model ${model.id} does not have the effort ${JSON.stringify(wanted)}. ${effort === undefined ? "Its default" : JSON.stringify(effort)} is used.`,
          },
        ]
      : [],
  };
}

function readFormat(format: LanguageModelV4CallOptions["responseFormat"]): {
  readonly outputFormat?: OutputFormat;
  readonly instruction?: string;
  readonly warnings: readonly SharedV4Warning[];
} {
  if (format?.type !== "json") return { warnings: [] };
  if (format.schema !== undefined) {
    const { $schema: _, ...schema } = format.schema as unknown as JsonObject;
    const name = (format.name ?? "response").replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, 64) || "response";
    return { outputFormat: { name, schema }, warnings: [] };
  }
  return {
    instruction: "Respond with one JSON object and nothing else.",
    warnings: [
      {
        type: "compatibility",
        feature: "JSON without a schema",
        details: "The model is asked for JSON, which nothing enforces. Give a schema.",
      },
    ],
  };
}
