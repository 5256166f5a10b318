import type { HostedTool, JsonObject, ToolDefinition } from "axio";
import { withoutUndefined } from "axio/internal";
import { ANTHROPIC_KEY } from "./provider-data.ts";

/** The settings of {@link webFetchTool}. */
export interface WebFetchSettings {
  /** Restricts the tool to these domains. Default: all. */
  readonly allowedDomains?: readonly string[] | undefined;
  readonly blockedDomains?: readonly string[] | undefined;
  /** How many pages the model may fetch in one response. Default: no limit. */
  readonly maxUses?: number | undefined;
  /** How much of a page the model reads, in tokens. Default: no limit. */
  readonly maxContentTokens?: number | undefined;
  /** Whether the text cites the pages. Default: `false`. */
  readonly citations?: boolean | undefined;
}

/** Lets the model fetch web pages and PDFs whose URLs are part of the conversation. */
export function webFetchTool(settings: WebFetchSettings = {}): HostedTool {
  const { allowedDomains, blockedDomains, maxUses, maxContentTokens, citations } = settings;
  return hostedTool("web_fetch", "Fetches a web page.", {
    type: "web_fetch_20250910",
    name: "web_fetch",
    allowed_domains: allowedDomains,
    blocked_domains: blockedDomains,
    max_uses: maxUses,
    max_content_tokens: maxContentTokens,
    citations: citations === undefined ? undefined : { enabled: citations },
  });
}

/** Lets the model run code in a container of the provider. The container is kept while the conversation goes on. */
export function codeExecutionTool(): HostedTool {
  return hostedTool("code_execution", "Runs code.", {
    type: "code_execution_20250825",
    name: "code_execution",
  });
}

/**
 * Lets the model find tools by itself. Tools with {@link deferLoading} are described to the model only when it finds them, so
 * that many tools take little of its context.
 *
 * @param method How the model searches: in its own words, or with regular expressions. Default: `"bm25"`.
 */
export function toolSearchTool(method: "bm25" | "regex" = "bm25"): HostedTool {
  const name = `tool_search_tool_${method}`;
  return hostedTool(name, "Finds tools.", { type: `${name}_20251119`, name });
}

/**
 * Describes a tool to the model only when it finds the tool with {@link toolSearchTool}. At least one tool must not be deferred.
 *
 * @example
 * ```ts
 * import { defineTool } from "axio";
 * import { deferLoading, toolSearchTool } from "axio-transport-anthropic";
 *
 * const weather = defineTool({
 *   name: "weather",
 *   description: "Returns the weather of a city.",
 *   inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
 *   execute: ({ city }) => `It is sunny in ${city}.`,
 * });
 * const tools = [toolSearchTool(), deferLoading(weather)];
 * ```
 */
export function deferLoading<Tool extends ToolDefinition>(tool: Tool): Tool {
  return withMembers(tool, { defer_loading: true });
}

/**
 * Gives a tool the definition that Claude is trained on, in the place of its schema: `memory_20250818`, `bash_20250124` or
 * `text_editor_20250728`. The agent still runs the tool, and other providers get its schema.
 *
 * @param type The type of the definition. The tool must have the name that the type demands: `memory`, `bash`,
 *   `str_replace_based_edit_tool`.
 *
 * @example
 * ```ts
 * import { defineTool } from "axio";
 * import { withTrainedDefinition } from "axio-transport-anthropic";
 *
 * const memory = withTrainedDefinition(
 *   defineTool({
 *     name: "memory",
 *     description: "Reads and writes the files below /memories.",
 *     inputSchema: { type: "object", properties: { command: { type: "string" }, path: { type: "string" } } },
 *     execute: ({ command, path }) => `${command} ${path}: no such file`,
 *   }),
 *   "memory_20250818",
 * );
 * ```
 */
export function withTrainedDefinition<Tool extends ToolDefinition>(tool: Tool, type: string): Tool {
  return withMembers(tool, { type });
}

/** An MCP server that the provider connects to. */
export interface McpServerSettings {
  /** The name of the server for the model: letters, digits, `_` and `-`. */
  readonly name: string;
  /** The https URL of the server, which must be reachable from the internet. */
  readonly url: string;
  /** The token that the provider sends to the server. Default: none. */
  readonly authorizationToken?: string | undefined;
  /** The tools of the server that the model may call. Default: all. */
  readonly allowedTools?: readonly string[] | undefined;
}

/** Lets the model call the tools of an MCP server. The provider connects to the server, not this program. */
export function mcpServerTool(settings: McpServerSettings): HostedTool {
  const { name, url, authorizationToken, allowedTools } = settings;
  return hostedTool(name, `The tools of the MCP server ${name}.`, {
    type: "mcp_toolset",
    mcp_server_name: name,
    default_config: allowedTools === undefined ? undefined : { enabled: false },
    configs:
      allowedTools === undefined
        ? undefined
        : Object.fromEntries(allowedTools.map((tool) => [tool, { enabled: true }])),
    mcp_server: withoutUndefined({ type: "url", url, name, authorization_token: authorizationToken }),
  });
}

function hostedTool(name: string, description: string, definition: Record<string, unknown>): HostedTool {
  return {
    name,
    description,
    inputSchema: { type: "object", properties: {}, additionalProperties: false },
    hosted: { type: "provider" },
    providerData: { [ANTHROPIC_KEY]: withoutUndefined(definition) as JsonObject },
  };
}

function withMembers<Tool extends ToolDefinition>(tool: Tool, members: JsonObject): Tool {
  const { providerData } = tool;
  return {
    ...tool,
    providerData: { ...providerData, [ANTHROPIC_KEY]: { ...providerData?.[ANTHROPIC_KEY], ...members } },
  };
}
