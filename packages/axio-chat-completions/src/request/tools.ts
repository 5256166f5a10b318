import { AxioError, type JsonObject, type ToolChoice, type ToolDefinition } from "axio";
import { assertDistinctNames, STRICT_SUBSET, toolOwner, toSentSchema } from "axio/internal";
import type { Dialect } from "../dialect/dialect.ts";
import { toDialectSchema } from "./dialect-schema.ts";
import type { ToolNames } from "./tool-names.ts";

/** A function that the model can call. */
export interface ToolParam {
  type: "function";
  function: { name: string; description: string; parameters: JsonObject; strict?: boolean | undefined };
}

/** Whether the model must call a tool, or which one. */
export type ToolChoiceParam =
  | "auto"
  | "none"
  | "required"
  | "any"
  | { type: "function"; function: { name: string } };

/** The members of a request that concern tools. */
export interface ToolMembers {
  readonly tools?: ToolParam[] | undefined;
  readonly tool_choice?: ToolChoiceParam | undefined;
}

/**
 * The tools of a request and the choice among them. Tools that the server runs are left out here.
 *
 * @throws AxioError `invalid-argument` for two tools of one name, and for a choice that is not among the tools; `tool-schema`
 *   for an invalid schema.
 */
export function toToolMembers(
  tools: readonly ToolDefinition[],
  choice: ToolChoice | undefined,
  names: ToolNames,
  dialect: Dialect,
): ToolMembers {
  assertDistinctNames(tools);
  const functions = tools.filter(({ hosted }) => hosted === undefined);
  const chosen = typeof choice === "object" ? assertOffered(choice.name, functions) : undefined;
  if (functions.length === 0) return {};
  if (chosen !== undefined && !dialect.namedToolChoice) {
    return { tools: [toToolParam(chosen, names, dialect)], tool_choice: dialect.requiredToolChoice };
  }
  return {
    tools: functions.map((tool) => toToolParam(tool, names, dialect)),
    tool_choice: toToolChoice(choice, names, dialect),
  };
}

function toToolParam(tool: ToolDefinition, names: ToolNames, dialect: Dialect): ToolParam {
  const { name, description, inputSchema, strict = false } = tool;
  const sent = toSentSchema(
    toolOwner(name),
    inputSchema,
    strict && dialect.strict ? STRICT_SUBSET : undefined,
  );
  return {
    type: "function",
    function: {
      name: names.toWire(name),
      description,
      parameters: toDialectSchema(sent.schema, dialect),
      strict: sent.strict ? true : undefined,
    },
  };
}

/** `auto` is what servers assume. */
function toToolChoice(
  choice: ToolChoice | undefined,
  names: ToolNames,
  dialect: Dialect,
): ToolChoiceParam | undefined {
  if (choice === undefined || choice === "auto") return undefined;
  if (choice === "required") return dialect.requiredToolChoice;
  if (choice === "none") return "none";
  return { type: "function", function: { name: names.toWire(choice.name) } };
}

function assertOffered(name: string, tools: readonly ToolDefinition[]): ToolDefinition {
  const tool = tools.find((candidate) => candidate.name === name);
  if (tool !== undefined) return tool;
  const offer =
    tools.length === 0
      ? "There are no tools."
      : `Choose one of: ${tools.map((each) => each.name).join(", ")}.`;
  throw new AxioError(
    "invalid-argument",
    `The toolChoice ${JSON.stringify(name)} is not among the tools. ${offer}`,
  );
}
