import { isObject, type JsonObject, stringMember } from "../../json.ts";
import { cacheControl } from "./blocks.ts";
import {
  anyObject,
  anything,
  boolean,
  type Check,
  type Checks,
  first,
  listOf,
  nullable,
  number,
  oneOf,
  shape,
  text,
} from "./check.ts";
import { blockMessages } from "./messages-of.ts";
import { outputSchemaProblem } from "./output-schema.ts";

const TEXT = text();
const CALLERS = listOf(
  oneOf("direct", "code_execution_20250825", "code_execution_20260120", "code_execution_20260521"),
);
const SHARED: Checks = {
  cache_control: cacheControl,
  defer_loading: boolean,
  strict: boolean,
  allowed_callers: CALLERS,
};
const DOMAINS = nullable(listOf(TEXT));
const USES = nullable(number(1, Number.MAX_SAFE_INTEGER, true));

const CUSTOM = shape(
  { name: text({ min: 1, max: 128, pattern: /^[a-zA-Z0-9_-]{1,128}$/ }), input_schema: anyObject },
  {
    ...SHARED,
    description: TEXT,
    eager_input_streaming: nullable(boolean),
    input_examples: listOf(anyObject),
    type: nullable(oneOf("custom")),
  },
);

/** The members of a tool that the service or the model defines, by the beginning of its type. */
const DEFINED: readonly (readonly [pattern: RegExp, name: string, members: Checks])[] = [
  [
    /^web_search_(20250305|20260209|20260318)$/,
    "web_search",
    {
      allowed_domains: DOMAINS,
      blocked_domains: DOMAINS,
      max_uses: USES,
      user_location: nullable(anyObject),
      response_inclusion: anything,
    },
  ],
  [
    /^web_fetch_(20250910|20260209|20260309|20260318)$/,
    "web_fetch",
    {
      allowed_domains: DOMAINS,
      blocked_domains: DOMAINS,
      max_uses: USES,
      max_content_tokens: USES,
      citations: nullable(anyObject),
      url_sources: anything,
      use_cache: boolean,
      response_inclusion: anything,
    },
  ],
  [/^code_execution_(20250522|20250825|20260120|20260521)$/, "code_execution", {}],
  [/^tool_search_tool_regex(_20251119)?$/, "tool_search_tool_regex", {}],
  [/^tool_search_tool_bm25(_20251119)?$/, "tool_search_tool_bm25", {}],
  [/^memory_20250818$/, "memory", { input_examples: listOf(anyObject) }],
  [/^bash_(20241022|20250124)$/, "bash", { input_examples: listOf(anyObject) }],
  [
    /^text_editor_(20250429|20250728)$/,
    "str_replace_based_edit_tool",
    { max_characters: USES, input_examples: listOf(anyObject) },
  ],
  [/^text_editor_(20241022|20250124)$/, "str_replace_editor", { input_examples: listOf(anyObject) }],
  [
    /^computer_(20241022|20250124|20251124)$/,
    "computer",
    {
      display_height_px: USES,
      display_width_px: USES,
      display_number: USES,
      enable_zoom: boolean,
      input_examples: listOf(anyObject),
    },
  ],
  [/^advisor_20260301$/, "advisor", { model: TEXT, max_uses: USES, max_tokens: USES, caching: anything }],
];

/** Toolsets have no name. */
const TOOLSETS: Checks = {
  mcp_toolset: shape(
    { type: TEXT, mcp_server_name: TEXT },
    { cache_control: cacheControl, default_config: anyObject, configs: nullable(anyObject) },
  ),
  computer_toolset_20260801: shape(
    { type: TEXT },
    { cache_control: cacheControl, configs: nullable(anyObject) },
  ),
  browser_toolset_20260801: shape(
    { type: TEXT },
    { cache_control: cacheControl, configs: nullable(anyObject) },
  ),
};

/** Each tool must have a known type, the right members, a unique name, and a schema that the service supports. */
export function refuseTools(body: JsonObject): string | undefined {
  const tools = Array.isArray(body["tools"]) ? body["tools"] : [];
  return (
    first(tools, (tool, index) => checkTool(tool, `tools.${index}`)) ??
    refuseToolSet(body, tools.filter(isObject))
  );
}

function checkTool(value: unknown, path: string): string | undefined {
  const type = stringMember(value, "type");
  if (!isObject(value)) return anyObject(value, path);
  if (type === undefined || type === "custom") {
    return CUSTOM(value, `${path}.custom`) ?? schemaProblem(value, `${path}.custom`);
  }
  const toolset: Check | undefined = Object.hasOwn(TOOLSETS, type) ? TOOLSETS[type] : undefined;
  if (toolset !== undefined) return toolset(value, `${path}.${type}`);
  const defined = DEFINED.find(([pattern]) => pattern.test(type));
  if (defined === undefined) {
    return `${path}: Input tag '${type}' found using 'type' does not match any of the expected tags: 'bash_20250124', 'custom', 'text_editor_20250728', 'web_search_20260318'`;
  }
  const [, name, members] = defined;
  return shape({ type: TEXT, name: oneOf(name) }, { ...SHARED, ...members })(value, `${path}.${type}`);
}

function schemaProblem(tool: JsonObject, path: string): string | undefined {
  const schema = tool["input_schema"];
  if (!isObject(schema)) return undefined;
  if (schema["type"] !== "object") return `${path}.input_schema.type: Input should be 'object'`;
  const combinator = ["oneOf", "anyOf", "allOf"].find((keyword) => schema[keyword] !== undefined);
  if (combinator !== undefined) {
    return `${path}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`;
  }
  return tool["strict"] === true ? outputSchemaProblem(schema, `${path}.input_schema`) : undefined;
}

function refuseToolSet(body: JsonObject, tools: readonly JsonObject[]): string | undefined {
  const names = tools.flatMap((tool) => stringMember(tool, "name") ?? []);
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate !== undefined) return "tools: Tool names must be unique.";
  if (tools.length > 0 && tools.every((tool) => tool["defer_loading"] === true)) {
    return "At least one tool must have defer_loading=false. All tools have defer_loading set.";
  }
  return refuseChoice(body, names, tools.length) ?? refuseMissingTools(body, tools.length);
}

function refuseChoice(body: JsonObject, names: readonly string[], count: number): string | undefined {
  const choice = body["tool_choice"];
  if (!isObject(choice)) return undefined;
  if (count === 0 && choice["type"] !== "none")
    return "tool_choice may only be specified while providing tools.";
  const name = stringMember(choice, "name");
  return choice["type"] !== "tool" || (name !== undefined && names.includes(name))
    ? undefined
    : `Tool '${String(name)}' not found in provided tools`;
}

function refuseMissingTools(body: JsonObject, count: number): string | undefined {
  if (count > 0) return undefined;
  const hasCalls = blockMessages(body).some(({ blocks }) => blocks.some(({ type }) => type === "tool_use"));
  return hasCalls ? "Requests which include `tool_use` or `tool_result` blocks must define tools" : undefined;
}
