import { getEventListeners } from "node:events";
import { Agent, type JsonValue, parsePartialJson, type StreamEvent, type TransportEvent } from "axio";
import { ScriptedTransport, stepEnd, textAnswer } from "axio/testing";
import { fromBatches } from "axio/transport";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { PartialJsonReader } from "../src/partial-json.ts";
import { PartialObjects } from "../src/partial-objects.ts";
import { failure, read, transportOf } from "./support.ts";

const schema = { type: "object" } as const;

function deltas(text: string, size: number): readonly TransportEvent[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) => ({
    type: "text-delta",
    index: 0,
    delta: text.slice(index * size, (index + 1) * size),
  }));
}

/** Counts the values that are copied, and the values that are reported. */
function work(text: string, size: number): { readonly copied: number; readonly reported: number } {
  const value = vi.spyOn(PartialJsonReader.prototype, "value");
  let copied = 0;
  value.mockImplementation(function (this: PartialJsonReader): JsonValue {
    copied += this.cost;
    return null;
  });
  const objects = new PartialObjects();
  let reported = 0;
  for (const delta of deltas(text, size)) reported += objects.follow([delta as StreamEvent]).length - 1;
  value.mockRestore();
  return { copied, reported };
}

describe("class 13, work that grows with the square of the answer", () => {
  it.each([
    ["one long string", JSON.stringify({ text: "line\n".repeat(180_000) })],
    ["a long list of numbers", JSON.stringify({ list: Array.from({ length: 200_000 }, (_, n) => n) })],
    [
      "many objects",
      JSON.stringify({ rows: Array.from({ length: 40_000 }, (_, n) => ({ id: n, name: "n" })) }),
    ],
    [
      "an object with many properties",
      JSON.stringify(Object.fromEntries(Array.from({ length: 70_000 }, (_, n) => [`k${n}`, n]))),
    ],
  ])("partial objects of 1 MB cost linear time: %s", (_name, text) => {
    expect(text.length).toBeGreaterThan(900_000);
    const { copied, reported } = work(text, 4);
    expect(copied).toBeLessThan(4 * text.length + 1);
    expect(reported).toBeLessThan(25_000);
    expect(reported).toBeGreaterThan(100);
  });

  it("a small object is reported with each delta", () => {
    const text = JSON.stringify({ title: "Pancakes", steps: ["Mix.", "Fry."] });
    expect(work(text, 4).reported).toBe(Math.ceil(text.length / 4));
  });

  it("a run whose events are not read has no partial objects", async () => {
    const read = vi.spyOn(PartialJsonReader.prototype, "add");
    const agent = new Agent({
      transport: new ScriptedTransport([textAnswer('{"a":1}'), textAnswer('{"a":1}')]),
    });
    expect((await agent.runObject("A", { output: schema })).object).toEqual({ a: 1 });
    expect(read).not.toHaveBeenCalled();
    for await (const _event of agent.runStream("A", { output: schema }));
    expect(read).toHaveBeenCalled();
    read.mockRestore();
  });

  it("reads text in any pieces as it reads the whole", () => {
    const values = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: "binary" }),
      fc.constant({ ["__proto__"]: [1] }),
    );
    fc.assert(
      fc.property(
        values,
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        fc.boolean(),
        (value, sizes, ascii) => {
          let text = JSON.stringify(value, null, sizes[0]);
          if (ascii)
            text = text.replaceAll(/[^ -~\n]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
          const reader = new PartialJsonReader();
          for (let at = 0, turn = 0; at < text.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            reader.add(text.slice(at, at + size));
            at += size;
            expect(reader.value()).toEqual(parsePartialJson(text.slice(0, at)));
          }
        },
      ),
    );
  });

  it("has no value for text that is not JSON, whatever follows", () => {
    for (const text of [
      "Sure! Here",
      '{"a":1]',
      '{"a":1}}',
      "[1 2",
      "{1",
      '{"a"}',
      '{"a":tru,',
      '"\n',
      '"\\x',
      "[,",
      "[".repeat(1_000),
    ]) {
      const reader = new PartialJsonReader();
      reader.add(text);
      reader.add(" ");
      expect(reader.value()).toBeUndefined();
    }
  });

  it("values stay as they were reported", () => {
    const reader = new PartialJsonReader();
    reader.add('{"a":[1,{"b":"x');
    const first = reader.value();
    reader.add('yz"},2],"c":3');
    expect(first).toEqual({ a: [1, { b: "x" }] });
    expect(reader.value()).toEqual({ a: [1, { b: "xyz" }, 2] });
  });
});

describe("one AbortSignal that many runs share", () => {
  const hanging = () =>
    transportOf(({ signal }) =>
      fromBatches(async function* () {
        await new Promise((resolve) => signal?.addEventListener("abort", resolve, { once: true }));
        yield [stepEnd()];
      }),
    );

  it("causes no warning and stops all of them", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const controller = new AbortController();
    const agent = new Agent({ transport: hanging() });
    const runs = Array.from({ length: 100 }, () => failure(agent.run("Hi", { signal: controller.signal })));
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(1);
    controller.abort();
    for (const error of await Promise.all(runs)) expect(error).toMatchObject({ code: "aborted" });
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("keeps nothing of runs that are over", async () => {
    const { signal } = new AbortController();
    for (let run = 0; run < 50; run += 1) {
      const agent = new Agent({ transport: new ScriptedTransport([textAnswer("Hello.")]) });
      await read(agent.runStream("Hi", { signal }));
    }
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});
