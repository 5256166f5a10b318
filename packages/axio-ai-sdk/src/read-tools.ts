import type { LanguageModelV4CallOptions, SharedV4Warning } from "@ai-sdk/provider";
import {
  type HostedToolSettings,
  isJsonObject,
  type JsonObject,
  type ToolChoice,
  type ToolDefinition,
} from "axio";
import { imageGenerationSettings, webSearchSettings } from "axio-inbound/internal";

type GivenTool = NonNullable<LanguageModelV4CallOptions["tools"]>[number];

/** The tools of a call. */
export interface ReadTools {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice | undefined;
  readonly warnings: readonly SharedV4Warning[];
}

const NO_INPUT: JsonObject = { type: "object", properties: {}, additionalProperties: false };
const TEXT_INPUT: JsonObject = {
  type: "object",
  properties: { input: { type: "string" } },
  required: ["input"],
  additionalProperties: false,
};

/** Converts the tools of a call. A tool that cannot be offered is named in a warning. */
export function readTools(
  given: LanguageModelV4CallOptions["tools"],
  choice: LanguageModelV4CallOptions["toolChoice"],
): ReadTools {
  const read = (given ?? []).map(readTool);
  return {
    tools: read.flatMap(({ tool }) => tool ?? []),
    toolChoice: choice?.type === "tool" ? { name: choice.toolName } : choice?.type,
    warnings: read.flatMap(({ warning }) => warning ?? []),
  };
}

interface ReadTool {
  readonly tool?: ToolDefinition;
  readonly warning?: SharedV4Warning | undefined;
}

function readTool(given: GivenTool): ReadTool {
  if (given.type !== "function") return readProviderTool(given.id, given.name, given.args);
  const { name, description = "", inputSchema, inputExamples, strict } = given;
  const examples = (inputExamples ?? []).map(({ input }) => JSON.stringify(input));
  const described =
    examples.length === 0 ? description : `${description}\n\nExamples of the input: ${examples.join(", ")}`;
  const warning: SharedV4Warning | undefined =
    examples.length === 0
      ? undefined
      : {
          type: "compatibility",
          feature: "tool input examples",
          details: `The examples of the tool ${name} are part of its description.`,
        };
  const schema = inputSchema as unknown as JsonObject;
  return { tool: { name, description: described, inputSchema: schema, strict }, warning };
}

/** Tools that a provider defines, by the end of their id: the AI SDK's own providers have the same under their names. */
function readProviderTool(id: string, name: string, args: Record<string, unknown>): ReadTool {
  const settings = JSON.parse(JSON.stringify(args)) as JsonObject;
  switch (id) {
    case "axio.web_search":
    case "openai.web_search":
    case "openai.web_search_preview":
      return {
        tool: { name, description: "Searches the web.", inputSchema: NO_INPUT, hosted: webSearch(settings) },
      };
    case "axio.image_generation":
    case "openai.image_generation":
      return {
        tool: {
          name,
          description: "Creates an image.",
          inputSchema: NO_INPUT,
          hosted: imageGeneration(settings),
        },
      };
    case "axio.custom":
    case "openai.custom":
      return { tool: customTool(name, settings) };
    default:
      return {
        warning: {
          type: "unsupported",
          feature: `provider-defined tool ${id}`,
          details: "The tool was not offered to the model. Define a function instead.",
        },
      };
  }
}

function customTool(name: string, { description, format }: JsonObject): ToolDefinition {
  const grammar = isJsonObject(format) && format["type"] === "grammar" ? format : undefined;
  const syntax = grammar?.["syntax"];
  const definition = grammar?.["definition"];
  return {
    name,
    description: typeof description === "string" ? description : "",
    inputSchema: TEXT_INPUT,
    freeform: {
      grammar:
        (syntax === "lark" || syntax === "regex") && typeof definition === "string"
          ? { syntax, definition }
          : undefined,
    },
  };
}

function webSearch(settings: JsonObject): HostedToolSettings {
  const {
    filters,
    searchContextSize: contextSize,
    externalWebAccess: live,
    userLocation: location,
  } = settings;
  const domains = isJsonObject(filters) ? filters["allowedDomains"] : undefined;
  return webSearchSettings({ domains, contextSize, live, location });
}

function imageGeneration(settings: JsonObject): HostedToolSettings {
  const { size, quality, background, outputFormat: format, partialImages } = settings;
  return imageGenerationSettings({ size, quality, background, format, partialImages });
}
