import { AsyncLocalStorage } from "node:async_hooks";
import { Agent, type RunObserver, type RunOutcome, type RunStart } from "axio";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { expect, it } from "vitest";
import { anyTool, read } from "./support.ts";

function watch(): {
  observer: RunObserver;
  storage: AsyncLocalStorage<string>;
  starts: RunStart[];
  ends: RunOutcome[];
} {
  const storage = new AsyncLocalStorage<string>();
  const starts: RunStart[] = [];
  const ends: RunOutcome[] = [];
  const observer: RunObserver = {
    startRun(run) {
      starts.push(run);
      return { within: (work) => storage.run(run.runId, work), end: (outcome) => ends.push(outcome) };
    },
  };
  return { observer, storage, starts, ends };
}

it("is told the start and the end of a run, and its requests and tools start within the run", async () => {
  const { observer, storage, starts, ends } = watch();
  const seen: (string | undefined)[] = [];
  const tool = anyTool("look", async () => {
    await Promise.resolve();
    seen.push(storage.getStore());
    return "seen";
  });
  const transport = new ScriptedTransport([toolAnswer(toolUse("call_1", "look")), textAnswer("Done.")]);
  const agent = new Agent({ transport, tools: [tool], observer });
  const { error } = await read(agent.runStream("Look"));
  expect(error).toBeUndefined();
  expect(starts).toHaveLength(1);
  expect(seen).toEqual([starts[0]?.runId]);
  expect(transport.requests.map(({ runId }) => runId)).toEqual([starts[0]?.runId, starts[0]?.runId]);
  expect(ends).toMatchObject([{ ok: true, result: { text: "Done.", steps: 2 } }]);
});

it("is told the error of a run that fails, and the end of one that is left", async () => {
  const { observer, ends } = watch();
  const failing = new Agent({ transport: new ScriptedTransport([]), observer });
  await expect(failing.run("Hi")).rejects.toThrow();
  for await (const _event of new Agent({
    transport: new ScriptedTransport([textAnswer("Hello")]),
    observer,
  }).runStream("Hi"))
    break;
  expect(ends).toMatchObject([{ ok: false }, { ok: false, error: { code: "aborted" } }]);
});

it("does not start a run that is never read", () => {
  const { observer, starts } = watch();
  new Agent({ transport: new ScriptedTransport([]), observer }).runStream("Hi");
  expect(starts).toEqual([]);
});

it("is refused if it is not an observer", () => {
  const options = { transport: new ScriptedTransport([]), observer: {} };
  // @ts-expect-error An observer has the method startRun.
  expect(() => new Agent(options)).toThrow(/observer/);
});
