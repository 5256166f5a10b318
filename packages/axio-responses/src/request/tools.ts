import {
  AxioError,
  type HostedToolSettings,
  isJsonObject,
  type JsonObject,
  type ToolChoice,
  type ToolDefinition,
} from "axio";
import { STRICT_SUBSET, toolOwner, toSentSchema, withoutUndefined } from "axio/internal";
import { RESPONSES_KEY } from "../provider-data.ts";

/** A function. */
export type FunctionToolParam = {
  type: "function";
  name: string;
  description: string;
  strict: boolean;
  parameters: JsonObject;
};

/** A free-form tool. */
export type CustomToolParam = {
  type: "custom";
  name: string;
  description: string;
  format: { type: "text" } | { type: "grammar"; syntax: "lark" | "regex"; definition: string };
};

/** The hosted web search. */
export type WebSearchToolParam = {
  type: "web_search";
  external_web_access?: boolean;
  filters?: { allowed_domains: string[] };
  search_context_size?: "low" | "medium" | "high";
  user_location?: {
    type: "approximate";
    city?: string;
    region?: string;
    country?: string;
    timezone?: string;
  };
};

/** The hosted image generation. */
export type ImageGenerationToolParam = {
  type: "image_generation";
  size?: string;
  quality?: "auto" | "low" | "medium" | "high";
  background?: "auto" | "transparent" | "opaque";
  output_format?: "png" | "jpeg" | "webp";
  partial_images?: number;
};

/** A tool that only this API has, in its own form. The caller runs its calls. */
export interface OwnToolParam extends JsonObject {
  readonly type: OwnToolType;
}

type OwnToolType = "tool_search" | "local_shell" | "shell" | "apply_patch";

/** A tool. */
export type ToolParam =
  | FunctionToolParam
  | CustomToolParam
  | WebSearchToolParam
  | ImageGenerationToolParam
  | OwnToolParam;

/** Whether the model must call a tool, or which one. */
export type ToolChoiceParam =
  | "auto"
  | "none"
  | "required"
  | { type: "function" | "custom"; name: string }
  | { type: "web_search" | "image_generation" }
  | { type: "shell" }
  | { type: "apply_patch" };

/** Returns the form of a tool that only this API has: its `providerData.responses.tool`. */
function ownTool({ hosted, providerData }: ToolDefinition): OwnToolParam | undefined {
  const tool = hosted?.type === "provider" ? providerData?.[RESPONSES_KEY]?.["tool"] : undefined;
  return isJsonObject(tool) && isOwnType(tool["type"]) ? { ...tool, type: tool["type"] } : undefined;
}

function isOwnType(type: JsonObject[string] | undefined): type is OwnToolType {
  return type === "tool_search" || type === "local_shell" || type === "shell" || type === "apply_patch";
}

/**
 * Converts a tool definition. A schema that the API cannot enforce is sent without `strict`.
 *
 * @throws AxioError `tool-schema` if the schema is invalid; `unsupported-parameter` for a tool that another provider runs.
 */
export function toToolParam(tool: ToolDefinition): ToolParam {
  const { name, description, hosted, freeform, strict = false, inputSchema } = tool;
  if (hosted !== undefined) return ownTool(tool) ?? toHostedTool(name, hosted);
  if (freeform !== undefined) {
    const { grammar } = freeform;
    const format: CustomToolParam["format"] =
      grammar === undefined ? { type: "text" } : { type: "grammar", ...grammar };
    return { type: "custom", name, description, format };
  }
  const sent = toSentSchema(toolOwner(name), inputSchema, strict ? STRICT_SUBSET : undefined);
  return { type: "function", name, description, strict: sent.strict, parameters: sent.schema };
}

/**
 * Converts a tool choice.
 *
 * @throws AxioError `invalid-argument` if the request does not have the tool.
 */
export function toToolChoice(
  choice: ToolChoice | undefined,
  tools: readonly ToolDefinition[],
): ToolChoiceParam {
  if (choice === undefined) return "auto";
  if (typeof choice === "string") return choice;
  const tool = tools.find(({ name }) => name === choice.name);
  if (tool === undefined) {
    const names = tools.map(({ name }) => name);
    throw new AxioError(
      "invalid-argument",
      `The toolChoice is ${JSON.stringify(choice.name)}, and there is no such tool. ${names.length === 0 ? "There are no tools." : `The tools are: ${names.join(", ")}.`}`,
    );
  }
  const own = ownTool(tool)?.type;
  if (own === "shell") return { type: own };
  if (own === "apply_patch") return { type: own };
  if (tool.hosted !== undefined) return { type: toHostedTool(tool.name, tool.hosted).type };
  return { type: tool.freeform === undefined ? "function" : "custom", name: choice.name };
}

function toHostedTool(
  name: string,
  hosted: HostedToolSettings,
): WebSearchToolParam | ImageGenerationToolParam {
  switch (hosted.type) {
    case "web-search": {
      const { allowedDomains, contextSize, live, location } = hosted;
      return {
        type: "web_search",
        ...(live === undefined ? {} : { external_web_access: live }),
        ...(allowedDomains === undefined ? {} : { filters: { allowed_domains: [...allowedDomains] } }),
        ...(contextSize === undefined ? {} : { search_context_size: contextSize }),
        ...(location === undefined
          ? {}
          : { user_location: { type: "approximate", ...withoutUndefined(location) } }),
      };
    }
    case "image-generation": {
      const { size, quality, background, format, partialImages } = hosted;
      return {
        type: "image_generation",
        ...(size === undefined ? {} : { size }),
        ...(quality === undefined ? {} : { quality }),
        ...(background === undefined ? {} : { background }),
        ...(format === undefined ? {} : { output_format: format }),
        ...(partialImages === undefined ? {} : { partial_images: partialImages }),
      };
    }
    case "provider":
      throw new AxioError(
        "unsupported-parameter",
        `The tool ${JSON.stringify(name)} is one that only another provider runs. Remove it, or define one that you run.`,
        { details: { parameter: "tools" } },
      );
  }
}
