import fc from "fast-check";
import { repetitions } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { DIALECTS, ToolNames } from "../src/index.ts";

const named = (...names: readonly string[]) => names.map((name) => ({ name }));

describe("tool names", () => {
  test("are valid and distinct on the wire, and come back", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ maxLength: 80, unit: "binary" }), { maxLength: 8 }), (list) => {
        for (const dialect of [DIALECTS.openai, DIALECTS.gemini]) {
          const names = new ToolNames(named(...list), dialect);
          const wire = list.map((name) => names.toWire(name));
          for (const name of wire) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
          if (dialect === DIALECTS.gemini) for (const name of wire) expect(name).toMatch(/^[a-zA-Z_]/);
          expect(new Set(wire).size).toBe(list.length);
          expect(wire.map((name) => names.fromWire(name))).toEqual(list);
        }
      }),
      { numRuns: repetitions({ short: 30, full: 100 }) },
    );
  });

  test("that are good stay as they are, whatever else is offered", () => {
    const names = new ToolNames(named("a.b", "a b", "a_b"), DIALECTS.openai);
    expect(names.toWire("a_b")).toBe("a_b");
    expect(names.fromWire("a_b")).toBe("a_b");
  });

  test("that begin with a digit get a letter before it where the server demands one", () => {
    expect(new ToolNames(named("1st"), DIALECTS.gemini).toWire("1st")).toBe("_1st");
    expect(new ToolNames(named("1st"), DIALECTS.openai).toWire("1st")).toBe("1st");
  });
});
