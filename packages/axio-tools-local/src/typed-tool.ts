import {
  defineTool,
  type JsonObject,
  type Tool,
  type ToolContext,
  type ToolOptions,
  type ToolOutput,
} from "axio";

/** A tool with a JSON Schema, and the type that the schema describes. */
export interface TypedToolOptions<Input> extends Omit<ToolOptions<JsonObject>, "execute"> {
  readonly execute: (input: Input, context: ToolContext) => Promise<ToolOutput>;
}

/** Makes a tool whose arguments have a type: they were checked against the schema before `execute` gets them. */
export function typedTool<Input>({ execute, ...options }: TypedToolOptions<Input>): Tool {
  return defineTool({ ...options, execute: (input, context) => execute(input as unknown as Input, context) });
}

/** The schema of a tool's arguments. */
export function objectSchema(properties: JsonObject, required: readonly string[] = []): JsonObject {
  return { type: "object", properties, required };
}
