import type { HostedTool, HostedToolSettings } from "./tool.ts";

/** The settings of one type of hosted tool. */
type Settings<Type extends HostedToolSettings["type"]> = Omit<
  Extract<HostedToolSettings, { readonly type: Type }>,
  "type"
>;

const NO_INPUT = { type: "object", properties: {}, additionalProperties: false } as const;

/**
 * Lets the model search the web. Each search is a `hosted-tool` block, and the pages that an answer cites are the
 * `sources` of its text.
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
    inputSchema: NO_INPUT,
    hosted: { ...settings, type: "web-search" },
  };
}

/** Lets the model create images. Each image is an `image` block and an `image-output` event. */
export function imageGenerationTool(settings: Settings<"image-generation"> = {}): HostedTool {
  return {
    name: "image_generation",
    description: "Creates an image.",
    inputSchema: NO_INPUT,
    hosted: { ...settings, type: "image-generation" },
  };
}
