import { assertToolLimits, type ToolOptions } from "./define-tool.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import type { Grammar, Tool, ToolContext, ToolOutput, ValidationResult } from "./tool.ts";

/** What makes a tool that takes plain text. */
export interface TextToolOptions extends Omit<ToolOptions<JsonObject>, "inputSchema" | "execute" | "strict"> {
  /** Holds the model's text to a grammar, where the provider can. Default: the text is free. */
  readonly grammar?: Grammar;
  /** Does the work. What it throws is shown to the model as an error result, and the run goes on. */
  readonly execute: (input: string, context: ToolContext) => ToolOutput | Promise<ToolOutput>;
}

/**
 * Makes a tool that the model calls with plain text, a patch or a query for one, in the place of JSON.
 *
 * @throws AxioError `tool-schema` where the name cannot be used; `invalid-argument` for a `concurrency` that is no whole number from 1.
 *
 * @example
 * ```ts
 * import { defineTextTool } from "axio";
 *
 * const query = defineTextTool({
 *   name: "query",
 *   description: "Runs a SQL query.",
 *   execute: (sql) => `You asked: ${sql}`,
 * });
 * ```
 */
export function defineTextTool(options: TextToolOptions): Tool {
  const {
    name,
    description,
    grammar,
    execute,
    guards = [],
    concurrency = Number.POSITIVE_INFINITY,
  } = options;
  assertToolLimits(name, concurrency);
  return {
    name,
    description,
    inputSchema: {
      type: "object",
      properties: { input: { type: "string" } },
      required: ["input"],
      additionalProperties: false,
    },
    freeform: grammar === undefined ? {} : { grammar },
    validate: textOf,
    execute,
    guards,
    concurrency,
  };
}

/** The text itself; from a provider without free-form tools, the member that holds it. */
function textOf(input: JsonValue): ValidationResult<string> {
  const text = isJsonObject(input) ? input["input"] : input;
  return typeof text === "string"
    ? { ok: true, value: text }
    : { ok: false, issues: ["the input must be a text"] };
}
