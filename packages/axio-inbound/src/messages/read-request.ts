import {
  type GenerationSetting,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type ReasoningOptions,
  type ToolChoice,
  type ToolDefinition,
} from "axio";
import { toOutputFormat } from "../responses/read-request.ts";
import { webSearchSettings } from "../shared/hosted-settings.ts";
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
import { MessageWriter } from "../shared/message-writer.ts";
import { readSettings, withSettings } from "../shared/settings.ts";
import { type KnownMembers, type Unsupported, unsupportedMembers } from "../shared/unsupported.ts";
import { readContent } from "./read-content.ts";

/** A request of Anthropic's Messages API, converted. */
export interface MessagesRequest extends InboundRequest {
  /** Whether the client wants to see the text of thinking. */
  readonly showsThinking: boolean;
}

/** The members that are settings. */
const SETTINGS: Readonly<Record<string, GenerationSetting>> = {
  max_tokens: "maxOutputTokens",
  stop_sequences: "stop",
  temperature: "temperature",
  top_k: "topK",
  top_p: "topP",
};

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(SETTINGS),
  "cache_control",
  "messages",
  "model",
  "output_config",
  "output_format",
  "stream",
  "system",
  "thinking",
  "tool_choice",
  "tools",
]);

const NOT_SENT = "The setting is not passed on to the model.";

const REASONS: Readonly<Record<string, string>> = {
  container: NOT_SENT,
  context_management: "The history is sent as it is.",
  inference_geo: NOT_SENT,
  mcp_servers: "The server connects to no MCP server.",
  metadata: "It only identifies the conversation.",
  service_tier: NOT_SENT,
};

/** Values that ask for what happens anyway. */
const DEFAULTS: ReadonlyMap<string, JsonObject[string]> = new Map([["service_tier", "auto"]]);

const MEMBERS: KnownMembers = { known: KNOWN, reasons: REASONS, defaults: DEFAULTS };

const NO_PARAMETERS = { type: "object", properties: {} } as const;

/**
 * Converts a request of the Messages API.
 *
 * @param options.requiresMaxTokens Whether `max_tokens` must be present, as the API demands. Counting tokens does not need it.
 * @throws AxioError `invalid-request` for what is malformed or cannot be served. `details.parameter` names the member.
 * @see https://docs.anthropic.com/en/api/messages
 * @example
 * ```ts
 * import { readMessagesRequest } from "axio-inbound";
 *
 * const body = { model: "claude-axio-gpt-5.5", max_tokens: 1024, messages: [{ role: "user", content: "Hello" }] };
 * console.log(readMessagesRequest(body).request.messages[0]?.role); // user
 * ```
 */
export function readMessagesRequest(
  body: JsonObject,
  { requiresMaxTokens = true }: { readonly requiresMaxTokens?: boolean } = {},
): MessagesRequest {
  if (requiresMaxTokens && typeof body["max_tokens"] !== "number")
    throw badRequest(`Missing or invalid "max_tokens": a number is expected.`, "max_tokens");
  const { system, messages } = readMessages(body);
  const { tools, toolChoice, unsupported } = readTools(body);
  const thinking = optionalObject(body, "thinking") ?? {};
  const config = optionalObject(body, "output_config") ?? {};
  const format =
    optionalObject(config, "format", "output_config.format") ?? optionalObject(body, "output_format");
  const { settings, settingMembers } = readSettings(body, SETTINGS);
  // The API demands a limit, so a client cannot do without one.
  const { maxOutputTokens: _, ...listed } = settingMembers;
  return {
    model: requiredText(body, "model", "model"),
    request: withSettings(
      {
        system,
        messages,
        tools,
        toolChoice,
        reasoning: readThinking(thinking, config),
        outputFormat: format === undefined ? undefined : toOutputFormat(format, "output_config.format"),
        conversationId: sessionOf(body["metadata"]),
      },
      settings,
    ),
    settingMembers: listed,
    effortMember: config["effort"] === undefined ? "thinking" : "output_config.effort",
    stream: optionalFlag(body, "stream") === true,
    showsThinking: thinking["display"] !== "omitted",
    unsupported: [...unsupportedMembers(body, MEMBERS), ...unsupported],
  };
}

function readMessages(body: JsonObject): {
  readonly system: string;
  readonly messages: MessageWriter["messages"];
} {
  const system = body["system"] ?? "";
  const texts =
    typeof system === "string"
      ? [system]
      : requiredObjects(system, "system").map((part, index) =>
          requiredText(part, "text", `system[${index}].text`),
        );
  const writer = new MessageWriter();
  requiredObjects(body["messages"], "messages").forEach((message, index) => {
    const path = `messages[${index}]`;
    const { role } = message;
    if (role !== "user" && role !== "assistant" && role !== "system")
      throw badRequest(`Invalid "${path}.role": use "user" or "assistant".`, `${path}.role`);
    writer.write(role, readContent(message["content"], `${path}.content`));
  });
  return { system: texts.filter((text) => text !== "").join("\n\n"), messages: writer.messages };
}

/** Claude Code puts its session into the user id, as JSON or after a mark. */
function sessionOf(metadata: JsonValue | undefined): string | undefined {
  const userId = isJsonObject(metadata) ? textOf(metadata["user_id"]) : undefined;
  if (userId === undefined) return undefined;
  const marked = /_session_([0-9a-f-]{36})$/.exec(userId)?.[1];
  if (marked !== undefined) return marked;
  try {
    const value = JSON.parse(userId) as JsonValue;
    return (isJsonObject(value) ? textOf(value["session_id"]) : undefined) ?? userId;
  } catch {
    return userId;
  }
}

function readThinking(thinking: JsonObject, config: JsonObject): ReasoningOptions | undefined {
  const effort = optionalText(config, "effort", "output_config.effort");
  if (effort !== undefined) return { effort };
  const type = optionalText(thinking, "type", "thinking.type") ?? "enabled";
  if (type === "disabled") return { effort: "none" };
  if (type !== "enabled" && type !== "adaptive")
    throw badRequest(`Invalid "thinking.type": use "enabled", "adaptive" or "disabled".`, "thinking.type");
  const budget = thinking["budget_tokens"];
  if (typeof budget !== "number") return undefined;
  return { effort: budget < 4_000 ? "low" : budget < 16_000 ? "medium" : "high" };
}

interface ReadTools {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice | undefined;
  readonly unsupported: readonly Unsupported[];
}

function readTools(body: JsonObject): ReadTools {
  const tools = requiredObjects(body["tools"] ?? [], "tools").map((tool, index) =>
    readTool(tool, `tools[${index}]`),
  );
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const choice = optionalObject(body, "tool_choice") ?? {};
  const unsupported =
    choice["disable_parallel_tool_use"] === true
      ? [{ parameter: "tool_choice.disable_parallel_tool_use", reason: NOT_SENT }]
      : [];
  return { tools: [...byName.values()], toolChoice: readChoice(choice, byName), unsupported };
}

function readChoice(choice: JsonObject, tools: ReadonlyMap<string, ToolDefinition>): ToolChoice | undefined {
  switch (choice["type"]) {
    case "any":
      return "required";
    case "none":
      return "none";
    case "tool": {
      const name = requiredText(choice, "name", "tool_choice.name");
      if (!tools.has(name))
        throw badRequest(`"tool_choice" names a tool that the request does not have.`, "tool_choice.name");
      return { name };
    }
    case undefined:
    case "auto":
      return undefined;
    default:
      throw badRequest(
        `Invalid "tool_choice.type": use "auto", "any", "none" or "tool".`,
        "tool_choice.type",
      );
  }
}

function readTool(tool: JsonObject, path: string): ToolDefinition {
  const type = textOf(tool["type"]) ?? "custom";
  if (type.startsWith("web_search_"))
    return {
      name: "web_search",
      description: "Searches the web.",
      inputSchema: NO_PARAMETERS,
      hosted: webSearchSettings({
        domains: tool["allowed_domains"],
        location: tool["user_location"],
        sources: true,
      }),
    };
  const name = requiredText(tool, "name", `${path}.name`);
  const schema = tool["input_schema"];
  if (!isJsonObject(schema)) {
    throw badRequest(
      `"${path}" is the tool ${JSON.stringify(type)}, which cannot be offered here. Remove it, or define it with an "input_schema".`,
      `${path}.type`,
    );
  }
  return {
    name,
    description: textOf(tool["description"]) ?? "",
    inputSchema: schema,
    strict: tool["strict"] === true ? true : undefined,
  };
}
