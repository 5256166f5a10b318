import { AxioError, type Guard } from "axio";
import { startRun } from "axio/runs";
import { ScriptedTransport, textAnswer } from "axio/testing";
import { type DurableAgent, handleRunRequest, MemoryDurableStore } from "axio-durable";
import { describe, expect, it } from "vitest";
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

describe("A durable run", () => {
  it("has the events and the history of a run in memory", async () => {
    const store = new MemoryDurableStore();
    const sent: unknown[] = [];
    const agent = createAgent(store, { answers: toolScript, tools: [sendTool(sent)] });
    const run = await agent.start("Send it.");
    work(agent);
    const events = await collect(agent, run.id);
    expect(textOf(events)).toBe("All done.");
    expect(events.at(-1)?.event).toMatchObject({ type: "run-end", reason: "end", steps: 2 });
    expect(sent).toEqual([{ to: "ada" }]);
    expect((await historyOf(store, run.conversationId)).map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "user",
      "assistant",
    ]);
    expect(await agent.run(run.id)).toMatchObject({ status: "done", failure: undefined });
  });

  it("sends its settings with each response, whichever worker asks", async () => {
    const store = new MemoryDurableStore();
    const client = createAgent(store, { answers: [] });
    const settings = { temperature: 0, maxOutputTokens: 100, stop: ["END"] };
    const { id } = await client.start("Send it.", settings);
    const transport = new ScriptedTransport(toolScript);
    work(createAgent(store, { answers: [], transport, tools: [sendTool([])] }));
    await collect(client, id);
    expect(transport.requests).toMatchObject([settings, settings]);
    await expect(client.start("Hello.", { temperature: -1 })).rejects.toMatchObject({
      code: "invalid-argument",
      message: expect.stringContaining("temperature"),
    });
  });

  it("that an older version stored without settings goes on", async () => {
    const store = new MemoryDurableStore();
    const transport = new ScriptedTransport([textAnswer("Hello.")]);
    const agent = createAgent(store, { answers: [], transport });
    const { id: conversationId } = await store.create();
    const state = startRun({ runId: "old", conversationId, maxSteps: 5, repetitionLimit: 5 });
    await store.runs.create({ state, prompt: [{ type: "text", text: "Hi." }] });
    work(agent);
    expect(textOf(await collect(agent, "old"))).toBe("Hello.");
    expect(transport.requests[0]).not.toHaveProperty("temperature");
  });

  it("starts once with the same id, and continues a conversation", async () => {
    const store = new MemoryDurableStore();
    const agent = createAgent(store, { answers: [textAnswer("One."), textAnswer("Two.")] });
    const first = await agent.start("First.", { runId: "one" });
    expect((await agent.start("Again.", { runId: "one" })).conversationId).toBe(first.conversationId);
    work(agent);
    await collect(agent, "one");
    const second = await agent.start("Second.", { conversationId: first.conversationId });
    expect(textOf(await collect(agent, second.id))).toBe("Two.");
    expect(await historyOf(store, first.conversationId)).toHaveLength(4);
  });

  it("gives a reader with any cursor exactly the events after it", async () => {
    const store = new MemoryDurableStore();
    const agent = createAgent(store, { answers: toolScript, tools: [sendTool([])] });
    const { id } = await agent.start("Send it.");
    work(agent);
    const all = await collect(agent, id);
    for (const [index, { cursor }] of all.slice(0, -1).entries())
      expect(await collect(agent, id, cursor)).toEqual(all.slice(index + 1));
    expect(() => agent.observe(id, { after: "later" })).toThrow("is not a cursor");
  });

  it("fails with the error of the transport, for readers and in the list", async () => {
    const error = new AxioError("server", "The service failed.");
    const agent = createAgent(new MemoryDurableStore(), { answers: [error] });
    const { id } = await agent.start("Hello.");
    work(agent);
    const events = (await collect(agent, id)).map(({ event }) => event);
    expect(events).toMatchObject([
      { type: "error", error },
      { type: "run-end", reason: "error" },
    ]);
    expect(await agent.runs({ status: ["failed"] })).toMatchObject([
      { id, failure: { code: "server", message: "The service failed." } },
    ]);
  });

  it("ends before the step that its budget does not cover", async () => {
    const agent = createAgent(new MemoryDurableStore(), { answers: toolScript, tools: [sendTool([])] });
    const { id } = await agent.start("Send it.", { budget: { maxTokens: 15 } });
    work(agent);
    expect((await collect(agent, id)).at(-1)?.event).toMatchObject({
      type: "run-end",
      reason: "budget",
      steps: 2,
    });
  });

  it("waits without a worker until a usage limit resets", async () => {
    const store = new MemoryDurableStore();
    const limit = new AxioError("usage-limit", "Used up.", { details: { resetsAt: Date.now() + 50 } });
    const agent = createAgent(store, { answers: [limit, textAnswer("Late.")], onUsageLimit: "wait" });
    const { id } = await agent.start("Hello.");
    work(agent);
    expect(textOf(await collect(agent, id))).toBe("Late.");
  });
});

describe("A run whose worker is lost", () => {
  /** Starts a run with a worker that is lost in its first response or tool call: it goes on, but its lease is gone. */
  async function loseWorker(store: MemoryDurableStore, first: DurableAgent, runId: string): Promise<void> {
    work(first);
    await expect.poll(async () => (await store.runs.get(runId))?.status, { interval: 5 }).toBe("running");
  }

  it("repeats an unfinished response, and readers see its text once", async () => {
    const store = new MemoryDurableStore();
    const first = createAgent(store, { answers: [stuckAfter("Half of ")] });
    const { id } = await first.start("Tell me.");
    await loseWorker(store, first, id);
    await expect.poll(async () => (await store.events.read(id)).length, { interval: 5 }).toBeGreaterThan(0);
    const second = createAgent(store, { answers: [textAnswer("The whole.")] });
    // Another worker takes over by force, as after the end of the lease.
    const [run] = await store.runs.claim({ owner: "x", leaseMs: 0, runId: id, force: true });
    expect(run?.epoch).toBe(2);
    work(second);
    const events = (await collect(second, id)).map(({ event }) => event);
    const retry = events.findIndex(({ type }) => type === "retry");
    expect(events[retry]).toMatchObject({ discardedBlocks: [0] });
    const shown = events.slice(retry).flatMap((event) => (event.type === "text-delta" ? event.delta : []));
    expect(shown.join("")).toBe("The whole.");
    expect(await historyOf(store, run?.conversationId ?? "")).toHaveLength(2);
  });

  it.each([
    ["none", 2, "sent"],
    ["idempotent", 2, "sent"],
    ["once", 1, "outcome is unknown"],
  ] as const)("treats an interrupted call by its effect: %s", async (effect, executions, result) => {
    const store = new MemoryDurableStore();
    const keys: string[] = [];
    const isHanging = { value: true };
    const tool = sendTool([], {
      effect,
      execute: async (_input: never, { idempotencyKey }) => {
        keys.push(idempotencyKey);
        if (isHanging.value) await new Promise(() => undefined);
        return "sent";
      },
    });
    const first = createAgent(store, { answers: toolScript, tools: [tool] });
    const { id, conversationId } = await first.start("Send it.");
    work(first);
    await expect.poll(() => keys.length, { interval: 5 }).toBe(1);
    isHanging.value = false;
    await store.runs.claim({ owner: "x", leaseMs: 0, runId: id, force: true });
    const second = createAgent(store, { answers: toolScript.slice(1), tools: [tool] });
    work(second);
    expect(textOf(await collect(second, id))).toBe("All done.");
    expect(keys).toHaveLength(executions);
    expect(new Set(keys).size).toBe(1);
    const results = (await historyOf(store, conversationId)).flatMap(({ content }) => content);
    expect(results.filter(({ type }) => type === "tool-result")).toMatchObject([
      { content: expect.stringContaining(result) },
    ]);
  });

  it("uses what a tool finds out about an interrupted call", async () => {
    const store = new MemoryDurableStore();
    let calls = 0;
    const hanging = sendTool([], {
      execute: async () => {
        calls += 1;
        await new Promise(() => undefined);
      },
      reconcile: async () => ({ happened: true, output: "it was sent" }),
    });
    const first = createAgent(store, { answers: toolScript, tools: [hanging] });
    const { id, conversationId } = await first.start("Send it.");
    work(first);
    await expect.poll(() => calls, { interval: 5 }).toBe(1);
    await store.runs.claim({ owner: "x", leaseMs: 0, runId: id, force: true });
    const second = createAgent(store, { answers: toolScript.slice(1), tools: [hanging] });
    work(second);
    await collect(second, id);
    expect(calls).toBe(1);
    expect(JSON.stringify(await historyOf(store, conversationId))).toContain("it was sent");
  });

  it("fails after five workers", async () => {
    const store = new MemoryDurableStore();
    const agent = createAgent(store, { answers: [textAnswer("Never.")] });
    const { id } = await agent.start("Hello.");
    for (let number = 0; number < 5; number += 1)
      await store.runs.claim({ owner: "x", leaseMs: 0, runId: id, force: true });
    work(agent);
    expect((await collect(agent, id)).at(-1)?.event).toMatchObject({ reason: "error" });
    expect((await agent.run(id))?.failure?.message).toContain("begun 5 times");
  });

  it("is continued at once if the worker was closed", async () => {
    const store = new MemoryDurableStore();
    const first = createAgent(store, { answers: [stuckAfter("Half.")] });
    const { id } = await first.start("Tell me.");
    const close = work(first);
    await expect.poll(async () => (await store.events.read(id)).length, { interval: 5 }).toBeGreaterThan(0);
    await close();
    expect(await first.run(id)).toMatchObject({ status: "waiting" });
    const second = createAgent(store, { answers: [textAnswer("The whole.")] });
    work(second);
    expect((await collect(second, id)).at(-1)?.event).toMatchObject({ reason: "end" });
  });
});

describe("An approval", () => {
  it.each([
    ["allow", { action: "allow" }, [{ to: "ada" }], "sent"],
    ["change", { action: "change", input: { to: "bob" } }, [{ to: "bob" }], "sent"],
    ["deny", { action: "deny", reason: "Not her." }, [], "Denied: Not her."],
  ] as const)(
    "waits without a worker, and then runs the call as decided: %s",
    async (_name, decision, inputs, result) => {
      const store = new MemoryDurableStore();
      const sent: unknown[] = [];
      const first = createAgent(store, { answers: toolScript, tools: [sendTool(sent)], guards: [asking] });
      const { id, conversationId } = await first.start("Send it.");
      const close = work(first);
      await untilWaiting(first, id);
      await close();
      // All workers are gone; the decision is made while none runs.
      const second = createAgent(store, {
        answers: toolScript.slice(1),
        tools: [sendTool(sent)],
        guards: [asking],
      });
      const [approval] = await second.approvals.list({ open: true });
      expect(approval).toMatchObject({ runId: id, toolName: "send", question: 'Send {"to":"ada"}?' });
      await second.approvals.decide(approval?.id ?? "", decision, "ada");
      await second.approvals.decide(approval?.id ?? "", { action: "allow" }, "mallory");
      // A late decision does not wake the run again.
      expect((await second.run(id))?.wakeups).toBe(1);
      work(second);
      const events = await collect(second, id);
      expect(events.filter(({ event }) => event.type === "approval-request")).toHaveLength(1);
      expect(sent).toEqual(inputs);
      expect(JSON.stringify(await historyOf(store, conversationId))).toContain(result);
    },
  );

  it("counts as denied after it has expired", async () => {
    const guard: Guard = () => ({ action: "ask", question: "Send?", expiresAt: 1 });
    const store = new MemoryDurableStore();
    const agent = createAgent(store, { answers: toolScript, tools: [sendTool([])], guards: [guard] });
    const { id, conversationId } = await agent.start("Send it.");
    work(agent);
    await collect(agent, id);
    expect(JSON.stringify(await historyOf(store, conversationId))).toContain("not approved in time");
  });

  it("is decided by the holder of its token only", async () => {
    const store = new MemoryDurableStore();
    const options = { answers: toolScript, tools: [sendTool([])], guards: [asking], approvalKey: "secret" };
    const agent = createAgent(store, options);
    const { id } = await agent.start("Send it.");
    work(agent);
    await untilWaiting(agent, id);
    const [approval] = await agent.approvals.list();
    if (approval === undefined) throw new Error("There is no approval.");
    const token = agent.approvals.token(approval);
    const decide = (text: string) => agent.approvals.decideByToken(approval.id, text, { action: "allow" });
    await expect(decide(`${token}x`)).rejects.toMatchObject({ code: "forbidden" });
    await expect(decide(agent.approvals.token({ ...approval, inputHash: "other" }))).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(await decide(token)).toMatchObject({ decision: { action: "allow" } });
    expect(() => createAgent(store, { answers: [] }).approvals.token(approval)).toThrow("approvalKey");
  });

  it("is asked and the call refused if a new version has no such tool any more", async () => {
    const store = new MemoryDurableStore();
    const first = createAgent(store, { answers: toolScript, tools: [sendTool([])], guards: [asking] });
    const { id, conversationId } = await first.start("Send it.");
    const close = work(first);
    await untilWaiting(first, id);
    await close();
    const second = createAgent(store, { answers: toolScript.slice(1) });
    const [approval] = await second.approvals.list();
    await second.approvals.decide(approval?.id ?? "", { action: "allow" });
    work(second);
    expect(textOf(await collect(second, id))).toBe("All done.");
    expect(JSON.stringify(await historyOf(store, conversationId))).toContain("There is no tool");
  });
});

describe("Stopping", () => {
  it("ends a run in its response, and keeps the text so far", async () => {
    const store = new MemoryDurableStore();
    const agent = createAgent(store, { answers: [stuckAfter("So far.")] });
    const { id, conversationId } = await agent.start("Tell me.");
    work(agent);
    await expect.poll(async () => (await store.events.read(id)).length, { interval: 5 }).toBeGreaterThan(0);
    await agent.stop(id);
    expect((await collect(agent, id)).at(-1)?.event).toMatchObject({ type: "run-end", reason: "aborted" });
    expect(await agent.run(id)).toMatchObject({ status: "stopped" });
    const history = await historyOf(store, conversationId);
    expect(history.map(({ role }) => role)).toEqual(["user", "assistant"]);
    expect(JSON.stringify(history)).toContain("So far.");
  });

  it("ends a run that waits for an approval, and its call has a result", async () => {
    const store = new MemoryDurableStore();
    const agent = createAgent(store, { answers: toolScript, tools: [sendTool([])], guards: [asking] });
    const { id, conversationId } = await agent.start("Send it.");
    work(agent);
    await untilWaiting(agent, id);
    await agent.stop(id);
    await collect(agent, id);
    expect(await agent.run(id)).toMatchObject({ status: "stopped" });
    expect(JSON.stringify(await historyOf(store, conversationId))).toContain("Interrupted");
    await expect(agent.stop("missing")).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("The handler for web frameworks", () => {
  it("starts, streams, reconnects and stops, and a closed stream stops nothing", async () => {
    const agent = createAgent(new MemoryDurableStore(), { answers: [textAnswer("Hello you.")] });
    const call = async (
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ) => {
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      return handleRunRequest(agent, new Request(`http://localhost/api/${path}`, init), "/api");
    };
    const started = await call("POST", "runs", { prompt: "Hi.", runId: "one" });
    expect(started?.status).toBe(201);
    const closed = await call("GET", "runs/one/events");
    await closed?.body?.cancel();
    work(agent);
    const text = await (await call("GET", "runs/one/events"))?.text();
    expect(text).toContain('"delta":"Hello "');
    expect(text).toContain('"type":"run-end"');
    const [, first = ""] = /^id: (.*)$/m.exec(text ?? "") ?? [];
    const rest = await (await call("GET", "runs/one/events", undefined, { "last-event-id": first }))?.text();
    expect(rest).not.toContain(`id: ${first}\n`);
    expect(rest).toContain('"type":"run-end"');
    expect(await (await call("GET", "runs/one"))?.json()).toMatchObject({ status: "done" });
    expect((await call("POST", "runs/missing/stop"))?.status).toBe(404);
    expect((await call("POST", "runs", { prompt: 5 }))?.status).toBe(400);
    expect(await (await call("GET", "approvals"))?.json()).toEqual([]);
    expect((await call("POST", "approvals/x", { action: "allow" }))?.status).toBe(404);
    expect(await call("GET", "other")).toBeUndefined();
  });

  it("starts a run with the settings of its responses, and names what it cannot use", async () => {
    const transport = new ScriptedTransport([textAnswer("Hello you.")]);
    const agent = createAgent(new MemoryDurableStore(), { answers: [], transport });
    const start = async (body: unknown) => {
      const init = { method: "POST", body: JSON.stringify(body) };
      const response = await handleRunRequest(agent, new Request("http://localhost/runs", init));
      return { status: response?.status, body: (await response?.json()) as { readonly id: string } };
    };
    const settings = { temperature: 0, maxOutputTokens: 100, stop: ["END"], seed: 7 };
    const { status, body } = await start({ prompt: "Hi.", model: "big", effort: "high", ...settings });
    expect(status).toBe(201);
    work(agent);
    await collect(agent, body.id);
    expect(transport.requests).toMatchObject([{ ...settings, model: "big", reasoning: { effort: "high" } }]);
    for (const [wrong, problem] of [
      [{}, 'The option "prompt" of POST /runs is missing. Pass a text that is not empty.'],
      [{ prompt: " " }, "Pass a text that is not empty"],
      [
        { prompt: "Hi.", temperature: "hot" },
        'The option "temperature" of POST /runs cannot be used. Pass a number from 0.',
      ],
      [{ prompt: "Hi.", temprature: 1 }, 'Did you mean "temperature"?'],
      [{ prompt: "Hi.", reasoning: { effort: "high" } }, 'Did you mean "effort"?'],
      [{ prompt: "Hi.", model: "" }, "Pass the id of a model"],
      [{ prompt: "Hi.", runId: 5 }, "Pass an id as a string"],
      [{ prompt: "Hi.", maxSteps: 1_000 }, 'POST /runs has no option "maxSteps". Its options are: prompt, '],
      [["Hi."], "The body is not a JSON object. Send one."],
    ] as const)
      expect(await start(wrong)).toMatchObject({
        status: 400,
        body: { error: { code: "invalid-argument", message: expect.stringContaining(problem) } },
      });
    await expect(agent.start("Hi.", { maxTurns: 5 } as never)).rejects.toMatchObject({
      code: "invalid-argument",
      message: expect.stringContaining('Did you mean "maxSteps"?'),
    });
    expect(await agent.runs()).toHaveLength(1);
  });
});
