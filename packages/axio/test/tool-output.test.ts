import { readFile } from "node:fs/promises";
import { runInNewContext } from "node:vm";
import { Agent, type ToolResultBlock } from "axio";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { cutText } from "../src/cut-text.ts";
import { toolOutcome } from "../src/tool-output.ts";
import { anyTool, read, toolResults } from "./support.ts";

type Outcome = Pick<ToolResultBlock, "content" | "isError">;

const isError = true;
const cycle = (): object => {
  const object: Record<string, unknown> = { name: "a" };
  object["self"] = object;
  return object;
};
const png = { type: "image", mediaType: "image/png", source: { kind: "base64", data: "AAAA" } };

/** The values that a tool may return or throw, the outcome in `docs/tools.md`, and examples. */
const RETURNED: readonly (readonly [
  value: string,
  result: string,
  examples: readonly (readonly [() => unknown, unknown])[],
])[] = [
  ["a string", "the string", [[() => "hello", { content: "hello" }]]],
  [
    "a list of valid `text`, `image` and `file` blocks, or one `image` or `file` block",
    "the blocks",
    [
      [() => [{ type: "text", text: "a" }, png], { content: [{ type: "text", text: "a" }, png] }],
      [() => png, { content: [png] }],
    ],
  ],
  [
    "a list in which a block is invalid",
    "error: names the block and its problem",
    [
      [
        () => [
          { type: "text", text: "a" },
          { type: "image", source: png.source },
        ],
        { content: expect.stringMatching(/block 1 of type "image" has no valid "mediaType"/), isError },
      ],
      [() => [png, "caption"], { content: expect.stringMatching(/block 1 is not a text/), isError }],
    ],
  ],
  ["`undefined`, nothing", "an empty text", [[() => undefined, { content: "" }]]],
  [
    "a number, a boolean, `null`, a list, an object",
    "its JSON. `NaN` and infinities are text",
    [
      [() => 1.5, { content: "1.5" }],
      [() => Number.NaN, { content: "NaN" }],
      [() => ({ a: [Number.POSITIVE_INFINITY] }), { content: '{"a":["Infinity"]}' }],
      [() => null, { content: "null" }],
      [() => ({ a: [1, undefined], b: undefined, c: () => 1 }), { content: '{"a":[1,null]}' }],
      [() => Object.create(null), { content: "{}" }],
    ],
  ],
  [
    "a `BigInt`",
    "its digits",
    [
      [() => 2n ** 64n, { content: "18446744073709551616" }],
      [() => ({ id: 1n }), { content: '{"id":"1"}' }],
    ],
  ],
  [
    "a `Date`, a `RegExp`, a `URL`",
    "its text, a date in ISO 8601",
    [
      [() => new Date(0), { content: "1970-01-01T00:00:00.000Z" }],
      [() => new Date(Number.NaN), { content: "Invalid Date" }],
      [() => ({ at: new Date(0) }), { content: '{"at":"1970-01-01T00:00:00.000Z"}' }],
      [() => /a+/g, { content: "/a+/g" }],
      [() => new URL("https://example.com/a"), { content: "https://example.com/a" }],
    ],
  ],
  [
    "a `Map`, a `Set`",
    "an object, or a list of pairs if a key is not a string; a list",
    [
      [() => new Map([["a", 1]]), { content: '{"a":1}' }],
      [() => new Map([[1, "a"]]), { content: '[[1,"a"]]' }],
      [() => ({ tags: new Set(["a", "b"]) }), { content: '{"tags":["a","b"]}' }],
    ],
  ],
  [
    "a value that contains itself",
    "its JSON, with `[circular]`",
    [
      [cycle, { content: '{"name":"a","self":"[circular]"}' }],
      [() => new Map([["a", cycle()]]), { content: '{"a":{"name":"a","self":"[circular]"}}' }],
    ],
  ],
  [
    "an object with `toJSON()`",
    "the JSON of what it returns",
    [[() => ({ toJSON: () => ({ a: 1n }) }), { content: '{"a":"1"}' }]],
  ],
  [
    "an object whose `toJSON()` or getter throws",
    "error: its message",
    [
      [
        () => ({
          toJSON: () => {
            throw new Error("detached");
          },
        }),
        { content: expect.stringMatching(/converted to JSON: detached/), isError },
      ],
      [
        () => ({
          get a() {
            throw new Error("detached");
          },
        }),
        { content: expect.stringMatching(/converted to JSON: detached/), isError },
      ],
    ],
  ],
  [
    "an `Error`",
    "error: its message",
    [
      [() => new Error("no such city"), { content: "no such city", isError }],
      [() => runInNewContext("new Error('elsewhere')"), { content: "elsewhere", isError }],
      [() => ({ first: new Error("no such city") }), { content: '{"first":"no such city"}' }],
    ],
  ],
  [
    "bytes: `ArrayBuffer`, `Uint8Array`, `Buffer`, `Blob`",
    "error: return text, or a block with base64. Inside an object: `[3 bytes]`",
    [
      [() => new Uint8Array(3), { content: expect.stringMatching(/bytes \(Uint8Array\).*base64/), isError }],
      [() => Buffer.from("abc"), { content: expect.stringMatching(/bytes \(Buffer\)/), isError }],
      [() => new ArrayBuffer(3), { content: expect.stringMatching(/bytes/), isError }],
      [() => new Blob(["abc"]), { content: expect.stringMatching(/bytes \(Blob\)/), isError }],
      [() => ({ data: new Uint8Array(3) }), { content: '{"data":"[3 bytes]"}' }],
    ],
  ],
  [
    "a `Response`, a stream",
    "error: return its text. Inside an object: `[Response]`",
    [
      [
        () => new Response("a"),
        { content: expect.stringMatching(/a Response\. .*await value\.text/), isError },
      ],
      [
        () => new (class Response$1 extends Response {})("a"),
        { content: expect.stringMatching(/a Response\. .*await value\.text/), isError },
      ],
      [
        () => new ReadableStream(),
        { content: expect.stringMatching(/a stream \(ReadableStream\)/), isError },
      ],
      [() => ({ response: new Response("a") }), { content: '{"response":"[Response]"}' }],
    ],
  ],
  [
    "a generator, an iterator, another iterable",
    "error: return a list",
    [
      [
        async function* () {
          yield 1;
        },
        { content: expect.stringMatching(/iterator.*as a list/), isError },
      ],
      [
        function* () {
          yield 1;
        },
        { content: expect.stringMatching(/iterator.*as a list/), isError },
      ],
      [() => new Map([["a", 1]]).values(), { content: expect.stringMatching(/iterator/), isError }],
      [() => new Headers({ a: "b" }), { content: expect.stringMatching(/Return a list/), isError }],
    ],
  ],
  [
    "a function, a symbol, a `WeakMap`, a `WeakSet`, a `WeakRef`",
    "error: what to return instead",
    [
      [() => () => 1, { content: expect.stringMatching(/a function\. Call it/), isError }],
      [() => Symbol("a"), { content: expect.stringMatching(/a symbol/), isError }],
      [() => new WeakMap(), { content: expect.stringMatching(/WeakMap/), isError }],
    ],
  ],
];

const THROWN: readonly (readonly [
  value: string,
  result: string,
  examples: readonly (readonly [unknown, unknown])[],
])[] = [
  [
    "throws an `Error`",
    "error: its message, and those of its `cause` and `errors`",
    [
      [new Error("no such city"), "no such city"],
      [new RangeError(), "RangeError"],
      [
        new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED 127.0.0.1:9") }),
        "fetch failed: connect ECONNREFUSED 127.0.0.1:9",
      ],
      [new AggregateError([new Error("first"), "second"], "All failed"), "All failed\n- first\n- second"],
      [runInNewContext("new Error('elsewhere')"), "elsewhere"],
    ],
  ],
  [
    "throws anything else",
    "error: its `message`, its text or its JSON",
    [
      ["text", "text"],
      [{ message: "no rows", code: 5 }, "no rows"],
      [{ code: 5 }, '{"code":5}'],
      [undefined, "undefined"],
      [5n, "5"],
      [Symbol("why"), "Symbol(why)"],
      [Object.create(null), "an error that cannot be shown"],
    ],
  ],
];

async function resultOf(execute: () => unknown, options: { maxResultBytes?: number } = {}): Promise<Outcome> {
  const tool = anyTool("tool", execute as () => object, options);
  const transport = new ScriptedTransport([toolAnswer(toolUse("1", "tool")), textAnswer("Done.")]);
  const { events, error } = await read(new Agent({ transport, tools: [tool] }).runStream("Go"));
  expect(error).toBeUndefined();
  const [result] = toolResults(events);
  return { content: result?.content ?? "", ...(result?.isError && { isError: true }) };
}

describe("class 12, values that JSON cannot express", () => {
  test.each(RETURNED)("%s: %s", async (_value, _result, examples) => {
    for (const [make, outcome] of examples) expect(await resultOf(make)).toEqual(outcome);
  });

  test.each(THROWN)("%s: %s", async (_value, _result, examples) => {
    for (const [thrown, content] of examples) {
      const execute = (): never => {
        throw thrown;
      };
      expect(await resultOf(execute)).toEqual({ content, isError: true });
    }
  });

  it("is the table of docs/tools.md", async () => {
    const table = [
      "| A tool returns | The model gets |\n| --- | --- |",
      ...[...RETURNED, ...THROWN].map(([value, result]) => `| ${value} | ${result} |`),
    ].join("\n");
    expect(await readFile(new URL("../../../docs/tools.md", import.meta.url), "utf8")).toContain(table);
  });

  it("has an outcome for any value", () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        const { content } = toolOutcome(value, 1_000);
        expect(typeof content === "string" || content.length > 0).toBe(true);
      }),
    );
  });

  it("gives plain JSON values as JSON.stringify does", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        if (typeof value === "string") return;
        expect(toolOutcome(value, Number.POSITIVE_INFINITY)).toEqual({ content: JSON.stringify(value) });
      }),
    );
  });
});

describe("class 4, text that is too long", () => {
  const bytes = (text: unknown): number => Buffer.byteLength(String(text));

  it("keeps its head and tail up to 100,000 bytes by default, and says what is omitted", async () => {
    const { content } = await resultOf(() => `begin${"x".repeat(11_000_000)}end`);
    expect(content).toMatch(/^beginx+\n\[… 10,900,008 of 11,000,008 bytes omitted …\]\nx+end$/);
    expect(bytes(content)).toBeLessThan(100_100);
  });

  it("has the limit of its tool, or none", async () => {
    const short = await resultOf(() => "a".repeat(500), { maxResultBytes: 100 });
    expect(short.content).toBe(`${"a".repeat(50)}\n[… 400 of 500 bytes omitted …]\n${"a".repeat(50)}`);
    const long = "a".repeat(200_000);
    expect((await resultOf(() => long, { maxResultBytes: Number.POSITIVE_INFINITY })).content).toBe(long);
  });

  it("is cut in errors, JSON and blocks too; images stay", async () => {
    const options = { maxResultBytes: 100 };
    const failing = (): never => {
      throw new Error("x".repeat(1_000));
    };
    expect(bytes((await resultOf(failing, options)).content)).toBeLessThan(200);
    expect(bytes((await resultOf(() => ({ a: "x".repeat(1_000) }), options)).content)).toBeLessThan(200);
    const text = (length: number) => ({ type: "text", text: "x".repeat(length) });
    const { content } = await resultOf(() => [text(90), png, text(90), text(90), text(90)], options);
    expect(content).toMatchObject([
      text(90),
      png,
      { text: expect.stringMatching(/80 of 90 bytes omitted/) },
      { text: "[… 180 bytes omitted …]" },
    ]);
  });

  it("is cut between characters, at any limit", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), fc.nat({ max: 200 }), (text, maxBytes) => {
        const cut = cutText(text, maxBytes);
        if (bytes(text) <= maxBytes) {
          expect(cut).toBe(text);
          return;
        }
        const [head = "", tail = ""] = cut.split(/\n\[… [\d,]+ of [\d,]+ bytes omitted …\]\n/);
        expect(text.startsWith(head) && text.endsWith(tail)).toBe(true);
        expect(bytes(head) + bytes(tail)).toBeLessThanOrEqual(maxBytes);
        // Half a character would not survive.
        expect(Buffer.from(cut).toString()).toBe(cut);
      }),
    );
  });
});
