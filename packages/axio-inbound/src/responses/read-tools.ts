import {
  type HostedToolSettings,
  isJsonObject,
  type JsonObject,
  type ToolChoice,
  type ToolDefinition,
} from "axio";
import { RESPONSES_KEY } from "axio-responses";
import { imageGenerationSettings, webSearchSettings } from "../shared/hosted-settings.ts";
import { badRequest, objectsOf, requiredText, textOf } from "../shared/members.ts";

/** The tools of a request, and whether the model may call them. */
export interface ReadTools {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice | undefined;
}

const NO_PARAMETERS = { type: "object", properties: {}, additionalProperties: false } as const;
const FREEFORM_PARAMETERS = {
  type: "object",
  properties: { input: { type: "string" } },
  required: ["input"],
  additionalProperties: false,
} as const;

/**
 * Converts the tools of a request. A later tool replaces an earlier one of the same name.
 *
 * @throws AxioError `invalid-request` for a malformed tool, and for a hosted tool that cannot be offered: leaving it out would
 *   change what the program does.
 */
export function readTools(tools: readonly JsonObject[], choice: JsonObject[string] | undefined): ReadTools {
  if (tools.length === 0) return restrict([], choice);
  const read = tools.flatMap((tool, index) => readTool(tool, `tools[${index}]`));
  const byName = new Map(read.map((tool) => [tool.name, tool]));
  return restrict([...byName.values()], choice);
}

function readTool(tool: JsonObject, path: string): readonly ToolDefinition[] {
  const { type } = tool;
  switch (type) {
    case "function":
      return [
        {
          name: requiredText(tool, "name", `${path}.name`),
          description: textOf(tool["description"]) ?? "",
          inputSchema: isJsonObject(tool["parameters"]) ? tool["parameters"] : NO_PARAMETERS,
          strict: tool["strict"] === true ? true : undefined,
        },
      ];
    case "custom":
      return [
        {
          name: requiredText(tool, "name", `${path}.name`),
          description: textOf(tool["description"]) ?? "",
          inputSchema: FREEFORM_PARAMETERS,
          freeform: { grammar: grammarOf(tool["format"]) },
        },
      ];
    case "namespace":
      return objectsOf(tool["tools"]).flatMap((inner, index) => readTool(inner, `${path}.tools[${index}]`));
    case "web_search":
    case "web_search_preview":
    case "web_search_2025_08_26":
    case "web_search_preview_2025_03_11":
      return [
        {
          name: "web_search",
          description: "Searches the web.",
          inputSchema: NO_PARAMETERS,
          hosted: webSearch(tool),
        },
      ];
    case "image_generation":
      return [
        {
          name: "image_generation",
          description: "Creates an image.",
          inputSchema: NO_PARAMETERS,
          hosted: imageGeneration(tool),
        },
      ];
    case "tool_search":
    case "local_shell":
    case "shell":
    case "apply_patch":
      // The client runs these itself. A transport of another API refuses them by name.
      return [
        {
          name: type,
          description: textOf(tool["description"]) ?? "",
          inputSchema: NO_PARAMETERS,
          hosted: { type: "provider" },
          providerData: { [RESPONSES_KEY]: { tool } },
        },
      ];
    default:
      throw badRequest(
        `"${path}" is the hosted tool ${JSON.stringify(type ?? null)}, which cannot be offered here. Remove it, or define a function instead.`,
        `${path}.type`,
      );
  }
}

function grammarOf(
  format: JsonObject[string] | undefined,
): { syntax: "lark" | "regex"; definition: string } | undefined {
  if (!isJsonObject(format) || format["type"] !== "grammar") return undefined;
  const definition = textOf(format["definition"]);
  const syntax = format["syntax"];
  if (definition === undefined || (syntax !== "lark" && syntax !== "regex")) return undefined;
  return { syntax, definition };
}

function webSearch(tool: JsonObject): HostedToolSettings {
  const {
    filters,
    search_context_size: contextSize,
    external_web_access: live,
    user_location: location,
  } = tool;
  const domains = isJsonObject(filters) ? filters["allowed_domains"] : undefined;
  return webSearchSettings({ domains, contextSize, live, location });
}

function imageGeneration(tool: JsonObject): HostedToolSettings {
  const { size, quality, background, output_format: format, partial_images: partialImages } = tool;
  return imageGenerationSettings({ size, quality, background, format, partialImages });
}

function restrict(tools: readonly ToolDefinition[], choice: JsonObject[string] | undefined): ReadTools {
  if (choice === undefined || choice === null) return { tools, toolChoice: undefined };
  if (choice === "auto" || choice === "none" || choice === "required") return { tools, toolChoice: choice };
  if (!isJsonObject(choice))
    throw badRequest(`Invalid "tool_choice": use "auto", "none", "required" or a tool.`, "tool_choice");
  if (choice["type"] === "allowed_tools") {
    const allowed = new Set(objectsOf(choice["tools"]).map(choiceName));
    const mode = choice["mode"] === "required" ? "required" : "auto";
    return { tools: tools.filter(({ name }) => allowed.has(name)), toolChoice: mode };
  }
  const name = choiceName(choice);
  if (name === undefined || !tools.some((tool) => tool.name === name))
    throw badRequest(`"tool_choice" names a tool that the request does not have.`, "tool_choice");
  return { tools, toolChoice: { name } };
}

function choiceName(choice: JsonObject): string | undefined {
  const name = textOf(choice["name"]);
  if (name !== undefined) return name;
  switch (choice["type"]) {
    case "web_search":
    case "web_search_preview":
      return "web_search";
    case "image_generation":
      return "image_generation";
    default:
      return undefined;
  }
}
