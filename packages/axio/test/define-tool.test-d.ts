import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import { defineTool, type Guard, type JsonObject, jsonSchema, type Tool } from "axio";
import * as v from "valibot";
import { z } from "zod";

// This file is only compiled, not run.

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function assertType<_Holds extends true>(): void {}

const base = { name: "tool", description: "A tool." } as const;

const zodSchema = z.object({ city: z.string(), days: z.number().default(1) });
const tool: Tool = defineTool({
  ...base,
  inputSchema: zodSchema,
  execute: (input, { signal, emit }) => {
    assertType<Equals<typeof input, { city: string; days: number }>>();
    assertType<Equals<typeof signal, AbortSignal>>();
    emit(input.city);
    // @ts-expect-error -- the schema has no such property
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
    // @ts-expect-error -- the schema has no such property
    return input.country;
  },
});

defineTool({
  ...base,
  inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  execute: (input) => {
    const object: JsonObject = input;
    // @ts-expect-error -- the compiler knows no properties of a plain JSON Schema
    const city: string = input["city"];
    return [object, city];
  },
});

defineTool({
  ...base,
  inputSchema: jsonSchema<{ readonly city: string }>({ type: "object" }),
  execute: (input) => {
    assertType<Equals<typeof input, { readonly city: string }>>();
    return input.city;
  },
});

// Guards get the input before the schema transforms it. A guard without a type fits every tool.
const anyGuard: Guard = () => ({ action: "allow" });
defineTool({
  ...base,
  inputSchema: zodSchema,
  guards: [
    ({ input }) => {
      assertType<Equals<typeof input, { city: string; days?: number | undefined }>>();
      return { action: "allow" };
    },
    anyGuard,
  ],
  execute: () => "",
});
const cityGuard: Guard<{ readonly city: string }> = ({ input }) => ({ action: "deny", reason: input.city });
defineTool({ ...base, inputSchema: zodSchema, guards: [cityGuard], execute: () => "" });
// @ts-expect-error -- the guard needs a city
defineTool({ ...base, inputSchema: z.object({}), guards: [cityGuard], execute: () => "" });

interface Report {
  readonly city: string;
  readonly wind?: number;
}
// A tool may return an interface of the caller, nothing, or a promise.
defineTool({ ...base, inputSchema: zodSchema, execute: ({ city }): Report => ({ city }) });
defineTool({ ...base, inputSchema: zodSchema, execute: async ({ city }): Promise<Report> => ({ city }) });
defineTool({ ...base, inputSchema: zodSchema, execute: async () => undefined });
defineTool({ ...base, inputSchema: zodSchema, execute: () => {} });
// A big integer becomes text.
defineTool({ ...base, inputSchema: zodSchema, execute: () => 1n });
// @ts-expect-error -- a symbol has no text
defineTool({ ...base, inputSchema: zodSchema, execute: () => Symbol("a") });

// @ts-expect-error -- valibot's schemas need toStandardJsonSchema()
defineTool({ ...base, inputSchema: v.object({ city: v.string() }), execute: () => "" });
// @ts-expect-error -- a tool needs a description
defineTool({ name: "tool", inputSchema: zodSchema, execute: () => "" });
// @ts-expect-error -- a tool's definition is read-only
tool.name = "other";
