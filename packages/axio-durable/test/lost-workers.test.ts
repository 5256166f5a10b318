import { AxioError, defineTool, type Guard, type StreamEvent, userMessage } from "axio";
import {
  type ApprovalFilter,
  type EventChunk,
  type EventLog,
  MemoryRunStore,
  type StoredApproval,
  startRun,
} from "axio/runs";
import { textAnswer, textBlock, toolAnswer, toolUse } from "axio/testing";
import {
  type DurableStore,
  type HeldRun,
  handleRunRequest,
  LeaseEngine,
  MemoryDurableStore,
} from "axio-durable";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  asking,
  collect,
  createAgent,
  historyOf,
  sendTool,
  stuckAfter,
  textOf,
  toolScript,
  untilWaiting,
  work,
} from "./support/durable-runs.ts";

/** A store over a run store of a test. */
function storeOf(runs: MemoryRunStore, change: Partial<DurableStore> = {}): DurableStore {
  const conversations = new MemoryDurableStore();
  return {
    runs,
    events: runs.events,
    create: () => conversations.create(),
    open: (id) => conversations.open(id),
    ...change,
  };
}

function eventsOf({ events }: MemoryRunStore, change: Partial<EventLog>): EventLog {
  return {
    append: (chunks) => events.append(chunks),
    read: (runId, options) => events.read(runId, options),
    follow: (runId, onChange) => events.follow(runId, onChange),
    prune: (before) => events.prune(before),
    ...change,
  };
}

/** Takes the run away from its worker, as after the end of the lease. */
async function takeAway({ runs }: DurableStore, runId: string): Promise<void> {
  await runs.claim({ owner: "x", leaseMs: 0, runId, force: true });
}

describe("A worker that is closed", () => {
  it("gives its run back even if the transport ignores its signal", async () => {
    const store = new MemoryDurableStore();
    const deaf = async function* (): AsyncGenerator<StreamEvent> {
      yield* textBlock("Half.");
      await new Promise(() => undefined);
    };
    const engine = new LeaseEngine(store.runs, { pollMs: 10, closeMs: 20 });
    const first = createAgent(store, { answers: [deaf as never], engine });
    const { id } = await first.start("Tell me.");
    const close = work(first);
    await expect.poll(async () => (await store.events.read(id)).length, { interval: 5 }).toBeGreaterThan(0);
    await close();
    expect(await first.run(id)).toMatchObject({ status: "waiting" });
    const second = createAgent(store, { answers: [textAnswer("The whole.")] });
    work(second);
    expect((await collect(second, id)).at(-1)?.event).toMatchObject({ reason: "end" });
  });

  it("leaves a call whose guard was not done to the next worker", async () => {
    const store = new MemoryDurableStore();
    let isAsked = false;
    const slow: Guard = async () => {
      isAsked = true;
      return new Promise(() => undefined);
    };
    const sent: unknown[] = [];
    const first = createAgent(store, { answers: toolScript, tools: [sendTool(sent)], guards: [slow] });
    const { id, conversationId } = await first.start("Send it.");
    const close = work(first);
    await expect.poll(() => isAsked, { interval: 5 }).toBe(true);
    await close();
    const second = createAgent(store, { answers: toolScript.slice(1), tools: [sendTool(sent)] });
    work(second);
    await collect(second, id);
    expect(sent).toEqual([{ to: "ada" }]);
    expect(JSON.stringify(await historyOf(store, conversationId))).not.toContain("Interrupted");
  });
});

describe("The next worker", () => {
  it("stores an answer that the conversation already had to the same prompt", async () => {
    const store = new MemoryDurableStore();
    const agent = createAgent(store, { answers: [textAnswer("Yes."), textAnswer("Yes.")] });
    const { id, conversationId } = await agent.start("Really?");
    work(agent);
    await collect(agent, id);
    const second = await agent.start("Really?", { conversationId, runId: "second" });
    await takeAway(store, second.id);
    await collect(agent, second.id);
    expect(await agent.run(second.id)).toMatchObject({ status: "done", epoch: expect.any(Number) });
    expect(await historyOf(store, conversationId)).toHaveLength(4);
  });

  it("shows each result once, also those that the lost worker had shown", async () => {
    const store = new MemoryDurableStore();
    const slow = { calls: 0, isStuck: true };
    const tools = [
      sendTool([]),
      defineTool({
        name: "wait",
        description: "Waits.",
        inputSchema: { type: "object", properties: {} },
        effect: "none",
        execute: async () => {
          slow.calls += 1;
          if (slow.isStuck) await new Promise(() => undefined);
          return "waited";
        },
      }),
    ];
    const answers = [toolAnswer(toolUse("a", "send", { to: "ada" }), toolUse("b", "wait", {}))];
    const first = createAgent(store, { answers, tools });
    const { id } = await first.start("Do both.");
    work(first);
    const shown = async (): Promise<string> => JSON.stringify(await store.events.read(id));
    await expect.poll(shown, { interval: 5 }).toContain("tool-result");
    slow.isStuck = false;
    await takeAway(store, id);
    const second = createAgent(store, { answers: [textAnswer("Done.")], tools });
    work(second);
    const events = (await collect(second, id)).map(({ event }) => event);
    expect(slow.calls).toBe(2);
    const results = events.flatMap((event) => (event.type === "tool-result" ? event.toolCallId : []));
    expect(results).toEqual(["a", "b"]);
  });

  it("shows a question that the lost worker had asked and not shown", async () => {
    const runs = new MemoryRunStore();
    const append = async (chunks: readonly EventChunk[]): Promise<void> => {
      const isLost = chunks.some(({ epoch, events }) => epoch === 1 && events.join().includes("approval"));
      if (!isLost) await runs.events.append(chunks);
    };
    const store = storeOf(runs, { events: eventsOf(runs, { append }) });
    const agent = createAgent(store, { answers: toolScript, tools: [sendTool([])], guards: [asking] });
    const { id } = await agent.start("Send it.");
    work(agent);
    await untilWaiting(agent, id);
    for (let number = 0; number < 2; number += 1) {
      await runs.wake(id);
      await expect.poll(async () => (await agent.run(id))?.epoch, { interval: 5 }).toBe(number + 2);
      await untilWaiting(agent, id);
    }
    const [approval] = await agent.approvals.list();
    await agent.approvals.decide(approval?.id ?? "", { action: "allow" });
    const types = (await collect(agent, id)).map(({ event }) => event.type);
    expect(types.filter((type) => type === "approval-request")).toHaveLength(1);
  });
});

it("A worker has one of the runs that have lost several workers at a time", async () => {
  const runs = new MemoryRunStore();
  const ids = ["healthy", "suspect-1", "suspect-2"];
  for (const runId of ids)
    await runs.create({
      state: startRun({ runId, conversationId: "c", maxSteps: 5, repetitionLimit: 5 }),
      prompt: [],
    });
  for (const runId of ids.slice(1))
    for (let lost = 0; lost < 2; lost += 1) await runs.claim({ owner: "x", leaseMs: 0, runId, force: true });
  const begun: HeldRun[] = [];
  const worker = new LeaseEngine(runs, { leaseMs: 60_000, pollMs: 10, closeMs: 0 }).startWorker({
    handler: (held) => {
      begun.push(held);
      return new Promise(() => undefined);
    },
  });
  onTestFinished(() => worker.close());
  const started = (): readonly string[] => begun.map(({ run }) => run.id);
  await expect.poll(started, { interval: 5 }).toEqual(["healthy", "suspect-1"]);
  // Several looks later, it has not begun the other one.
  const looks = vi.spyOn(runs, "claim");
  await expect.poll(() => looks.mock.calls.length, { interval: 5 }).toBeGreaterThan(3);
  expect(started()).toHaveLength(2);
  const suspect = begun[1];
  // It got further.
  if (suspect !== undefined) await runs.save(suspect.lease, suspect.run.state);
  await expect.poll(started, { interval: 5 }).toEqual(ids);
});

describe("A question", () => {
  it("that expires while the run begins to wait is answered", async () => {
    const expiresAt = Date.now() + 3_600_000;
    let looks = 0;
    class LateRuns extends MemoryRunStore {
      constructor() {
        // The question is open when it is asked, and has expired at the next look.
        super(() => (looks > 0 ? expiresAt : Date.now()));
      }

      override async approvals(filter?: ApprovalFilter): Promise<readonly StoredApproval[]> {
        const approvals = await super.approvals(filter);
        looks += 1;
        return approvals;
      }
    }
    const store = storeOf(new LateRuns());
    const guard: Guard = () => ({ action: "ask", question: "Send?", expiresAt });
    const engine = new LeaseEngine(store.runs, { pollMs: 10 });
    const agent = createAgent(store, { answers: toolScript, tools: [sendTool([])], guards: [guard], engine });
    const { id, conversationId } = await agent.start("Send it.");
    work(agent);
    expect(textOf(await collect(agent, id))).toBe("All done.");
    expect(JSON.stringify(await historyOf(store, conversationId))).toContain("not approved in time");
  });

  it("refuses an answer that does not decide", async () => {
    const agent = createAgent(new MemoryDurableStore(), { answers: toolScript, guards: [asking] });
    for (const answer of [true, { action: "approve" }, { action: "change" }])
      await expect(agent.approvals.decide("x", answer as never)).rejects.toMatchObject({
        code: "invalid-argument",
      });
  });
});

it("A worker goes on although the callback for errors fails", async () => {
  let failures = 3;
  class FailingRuns extends MemoryRunStore {
    override async claim(...options: Parameters<MemoryRunStore["claim"]>) {
      failures -= 1;
      if (failures >= 0) throw new AxioError("store-unavailable", "It is away.", { retryable: true });
      return super.claim(...options);
    }
  }
  const runs = new FailingRuns();
  let isAway = true;
  const append: EventLog["append"] = async (chunks) => {
    if (isAway) throw new AxioError("store-unavailable", "It is away.", { retryable: true });
    await runs.events.append(chunks);
  };
  const onError = (error: unknown): void => {
    isAway = failures >= 0;
    throw error;
  };
  const store = storeOf(runs, { events: eventsOf(runs, { append }) });
  const engine = new LeaseEngine(runs, { pollMs: 10, onError });
  const agent = createAgent(store, { answers: [textAnswer("Hello.")], engine, onError });
  const { id } = await agent.start("Hi.");
  work(agent);
  expect(textOf(await collect(agent, id))).toBe("Hello.");
});

it("A run is stopped even if its conversation was changed meanwhile", async () => {
  const store = new MemoryDurableStore();
  const agent = createAgent(store, { answers: [stuckAfter("So far.")] });
  const { id, conversationId } = await agent.start("Tell me.");
  work(agent);
  await expect.poll(async () => (await store.events.read(id)).length, { interval: 5 }).toBeGreaterThan(0);
  await (await store.open(conversationId)).append([userMessage("Of another run.")]);
  await agent.stop(id);
  expect((await collect(agent, id)).at(-1)?.event).toMatchObject({ type: "run-end", reason: "aborted" });
  expect(await agent.run(id)).toMatchObject({ status: "stopped", failure: { code: "store-conflict" } });
});

it.each([
  ["commits a call with its result", () => "sent", ["commit"], "sent"],
  [
    "rolls back a call that fails",
    () => {
      throw new Error("No row.");
    },
    ["rollback"],
    "No row.",
  ],
])("A transaction %s", async (_name, execute, ends, result) => {
  const log: string[] = [];
  class LoggingRuns extends MemoryRunStore {
    override async transactToolCall(...call: Parameters<MemoryRunStore["transactToolCall"]>) {
      try {
        const stored = await super.transactToolCall(...call);
        log.push("commit");
        return stored;
      } catch (error) {
        log.push("rollback");
        throw error;
      }
    }
  }
  const store = storeOf(new LoggingRuns());
  const tools = [sendTool([], { effect: "transaction", execute })];
  const agent = createAgent(store, { answers: toolScript, tools });
  const { id, conversationId } = await agent.start("Send it.");
  work(agent);
  expect(textOf(await collect(agent, id))).toBe("All done.");
  expect(log).toEqual(ends);
  expect(JSON.stringify(await historyOf(store, conversationId))).toContain(result);
});

it("A start refuses a prompt and a limit that cannot be used", async () => {
  const agent = createAgent(new MemoryDurableStore(), { answers: [] });
  for (const start of [agent.start(5 as never), agent.start("Hi.", { maxSteps: 0 })])
    await expect(start).rejects.toMatchObject({ code: "invalid-argument" });
});

describe("The handler for web frameworks", () => {
  const request = (path: string): Request => new Request(`http://localhost/${path}`);

  it("ends a stream whose store fails, and leaves no timer", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const runs = new MemoryRunStore();
    const failed = new AxioError("store-unavailable", "The store cannot be reached.");
    const events = eventsOf(runs, { read: () => Promise.reject(failed) });
    const agent = createAgent(storeOf(runs, { events }), { answers: [] });
    await agent.start("Hi.", { runId: "one" });
    const response = await handleRunRequest(agent, request("runs/one/events"));
    await expect(response?.text()).rejects.toThrow();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("follows a run no longer when its reader leaves between two events", async () => {
    const runs = new MemoryRunStore();
    let followers = 0;
    const follow: EventLog["follow"] = (runId, onChange) => {
      followers += 1;
      const leave = runs.events.follow(runId, onChange);
      return () => {
        followers -= 1;
        leave();
      };
    };
    const agent = createAgent(storeOf(runs, { events: eventsOf(runs, { follow }) }), {
      answers: [textAnswer("Many words in here.")],
    });
    const { id } = await agent.start("Hi.");
    work(agent);
    await collect(agent, id);
    const reader = (await handleRunRequest(agent, request(`runs/${id}/events`)))?.body?.getReader();
    await reader?.read();
    await reader?.read();
    expect(followers).toBe(1);
    await reader?.cancel();
    expect(followers).toBe(0);
  });

  it("knows no path that is not encoded correctly, or longer", async () => {
    const agent = createAgent(new MemoryDurableStore(), { answers: [] });
    for (const path of ["runs/%", "runs/one/events/more"])
      expect(await handleRunRequest(agent, request(path))).toBeUndefined();
  });
});
