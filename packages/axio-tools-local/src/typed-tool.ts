import {
  defineTool,
  type JsonObject,
  type Tool,
  type ToolContext,
  type ToolOptions,
  type ToolOutput,
} from "axio";

/** Options of a tool whose JSON Schema describes `Input`. */
export interface TypedToolOptions<Input> extends Omit<ToolOptions<JsonObject>, "execute"> {
  readonly execute: (input: Input, context: ToolContext) => Promise<ToolOutput>;
}

/** Creates a tool with a typed input. The input is validated against the schema before `execute` is called. */
export function typedTool<Input>({ execute, ...options }: TypedToolOptions<Input>): Tool {
  return defineTool({ ...options, execute: (input, context) => execute(input as unknown as Input, context) });
}

/** Returns the JSON Schema of an object. */
export function objectSchema(properties: JsonObject, required: readonly string[] = []): JsonObject {
  return { type: "object", properties, required };
}
