import fc from "fast-check";
import { FULL_RUN, needs } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { createSseDecoder } from "../src/index.ts";

/** The algorithm of the standard (WHATWG HTML §9.2.6) on the whole text, for `data` only. */
function eventsByTheStandard(text: string): string[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
  // The text after the last line end is an incomplete line.
  lines.pop();
  const events: string[] = [];
  let data: string[] = [];
  for (const line of lines) {
    if (line === "") {
      if (data.length > 0) events.push(data.join("\n"));
      data = [];
    } else if (line === "data") data.push("");
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return events;
}

function decode(chunks: readonly Uint8Array[]): string[] {
  const decoder = createSseDecoder();
  return chunks.flatMap((chunk) => decoder.push(chunk));
}

/** Cuts bytes at the given positions. A position that is given twice makes an empty chunk. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ];
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

const encoder = new TextEncoder();

describe("any stream, cut anywhere, has the events of the standard", () => {
  const value = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, "")),
    fc.constantFrom("", " ", "  two spaces", ":", "é", "𝄞", "\ufeff", "\u2028", "\0", '{"a":1}'),
  );
  const name = fc.constantFrom(
    "data",
    "data",
    "data",
    "event",
    "id",
    "retry",
    "",
    "unknown",
    "DATA",
    " data",
  );
  const line = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(name, fc.constantFrom(":", ": "), value).map((parts) => parts.join("")),
    },
    { weight: 1, arbitrary: fc.constantFrom("data", "event", ":", "plain text") },
    { weight: 3, arbitrary: fc.constant("") },
  );
  const stream = fc
    .tuple(
      fc.constantFrom("", "\ufeff"),
      fc.array(fc.tuple(line, fc.constantFrom("\n", "\n", "\r\n", "\r")).map((parts) => parts.join(""))),
      fc.constantFrom("", "data: cut off", "data: cut off\n"),
    )
    .map(([mark, lines, rest]) => mark + lines.join("") + rest);

  test("at random places", () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat()), (text, places) => {
        expect(decode(cut(encoder.encode(text), places))).toEqual(eventsByTheStandard(text));
      }),
      { numRuns: 1000 },
    );
  });

  test("byte by byte", () => {
    fc.assert(
      fc.property(stream, (text) => {
        const chunks = [...encoder.encode(text)].map((byte) => Uint8Array.of(byte));
        expect(decode(chunks)).toEqual(eventsByTheStandard(text));
      }),
    );
  });
});

test.each([
  ["LF", "data: a\ndata: b\n\n"],
  ["CRLF", "data: a\r\ndata: b\r\n\r\n"],
  ["CR", "data: a\rdata: b\r\r"],
  ["a byte order mark", "\ufeffdata: a\ndata: b\n\n"],
  ["no space after the colon", "data:a\ndata:b\n\n"],
  ["other fields and comments between", ": hi\nevent: x\ndata: a\nid: 1\n: hi\ndata: b\nretry: 5\n\n"],
])("understands %s", (_, text) => {
  expect(decode([encoder.encode(text)])).toEqual(["a\nb"]);
});

test.each([
  ["LF", "data: a\n\n"],
  ["CRLF", "data: a\r\n\r\n"],
  ["CR", "data: a\r\r"],
])("gives an event as soon as its last byte is there, with %s", (_, text) => {
  expect(createSseDecoder().push(encoder.encode(text))).toEqual(["a"]);
});

test("an empty chunk between CR and LF does not separate them", () => {
  const chunks = ["data: a\r", "", "\ndata: b\r\n\r\n"].map((text) => encoder.encode(text));
  expect(decode(chunks)).toEqual(["a\nb"]);
});

test("drops an event that the end of the body cuts", () => {
  expect(decode([encoder.encode("data: whole\n\ndata: cut off\n")])).toEqual(["whole"]);
});

describe("the time is linear in the bytes", () => {
  test.each([
    ["one long event in small chunks", `data: ${"x".repeat(2 ** 20)}\n\n`, 1024],
    ["one event of many lines in small chunks", `${"data: x\n".repeat(2 ** 16)}\n`, 1024],
    ["many CR lines in one chunk", "data: x\r\r".repeat(2 ** 14), 2 ** 20],
    ["many CRLF lines in one chunk", "data: x\r\n\r\n".repeat(2 ** 14), 2 ** 20],
  ])("%s", (_, text, chunkSize) => {
    const bytes = encoder.encode(text);
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += chunkSize) chunks.push(bytes.subarray(at, at + chunkSize));
    const work = countCharacters(() => expect(decode(chunks).length).toBeGreaterThan(0));
    expect(work).toBeGreaterThan(0);
    expect(work / text.length).toBeLessThan(10);
  });
});

/** Counts the characters that string functions of a parser read or copy. */
function countCharacters(run: () => void): number {
  const { prototype } = String;
  const { indexOf, slice, replace, includes } = prototype;
  const { join } = Array.prototype;
  let count = 0;
  const counting = {
    indexOf(this: string, search: string, from = 0): number {
      const found = indexOf.call(this, search, from);
      count += (found < 0 ? this.length : found) - from;
      return found;
    },
    slice(this: string, ...range: Parameters<typeof slice>): string {
      const part = slice.apply(this, range);
      count += part.length;
      return part;
    },
    replace(this: string, ...args: Parameters<typeof replace>): string {
      count += this.length;
      return replace.apply(this, args);
    },
    includes(this: string, ...args: Parameters<typeof includes>): boolean {
      count += this.length;
      return includes.apply(this, args);
    },
  };
  const countingJoin = function (this: unknown[], ...args: Parameters<typeof join>): string {
    const joined = join.apply(this, args);
    count += joined.length;
    return joined;
  };
  Object.assign(prototype, counting);
  Array.prototype.join = countingJoin;
  try {
    run();
  } finally {
    Object.assign(prototype, { indexOf, slice, replace, includes });
    Array.prototype.join = join;
  }
  return count;
}

test("passes an event of nearly 64 Mi characters that comes in parts", () => {
  const decoder = createSseDecoder();
  const part = encoder.encode("x".repeat(2 ** 20));
  decoder.push(encoder.encode("data: "));
  for (let parts = 0; parts < 63; parts += 1) decoder.push(part);
  const [event = ""] = decoder.push(encoder.encode("\n\n"));
  expect(event.length).toBe(63 * 2 ** 20);
});

describe("an event that never ends is rejected before it fills the memory", () => {
  const ENDLESS: readonly (readonly [string, string])[] = [
    ["empty data lines", "data:\n"],
    ["data fields without a colon", "data\n"],
    ["a long line in tiny parts", "x"],
  ];
  const LONG_FORMS: typeof ENDLESS = [
    ["empty data lines with CRLF", "data:\r\n"],
    ["short data lines", "data: x\n"],
    ["a long line", "x".repeat(1_000)],
  ];
  test.each(ENDLESS)("%s", isRejected);
  test.each(LONG_FORMS)("%s", needs(FULL_RUN), isRejected);

  function isRejected(_: string, line: string): void {
    const decoder = createSseDecoder();
    const chunk = encoder.encode(line.length === 1 ? line : line.repeat(10_000));
    const pushUntilRejected = (): void => {
      for (let pushes = 0; pushes < 2_000_000; pushes += 1) decoder.push(chunk);
    };
    expect(pushUntilRejected).toThrow(expect.objectContaining({ code: "protocol" }));
  }
});
