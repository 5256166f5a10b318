import { Agent, assistantMessage, MemoryContextStore, type TransportEvent, userMessage } from "axio";
import { BUILT_USAGE, ScriptedTransport, stepEnd, textAnswer, textBlock } from "axio/testing";
import { fromBatches } from "axio/transport";
import { describe, expect, it } from "vitest";
import { failure, read, settled, transportOf } from "./support.ts";

function streamOf(...answers: ConstructorParameters<typeof ScriptedTransport>[0]) {
  return new Agent({ transport: new ScriptedTransport(answers) }).runStream("Hi");
}

describe("AgentStream", () => {
  it("starts the run when it is iterated", async () => {
    const transport = new ScriptedTransport([textAnswer("x")]);
    const stream = new Agent({ transport }).runStream("Hi");
    const iterator = stream[Symbol.asyncIterator]();
    await settled();
    expect(transport.requests).toHaveLength(0);
    await iterator.next();
    expect(transport.requests).toHaveLength(1);
    await iterator.return?.();
  });

  it("can be iterated only once", async () => {
    const stream = streamOf(textAnswer("x"));
    await read(stream);
    expect(() => stream[Symbol.asyncIterator]()).toThrow(/runStream\(\) again/);
  });

  it("runs to the end for result() and finalText(), which may be called together and again", async () => {
    const stream = streamOf(textAnswer("Hello"));
    const [text, result] = await Promise.all([stream.finalText(), stream.result()]);
    expect(text).toBe("Hello");
    expect(result).toEqual({
      text: "Hello",
      usage: BUILT_USAGE,
      endReason: "end",
      stopReason: "end",
      steps: 1,
      messages: [userMessage("Hi"), assistantMessage("Hello")],
    });
    await expect(stream.result()).resolves.toBe(result);
  });

  it("resolves result() at run-end, also while another caller iterates", async () => {
    const stream = streamOf(textAnswer("Hello"));
    const reading = read(stream);
    await expect(stream.finalText()).resolves.toBe("Hello");
    expect((await reading).events.at(-1)?.type).toBe("run-end");
  });

  it("resolves result() inside the loop once run-end is read", async () => {
    const stream = streamOf(textAnswer("Hello"));
    for await (const event of stream) {
      if (event.type === "run-end") expect((await stream.result()).text).toBe("Hello");
    }
  });

  it("rejects result() with the error of the run", async () => {
    const stream = streamOf(new Error("boom"));
    expect(await failure(stream.finalText())).toMatchObject({ code: "unexpected" });
    expect(await failure(stream.result())).toBe(await failure(stream.finalText()));
  });

  it("does not throw if the loop is left at run-end", async () => {
    for await (const event of streamOf(new Error("boom"))) {
      if (event.type === "run-end") break;
    }
  });

  it("returns one event to each of several concurrent next() calls, in order", async () => {
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

  it("ignores abort() after the end", async () => {
    const context = new MemoryContextStore();
    const transport = new ScriptedTransport([textAnswer("Hello")]);
    const stream = new Agent({ transport }).runStream("Hi", { context });
    await stream.finalText();
    stream.abort();
    await expect(stream.finalText()).resolves.toBe("Hello");
    expect(transport.requests[0]?.signal?.aborted).toBe(false);
  });
});
