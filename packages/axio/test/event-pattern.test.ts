import { EventPattern } from "axio/internal";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const PADDING = /"padding":"[^"\\]*"/;

/** A pattern that learned from an event. */
function learned(event: object, text: string, data = JSON.stringify(event)): EventPattern {
  const pattern = new EventPattern(0);
  expect(pattern.learn(data, "text", text, PADDING)).toBe(true);
  return pattern;
}

describe("EventPattern", () => {
  const event = { type: "delta", index: 0, text: "Hello", padding: "xyz", end: null };
  const withMembers = (members: object): string => JSON.stringify({ ...event, ...members });

  it.each([
    ["another text", withMembers({ text: " world" }), " world"],
    ["another padding", withMembers({ text: "é", padding: "" }), "é"],
    ["spaces before the last brace", withMembers({ text: "a" }).replace(/\}$/, "   }"), "a"],
  ])("reads an event with %s", (_, data, text) => {
    expect(learned(event, "Hello").read(data)).toBe(text);
  });

  it.each([
    ["another index", withMembers({ index: 1 })],
    ["another type", withMembers({ type: "other" })],
    ["one more member", withMembers({ more: 1 })],
    ["an end", withMembers({ end: "stop" })],
    ["no text", withMembers({ text: "" })],
    ["text of another type", withMembers({ text: 7 })],
    ["an escape in its text", withMembers({ text: 'say "x"' })],
    ["an escape in its padding", withMembers({ padding: "\\" })],
    ["a control character, which is not JSON", withMembers({}).replace("Hello", "a\tb")],
    ["something after it", `${withMembers({})} `],
    ["nothing after its text", withMembers({}).slice(0, -9)],
  ])("leaves an event with %s to the parser", (_, data) => {
    expect(learned(event, "Hello").read(data)).toBeUndefined();
  });

  it("does not learn if the text is not the only one, is escaped, or the event is long", () => {
    const pattern = new EventPattern(0);
    for (const twice of ['{"a":{"text":"x"},"text":"x"}', '{"a":{"text":"x"}, "text" : "x"}'])
      expect(pattern.learn(twice, "text", "x", PADDING)).toBe(false);
    expect(pattern.learn('{"text":"\\u0041"}', "text", "A", PADDING)).toBe(false);
    expect(pattern.learn(JSON.stringify({ text: "x", long: "y".repeat(5000) }), "text", "x", PADDING)).toBe(
      false,
    );
    expect(pattern.read('{"text":"x"}')).toBeUndefined();
  });

  it("keeps what it learned if it cannot learn more, and gives up on servers whose events always differ", () => {
    const pattern = learned(event, "Hello");
    for (let index = 1; index < 100; index += 1)
      pattern.learn(withMembers({ index }), "text", "Hello", PADDING);
    const last = Array.from({ length: 100 }, (_, index) => pattern.read(withMembers({ index })));
    expect(last.filter((text) => text !== undefined)).toEqual(["Hello"]);
  });

  it("leaves the first events of a response to the parser", () => {
    const pattern = new EventPattern();
    const outcomes = Array.from({ length: 52 }, () =>
      pattern.learn(withMembers({}), "text", "Hello", PADDING),
    );
    expect(outcomes.indexOf(true)).toBe(50);
  });

  it("reads what the parser reads, for any events", () => {
    const json = fc.jsonValue({ maxDepth: 2 });
    const anyEvent = fc.record({ before: json, text: fc.string(), padding: fc.string(), after: json });
    fc.assert(
      fc.property(anyEvent, anyEvent, fc.boolean(), (first, second, isAlike) => {
        const next = isAlike ? { ...first, text: second.text, padding: second.padding } : second;
        const pattern = new EventPattern(0);
        const data = JSON.stringify(next);
        if (!pattern.learn(JSON.stringify(first), "text", first.text, PADDING)) return;
        const text = pattern.read(data);
        if (text === undefined) return;
        expect(text).toBe(next.text);
        expect(JSON.stringify({ ...next, text: "", padding: "" })).toBe(
          JSON.stringify({ ...first, text: "", padding: "" }),
        );
      }),
    );
  });
});
