import { checkOptions } from "./check-options.ts";
import { AxioError } from "./errors.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { compileSchema, type ObjectSchema, type ValidationResult } from "./object-schema.ts";
import { TEXT_TOOL_RULES, TOOL_RULES } from "./option-rules.ts";
import { toolOwner } from "./schema/schema-owner.ts";
import type {
  Grammar,
  Guard,
  InterruptedCall,
  ReconciledCall,
  Tool,
  ToolContext,
  ToolEffect,
  ToolOutput,
} from "./tool.ts";

/**
 * The options of {@link defineTool}.
 *
 * @typeParam Input The type of the input as the model writes it.
 * @typeParam Output The type of the validated input.
 */
export interface ToolOptions<Input = JsonObject, Output = Input> {
  /** 1 to 64 characters of `A-Z a-z 0-9 _ -`. */
  readonly name: string;
  /** Tells the model what the tool does and when to use it. */
  readonly description: string;
  /** The schema of the input: a Standard Schema (zod 4, valibot, arktype), a {@link jsonSchema}, or a JSON Schema. */
  readonly inputSchema: ObjectSchema<Input, Output>;
  /**
   * Runs the tool with the validated input. The model gets what it returns: strings and blocks as they are, anything else
   * as JSON. If it throws, the model gets an error result and the run goes on.
   */
  readonly execute: (input: Output, context: ToolContext) => ToolOutput | Promise<ToolOutput>;
  /** Check each call before it runs, in order, after the guards of the agent. Default: none. */
  readonly guards?: readonly Guard<Input>[] | undefined;
  /** How many calls of this tool may run at once. Default: no limit. */
  readonly concurrency?: number | undefined;
  /**
   * The largest text of a result, in bytes of UTF-8. The middle of a longer one is omitted, and the model is told so.
   * `Infinity` omits nothing. Default: 100,000.
   */
  readonly maxResultBytes?: number | undefined;
  /**
   * How long one call may run. Then its signal fires, the model gets an error result, and the run goes on. Default: no
   * limit.
   */
  readonly timeoutMs?: number | undefined;
  /** Makes the provider enforce the input schema, if it can. Default: `false`. */
  readonly strict?: boolean | undefined;
  /** Which effect a call has, which decides whether a durable run repeats it after a crash. Default: `once`. */
  readonly effect?: ToolEffect | undefined;
  /**
   * Finds out whether a call of effect `once` has happened whose worker was lost. If it has not, the call is run. If this throws,
   * or is omitted, the model is told that the outcome is unknown.
   */
  readonly reconcile?: ((input: Output, call: InterruptedCall) => Promise<ReconciledCall>) | undefined;
}

/** The options of {@link defineTextTool}. */
export interface TextToolOptions
  extends Pick<
    ToolOptions,
    "name" | "description" | "concurrency" | "maxResultBytes" | "timeoutMs" | "effect"
  > {
  /** The grammar that the provider enforces if it can. Default: free text. */
  readonly grammar?: Grammar | undefined;
  /** Runs the tool. If it throws, the model gets an error result and the run goes on. */
  readonly execute: (input: string, context: ToolContext) => ToolOutput | Promise<ToolOutput>;
  /** As in {@link ToolOptions}. They get the input as the model wrote it. Default: none. */
  readonly guards?: readonly Guard[] | undefined;
}

/** The longest delay of a timer. */
const MAX_TIMEOUT_MS = 2_147_483_647;

const TOOL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Creates a tool.
 *
 * @throws AxioError `tool-schema` if the name or the schema cannot be used; `invalid-argument` if a limit cannot be
 *   used.
 *
 * @example
 * ```ts
 * import { defineTool } from "axio";
 * import { z } from "zod";
 *
 * const weather = defineTool({
 *   name: "weather",
 *   description: "Returns the weather of a city.",
 *   inputSchema: z.object({ city: z.string() }),
 *   execute: ({ city }) => `It is sunny in ${city}.`,
 * });
 * ```
 */
export function defineTool<Input = JsonObject, Output = Input>(options: ToolOptions<Input, Output>): Tool {
  checkOptions("defineTool", options, TOOL_RULES);
  const { name, description, execute, strict, guards = [], maxResultBytes, timeoutMs, effect } = options;
  const { concurrency = Number.POSITIVE_INFINITY } = options;
  assertToolLimits({ name, concurrency, maxResultBytes, timeoutMs });
  const { jsonSchema: inputSchema, validate } = compileSchema(toolOwner(name), options.inputSchema);
  return {
    name,
    description,
    inputSchema,
    validate,
    execute,
    guards,
    concurrency,
    maxResultBytes,
    timeoutMs,
    strict,
    effect,
    reconcile: options.reconcile,
  };
}

/**
 * Creates a tool that the model calls with plain text, such as a patch or a query, instead of JSON.
 *
 * @throws AxioError `tool-schema` if the name cannot be used; `invalid-argument` if a limit cannot be used.
 *
 * @example
 * ```ts
 * import { defineTextTool } from "axio";
 *
 * const query = defineTextTool({
 *   name: "query",
 *   description: "Runs a SQL query.",
 *   execute: (sql) => `0 rows: ${sql}`,
 * });
 * ```
 */
export function defineTextTool(options: TextToolOptions): Tool {
  checkOptions("defineTextTool", options, TEXT_TOOL_RULES);
  const { name, description, grammar, execute, guards = [], maxResultBytes, timeoutMs, effect } = options;
  const { concurrency = Number.POSITIVE_INFINITY } = options;
  assertToolLimits({ name, concurrency, maxResultBytes, timeoutMs });
  return {
    name,
    description,
    inputSchema: {
      type: "object",
      properties: { input: { type: "string" } },
      required: ["input"],
      additionalProperties: false,
    },
    freeform: { grammar },
    validate: validateText,
    execute,
    guards,
    concurrency,
    maxResultBytes,
    timeoutMs,
    effect,
  };
}

/** Accepts the text itself, or the object that holds it if the provider has no free-form tools. */
function validateText(input: unknown): ValidationResult<string> {
  const text = isJsonObject(input) ? input["input"] : input;
  return typeof text === "string"
    ? { ok: true, value: text }
    : { ok: false, issues: ["the input must be a string"] };
}

function assertToolLimits(tool: Pick<Tool, "name" | "concurrency" | "maxResultBytes" | "timeoutMs">): void {
  const { name, concurrency, maxResultBytes = 1, timeoutMs = 1 } = tool;
  if (!TOOL_NAME.test(name)) {
    throw new AxioError(
      "tool-schema",
      `${JSON.stringify(name)} is not a valid tool name. Use 1 to 64 letters, digits, "_" and "-".`,
    );
  }
  if (!(concurrency >= 1 && (Number.isInteger(concurrency) || concurrency === Number.POSITIVE_INFINITY))) {
    throw new AxioError(
      "invalid-argument",
      `The tool ${JSON.stringify(name)} has a concurrency of ${concurrency}. Use a whole number from 1, or omit it.`,
    );
  }
  if (!(maxResultBytes >= 1)) {
    throw new AxioError(
      "invalid-argument",
      `The tool ${JSON.stringify(name)} has a maxResultBytes of ${maxResultBytes}. Use a number from 1, or omit it.`,
    );
  }
  if (!(timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw new AxioError(
      "invalid-argument",
      `The tool ${JSON.stringify(name)} has a timeoutMs of ${timeoutMs}. Use 1 to ${MAX_TIMEOUT_MS}, or omit it.`,
    );
  }
}
