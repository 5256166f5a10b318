import { parsePartialJson } from "axio";
import fc from "fast-check";
import { expect, test } from "vitest";

test.each([
  ["", undefined],
  ["  ", undefined],
  ["{", {}],
  ['{"ti', {}],
  ['{"title"', {}],
  ['{"title":', {}],
  ['{"title": "Panca', { title: "Panca" }],
  ['{"title":"A\\', { title: "A" }],
  ['{"title":"A\\u00', { title: "A" }],
  ['{"title":"A\\\\', { title: "A\\" }],
  ['{"title":"\\ud83d', { title: "" }],
  ['{"title":"\\ud83d\\ude00', { title: "😀" }],
  ['{"a":1', {}],
  ['{"a":1,', { a: 1 }],
  ['{"a":tru', {}],
  ['{"a":true}', { a: true }],
  ['{"a":[1,2', { a: [1] }],
  ['{"a":[{"b":"c"},{"d', { a: [{ b: "c" }, {}] }],
  ['{"a":{"b":null},', { a: { b: null } }],
  ["Sure! Here", undefined],
  ['{"a":1]', undefined],
  ['{"a":1}}', undefined],
  ['{"a" 1}', undefined],
  ["[1 2]", undefined],
])("%j reads as %j", (text, value) => {
  expect(parsePartialJson(text)).toEqual(value);
});

test("a whole text reads as JSON.parse has it, with or without white space", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat({ max: 3 }), (object, indent) => {
      const text = JSON.stringify(object, null, indent);
      expect(parsePartialJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test("every beginning of JSON can be read, and strings only grow", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 4 }), (list) => {
      const text = JSON.stringify(list);
      for (let length = 1; length < text.length; length++) {
        const value = parsePartialJson(text.slice(0, length));
        if (!Array.isArray(value)) expect.fail(`${JSON.stringify(text.slice(0, length))} gave nothing`);
        for (const [index, part] of value.entries()) expect(list[index]?.startsWith(String(part))).toBe(true);
      }
    }),
  );
});

test("any text at all does no harm", () => {
  fc.assert(fc.property(fc.string(), (text) => void parsePartialJson(text)));
  expect(parsePartialJson("[".repeat(100_000))).toBeUndefined();
  expect(Object.keys(parsePartialJson('{"__proto__":{"a":true}}') as object)).toEqual(["__proto__"]);
});
