import type { HostedTool, HostedToolSettings } from "./tool.ts";

/** The settings of one kind of hosted tool. */
type Settings<Type extends HostedToolSettings["type"]> = Omit<
  Extract<HostedToolSettings, { readonly type: Type }>,
  "type"
>;

const NO_ARGUMENTS = { type: "object", properties: {}, additionalProperties: false } as const;

/**
 * Lets the model search the web. The provider runs it: each search is a `hosted-tool` block, and the pages that an answer
 * refers to are the `sources` of its text.
 *
 * @example
 * ```ts
 * import { Agent, webSearchTool } from "axio";
 *
 * const agent = new Agent({ transport, tools: [webSearchTool({ allowedDomains: ["nodejs.org"] })] });
 * ```
 */
export function webSearchTool(settings: Settings<"web-search"> = {}): HostedTool {
  return {
    name: "web_search",
    description: "Searches the web.",
    inputSchema: NO_ARGUMENTS,
    hosted: { ...settings, type: "web-search" },
  };
}

/** Lets the model make pictures. The provider runs it: each picture is an `image` block, and an `image-output` event. */
export function imageGenerationTool(settings: Settings<"image-generation"> = {}): HostedTool {
  return {
    name: "image_generation",
    description: "Makes a picture.",
    inputSchema: NO_ARGUMENTS,
    hosted: { ...settings, type: "image-generation" },
  };
}
