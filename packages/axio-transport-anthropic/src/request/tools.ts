import { AxioError, type JsonObject, type ToolChoice, type ToolDefinition } from "axio";
import { assertDistinctNames, toolOwner, toSentSchema, withoutUndefined } from "axio/internal";
import { ANTHROPIC_KEY, type WireBlock } from "../provider-data.ts";
import { ANTHROPIC_SUBSET } from "./anthropic-subset.ts";
import type { HostRules } from "./host-rules.ts";
import { toWireName } from "./tool-names.ts";
import type { WireMessage } from "./wire-message.ts";

/** The most strict tools, optional properties and unions that the API compiles for a request. */
const MAX_STRICT = { tools: 20, optional: 24, unions: 16 } as const;

/** The web search that models of all versions have. */
const WEB_SEARCH = "web_search_20250305";

/** The tools of a request, and what could not be sent as asked. */
export interface WireTools {
  readonly tools: readonly JsonObject[];
  readonly mcpServers: readonly JsonObject[];
  readonly warnings: readonly AxioError[];
}

/**
 * Converts the tools of a request.
 *
 * @throws AxioError `invalid-argument` for two tools of one name; `tool-schema` for an invalid schema;
 *   `unsupported-parameter` for a hosted tool that the API does not have.
 */
export function toWireTools(tools: readonly ToolDefinition[], rules: HostRules): WireTools {
  assertDistinctNames(tools);
  const warnings: AxioError[] = [];
  const left: Mutable<typeof MAX_STRICT> = { ...MAX_STRICT };
  const wire = tools.map((tool) => {
    const own = ownMembers(tool);
    if (tool.hosted !== undefined) return hostedTool(tool, own);
    // Tools that the API defines have no schema.
    if (typeof own["type"] === "string" && own["type"] !== "custom") return { name: tool.name, ...own };
    return customTool(tool, own, rules, left, warnings);
  });
  return {
    tools: wire.map(({ mcp_server: _, ...definition }: JsonObject) => definition),
    mcpServers: wire.flatMap(({ mcp_server: server }: JsonObject) =>
      server === undefined ? [] : [server as JsonObject],
    ),
    warnings,
  };
}

type Mutable<Value> = { -readonly [Name in keyof Value]: number };

/** The members that only this wire format has. */
function ownMembers(tool: ToolDefinition): JsonObject {
  return tool.providerData?.[ANTHROPIC_KEY] ?? {};
}

function customTool(
  tool: ToolDefinition,
  own: JsonObject,
  rules: HostRules,
  left: Mutable<typeof MAX_STRICT>,
  warnings: AxioError[],
): JsonObject {
  const { name, description, inputSchema } = tool;
  const isStrict = tool.strict === true && rules.strictTools && own["defer_loading"] !== true;
  const sent = toSentSchema(toolOwner(name), inputSchema, isStrict ? ANTHROPIC_SUBSET : undefined);
  const strict = sent.strict && takesFrom(left, sent.schema);
  if (tool.strict === true && !strict) {
    const problem = sent.problem ?? "the API does not enforce more schemas in one request.";
    warnings.push(
      new AxioError(
        "tool-schema",
        `The tool ${JSON.stringify(name)} is sent without strict: ${problem} What the model writes is validated anyway.`,
      ),
    );
  }
  return {
    name: toWireName(name),
    ...(description === "" ? {} : { description }),
    input_schema: strict ? sent.schema : toSentSchema(toolOwner(name), inputSchema).schema,
    ...(strict ? { strict: true } : {}),
    ...(rules.eagerInput ? { eager_input_streaming: true } : {}),
    ...own,
  };
}

/** Takes a strict schema from the limits of a request, if it fits. */
function takesFrom(left: Mutable<typeof MAX_STRICT>, schema: JsonObject): boolean {
  const cost = { tools: 1, optional: 0, unions: 0 };
  JSON.stringify(schema, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const { properties, required, anyOf, type } = value as JsonObject;
    if (typeof properties === "object" && properties !== null && type === "object") {
      const names = Array.isArray(required) ? required.length : 0;
      cost.optional += Object.keys(properties).length - names;
    }
    if (Array.isArray(anyOf) || Array.isArray(type)) cost.unions += 1;
    return value;
  });
  if (cost.tools > left.tools || cost.optional > left.optional || cost.unions > left.unions) return false;
  left.tools -= cost.tools;
  left.optional -= cost.optional;
  left.unions -= cost.unions;
  return true;
}

function hostedTool({ name, hosted }: ToolDefinition, own: JsonObject): JsonObject {
  if (hosted?.type === "web-search") {
    const { allowedDomains, location } = hosted;
    return {
      type: WEB_SEARCH,
      name: "web_search",
      ...(allowedDomains === undefined ? {} : { allowed_domains: [...allowedDomains] }),
      ...(location === undefined
        ? {}
        : { user_location: { type: "approximate", ...withoutUndefined(location) } }),
      ...own,
    };
  }
  if (hosted?.type === "provider" && typeof own["type"] === "string") return own;
  throw new AxioError(
    "unsupported-parameter",
    `Anthropic does not run the tool ${JSON.stringify(name)}. Remove the tool, or define one that you run.`,
    { details: { parameter: "tools" } },
  );
}

/**
 * The tools of a history, for a request that offers none: the API refuses calls and results without definitions. Their
 * schemas are not needed, because the model must not call them.
 */
export function toolsOfHistory(messages: readonly WireMessage[]): readonly JsonObject[] {
  const names = messages.flatMap(({ content }) =>
    content.flatMap(({ type, name }) => (type === "tool_use" && typeof name === "string" ? [name] : [])),
  );
  return [...new Set(names)].map((name) => ({ name, input_schema: { type: "object" } }));
}

/** Converts a tool choice. `auto` is what the API assumes. */
export function toToolChoice(choice: ToolChoice, toolCount: number): WireBlock | undefined {
  if (choice === "auto" || toolCount === 0) return undefined;
  if (choice === "none") return { type: "none" };
  if (choice === "required") return { type: "any" };
  return { type: "tool", name: toWireName(choice.name) };
}

/** @throws AxioError `invalid-argument` if a choice names a tool that is not among the tools. */
export function assertChoice(choice: ToolChoice | undefined, tools: readonly ToolDefinition[]): void {
  if (typeof choice !== "object" || tools.some(({ name }) => name === choice.name)) return;
  const offer =
    tools.length === 0
      ? "There are no tools."
      : `Choose one of: ${tools.map(({ name }) => name).join(", ")}.`;
  throw new AxioError(
    "invalid-argument",
    `The toolChoice ${JSON.stringify(choice.name)} is not among the tools. ${offer}`,
  );
}
