import { AxioError } from "./errors.ts";
import type { Guard, Tool, ToolContext, ToolOutput } from "./tool.ts";
import { compileToolSchema, type ToolInput, type ToolInputSchema } from "./tool-schema.ts";

/** What makes a tool. */
export interface ToolOptions<Parameters extends ToolInputSchema> {
  /** 1 to 64 of `A-Z a-z 0-9 _ -`. */
  readonly name: string;
  /** What the tool does and when to use it. The model reads this. */
  readonly description: string;
  /** A Standard Schema with JSON Schema output (zod 4, valibot, arktype), or a plain JSON Schema of `type: "object"`. */
  readonly inputSchema: Parameters;
  /**
   * Does the work. Gets validated arguments. What it gives is shown to the model: text and blocks as they are, anything
   * else as JSON. What it throws is shown to the model as an error result, and the run goes on.
   */
  readonly execute: (input: ToolInput<Parameters>, context: ToolContext) => ToolOutput | Promise<ToolOutput>;
  /** Look at each call before it runs, in order, after the agent's own guards. Default: none. */
  readonly guards?: readonly Guard[];
  /** How many calls of this tool may run at the same time. Default: no limit. */
  readonly concurrency?: number;
  /** Asks the provider to hold the model to the schema exactly. Default `false`. */
  readonly strict?: boolean;
}

const TOOL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Makes a tool.
 *
 * @throws AxioError `tool-schema` where the name or the schema cannot be used; `invalid-argument` for a `concurrency` that is no whole number from 1.
 *
 * @example
 * ```ts
 * import { defineTool } from "axio";
 * import { z } from "zod";
 *
 * const weather = defineTool({
 *   name: "weather",
 *   description: "Tells the weather of a city.",
 *   inputSchema: z.object({ city: z.string() }),
 *   execute: ({ city }) => `It is sunny in ${city}.`,
 * });
 * ```
 */
export function defineTool<const Parameters extends ToolInputSchema>(options: ToolOptions<Parameters>): Tool {
  const {
    name,
    description,
    inputSchema: parameters,
    execute,
    guards = [],
    concurrency = Number.POSITIVE_INFINITY,
    strict,
  } = options;
  assertToolLimits(name, concurrency);
  return {
    name,
    description,
    ...compileToolSchema(name, parameters),
    execute,
    guards,
    concurrency,
    ...(strict === undefined ? {} : { strict }),
  };
}

/** Checks what every kind of tool has. */
export function assertToolLimits(name: string, concurrency: number): void {
  if (!TOOL_NAME.test(name)) {
    throw new AxioError(
      "tool-schema",
      `${JSON.stringify(name)} cannot name a tool. Use 1 to 64 letters, digits, "_" and "-".`,
    );
  }
  if (!(concurrency >= 1 && (Number.isInteger(concurrency) || concurrency === Number.POSITIVE_INFINITY))) {
    throw new AxioError(
      "invalid-argument",
      `The tool ${JSON.stringify(name)} has a concurrency of ${concurrency}. Use a whole number from 1, or leave it out.`,
    );
  }
}
