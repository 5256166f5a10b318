import type { ModelRequest } from "@openai/agents-core";
import {
  AxioError,
  type CompletionTransport,
  type GenerationSetting,
  isJsonObject,
  type JsonObject,
  type ModelSpec,
  type StreamRequest,
  type ToolChoice,
  type ToolDefinition,
} from "axio";
import type { Unsupported } from "axio-inbound";
import { fitSettings, nearestEffort, readSettings } from "axio-inbound/internal";
import { readInput } from "./read-input.ts";

/** A request, converted. */
export interface ReadRequest {
  readonly request: StreamRequest;
  /** The settings that have no effect. */
  readonly unsupported: readonly Unsupported[];
}

const REASON = "The setting is not passed on to the model.";

/** Settings that have no effect, and the value that asks for what happens anyway. */
const SETTINGS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["parallelToolCalls", true],
  ["truncation", "disabled"],
  ["store", false],
  ["promptCacheRetention", undefined],
  ["promptCacheOptions", undefined],
  ["contextManagement", undefined],
  ["text", undefined],
]);

/** The settings of the response, by their names in the Agents SDK. */
const GENERATION: Readonly<Record<string, GenerationSetting>> = {
  temperature: "temperature",
  topP: "topP",
  frequencyPenalty: "frequencyPenalty",
  presencePenalty: "presencePenalty",
  maxTokens: "maxOutputTokens",
};

const NO_INPUT: JsonObject = { type: "object", properties: {}, additionalProperties: false };

/**
 * Converts a request of the Agents SDK. Handoffs become tools.
 *
 * @throws AxioError `invalid-request` for what cannot be served: a prompt template, a stored conversation, a hosted tool of
 *   OpenAI.
 */
export function readRequest(
  given: ModelRequest,
  model: ModelSpec,
  transport: Pick<CompletionTransport, "unsupportedSettings">,
): ReadRequest {
  for (const member of ["prompt", "conversationId", "previousResponseId"] as const)
    if (given[member] !== undefined)
      throw new AxioError(
        "invalid-request",
        `The request has ${member}, and axio stores nothing at the provider. Send the items of the conversation instead.`,
        { details: { parameter: member } },
      );
  const { modelSettings: settings, tools, handoffs, outputType } = given;
  const wanted = settings.reasoning?.effort ?? undefined;
  const summary = settings.reasoning?.summary ?? undefined;
  const generation = readSettings(settings, GENERATION);
  const { request, unsupported } = fitSettings(
    transport,
    {
      system: given.systemInstructions ?? "",
      messages: readInput(given.input),
      tools: [...tools.map(readTool), ...handoffs.map(readHandoff)],
      toolChoice: readToolChoice(settings.toolChoice),
      model,
      reasoning: { effort: wanted === undefined ? undefined : nearestEffort(wanted, model), summary },
      outputFormat: readOutputType(outputType),
      signal: given.signal,
      ...generation.settings,
    },
    generation.settingMembers,
  );
  const others = Object.entries(settings).flatMap(([name, value]) =>
    SETTINGS.has(name) && value !== undefined && value !== null && value !== SETTINGS.get(name)
      ? [{ parameter: name, reason: REASON }]
      : [],
  );
  return { request, unsupported: [...unsupported, ...others] };
}

function readTool(tool: ModelRequest["tools"][number]): ToolDefinition {
  if (tool.type === "function")
    return {
      name: tool.name,
      description: tool.description,
      inputSchema: toJson(tool.parameters),
      strict: tool.strict ? true : undefined,
    };
  const data = "providerData" in tool ? toJson(tool.providerData ?? {}) : {};
  const type = tool.type === "hosted_tool" ? (data["type"] ?? tool.name) : tool.type;
  if (type === "web_search" || type === "web_search_preview")
    return {
      name: "web_search",
      description: "Searches the web.",
      inputSchema: NO_INPUT,
      hosted: { type: "web-search" },
    };
  if (type === "image_generation")
    return {
      name: "image_generation",
      description: "Creates an image.",
      inputSchema: NO_INPUT,
      hosted: { type: "image-generation" },
    };
  throw new AxioError(
    "invalid-request",
    `The tool ${JSON.stringify(tool.name)} runs at OpenAI, and cannot be offered here. Remove it, or define a function instead.`,
    { details: { parameter: "tools" } },
  );
}

function readHandoff({
  toolName,
  toolDescription,
  inputJsonSchema,
  strictJsonSchema,
}: ModelRequest["handoffs"][number]): ToolDefinition {
  const schema = toJson(inputJsonSchema);
  return {
    name: toolName,
    description: toolDescription,
    inputSchema: Object.keys(schema).length === 0 ? NO_INPUT : schema,
    strict: strictJsonSchema ? true : undefined,
  };
}

function readToolChoice(choice: string | undefined): ToolChoice | undefined {
  if (choice === undefined || choice === "auto" || choice === "none" || choice === "required") return choice;
  return { name: choice };
}

function readOutputType(output: ModelRequest["outputType"]): StreamRequest["outputFormat"] {
  if (output === "text") return undefined;
  const { name, schema, strict } = output;
  return { name, schema: toJson(schema), strict: strict ? true : undefined };
}

function toJson(value: unknown): JsonObject {
  const json: unknown = JSON.parse(JSON.stringify(value));
  return isJsonObject(json) ? json : {};
}
