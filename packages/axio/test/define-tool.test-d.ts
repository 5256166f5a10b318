import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import { defineTool, type JsonObject, type Tool, type ToolInput } from "axio";
import * as v from "valibot";
import { z } from "zod";

// Nothing here runs: the assertion is that it compiles.

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function assertType<_Holds extends true>(): void {}

const base = { name: "tool", description: "A tool." } as const;

const zodSchema = z.object({ city: z.string(), days: z.number().default(1) });
assertType<Equals<ToolInput<typeof zodSchema>, { city: string; days: number }>>();
const tool: Tool = defineTool({
  ...base,
  inputSchema: zodSchema,
  execute: (input, { signal, emit }) => {
    assertType<Equals<typeof input, { city: string; days: number }>>();
    assertType<Equals<typeof signal, AbortSignal>>();
    emit(input.city);
    // @ts-expect-error -- the schema has no such member
    return input.country;
  },
});

defineTool({
  ...base,
  inputSchema: toStandardJsonSchema(v.object({ city: v.string(), days: v.optional(v.number()) })),
  execute: (input) => {
    assertType<Equals<typeof input, { city: string; days?: number | undefined }>>();
    return input.city;
  },
});

defineTool({
  ...base,
  inputSchema: type({ city: "string", "days?": "number" }),
  execute: (input) => {
    assertType<Equals<typeof input.city, string>>();
    // @ts-expect-error -- the schema has no such member
    return input.country;
  },
});

defineTool({
  ...base,
  inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  execute: (input) => {
    const object: JsonObject = input;
    // @ts-expect-error -- a plain JSON Schema says nothing of its members to the compiler
    const city: string = input["city"];
    return [object, city];
  },
});

interface Report {
  readonly city: string;
  readonly wind?: number;
}
// What a tool gives back may be an interface of the caller's, nothing at all, or a promise of either.
defineTool({ ...base, inputSchema: zodSchema, execute: ({ city }): Report => ({ city }) });
defineTool({ ...base, inputSchema: zodSchema, execute: async ({ city }): Promise<Report> => ({ city }) });
defineTool({ ...base, inputSchema: zodSchema, execute: async () => undefined });
defineTool({ ...base, inputSchema: zodSchema, execute: () => {} });
// @ts-expect-error -- JSON has no big integers
defineTool({ ...base, inputSchema: zodSchema, execute: () => 1n });

// @ts-expect-error -- valibot's schemas need toStandardJsonSchema()
defineTool({ ...base, inputSchema: v.object({ city: v.string() }), execute: () => "" });
// @ts-expect-error -- a tool needs a description
defineTool({ name: "tool", inputSchema: zodSchema, execute: () => "" });
// @ts-expect-error -- a tool's definition is read-only
tool.name = "other";
