import { Agent, fromBatches, MemoryContextStore, type TransportEvent } from "axio";
import { ScriptedTransport, stepEnd, textAnswer, textBlock } from "axio/testing";
import { describe, expect, it } from "vitest";
import { failure, read, settled, transportOf } from "./support.ts";

function streamOf(...answers: ConstructorParameters<typeof ScriptedTransport>[0]) {
  return new Agent({ transport: new ScriptedTransport(answers) }).runStream("Hi");
}

describe("an agent's stream", () => {
  it("begins its work with the first look", async () => {
    const transport = new ScriptedTransport([textAnswer("x")]);
    const stream = new Agent({ transport }).runStream("Hi");
    const iterator = stream[Symbol.asyncIterator]();
    await settled();
    expect(transport.requests).toHaveLength(0);
    await iterator.next();
    expect(transport.requests).toHaveLength(1);
    await iterator.return?.();
  });

  it("can be iterated once", async () => {
    const stream = streamOf(textAnswer("x"));
    await read(stream);
    expect(() => stream[Symbol.asyncIterator]()).toThrow(/runStream\(\) again/);
  });

  it("runs to its end for finalText() and runEnd(), together and again", async () => {
    const stream = streamOf(textAnswer("Hello"));
    const [text, end] = await Promise.all([stream.finalText(), stream.runEnd()]);
    expect(text).toBe("Hello");
    expect(end.reason).toBe("end");
    await expect(stream.finalText()).resolves.toBe("Hello");
  });

  it("answers finalText() while someone else iterates", async () => {
    const stream = streamOf(textAnswer("Hello"));
    const reading = read(stream);
    await expect(stream.finalText()).resolves.toBe("Hello");
    expect((await reading).events.at(-1)?.type).toBe("run-end");
  });

  it("fails finalText(), and not runEnd(), where the run failed", async () => {
    const stream = streamOf(new Error("boom"));
    expect(await failure(stream.finalText())).toMatchObject({ code: "unexpected" });
    await expect(stream.runEnd()).resolves.toMatchObject({ reason: "error" });
  });

  it("throws nothing at a reader who stops at session-end", async () => {
    for await (const event of streamOf(new Error("boom"))) {
      if (event.type === "run-end") break;
    }
  });

  it("gives every reader of overlapping next() calls its own event, in order", async () => {
    const batches = async function* (): AsyncGenerator<readonly TransportEvent[], void, undefined> {
      yield textBlock("one two three");
      yield [stepEnd()];
    };
    const iterator = new Agent({ transport: transportOf(() => fromBatches(batches)) })
      .runStream("Hi")
      [Symbol.asyncIterator]();
    const results = await Promise.all(Array.from({ length: 8 }, () => iterator.next()));
    expect(results.map(({ value }) => value?.type)).toEqual([
      "text-delta",
      "text-delta",
      "text-delta",
      "block-end",
      "step-end",
      "run-end",
      undefined,
      undefined,
    ]);
  });

  it("is over for abort() once it has ended", async () => {
    const context = new MemoryContextStore();
    const transport = new ScriptedTransport([textAnswer("Hello")]);
    const stream = new Agent({ transport }).runStream("Hi", context);
    await stream.finalText();
    stream.abort();
    await expect(stream.finalText()).resolves.toBe("Hello");
    expect(transport.requests[0]?.signal?.aborted).toBe(false);
  });
});
