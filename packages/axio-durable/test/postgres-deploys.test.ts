import { defineTool, type Guard, type StreamRequest, type Tool, type TransportEvent } from "axio";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { DurableAgent, LeaseEngine } from "axio-durable";
import type { PostgresSessions } from "axio-postgres";
import { POSTGRES } from "test-support/postgres";
import { needs, repetitions } from "test-support/requirements";
import { describe, expect, it } from "vitest";
import { collect, historyOf, work } from "./support/durable-runs.ts";
import { setUpMachines } from "./support/machines.ts";

const { newSpace, openSpace } = setUpMachines(async () => undefined);

/** A model without state that calls all tools of the first version at once. */
function answer({ messages }: StreamRequest): readonly TransportEvent[] {
  return messages.some(({ content }) => content.some(({ type }) => type === "tool-result"))
    ? textAnswer("That is all.")
    : toolAnswer(...["keep", "remove", "rename", "guard"].map((name) => toolUse(`call-${name}`, name)));
}

function tool(name: string, executed: string[]): Tool {
  return defineTool({
    name,
    description: "Leaves a trace.",
    inputSchema: { type: "object", properties: {} },
    execute: (_input, { idempotencyKey }) => {
      executed.push(`${name} ${idempotencyKey}`);
      return `did ${name}`;
    },
  });
}

/** A version of a program: its tools and guards. */
function version(
  store: PostgresSessions,
  names: readonly string[],
  executed: string[],
  guards: readonly Guard[],
) {
  const transport = new ScriptedTransport(
    Array.from({ length: 1_000 }, () => (request: StreamRequest) => answer(request)),
  );
  const engine = new LeaseEngine(store.runs, { leaseMs: 60_000, pollMs: 50 });
  return new DurableAgent({
    transport,
    store,
    engine,
    guards,
    tools: names.map((name) => tool(name, executed)),
  });
}

describe("A new version of a program", needs(POSTGRES), () => {
  it("continues all runs that wait, without a tool that it has removed or renamed, and with its new guards", async () => {
    const space = newSpace();
    const executed: string[] = [];
    const ask: Guard = ({ tool: { name } }) => ({ action: "ask", question: `Run ${name}?` });
    const old = version(await openSpace(space), ["keep", "remove", "rename", "guard"], executed, [ask]);
    const count = repetitions({ short: 10, full: 100 });
    const runs = await Promise.all(Array.from({ length: count }, () => old.start("Do all of them.")));
    const close = work(old);
    const countWaiting = async (): Promise<number> => (await old.runs({ status: ["waiting"] })).length;
    await expect.poll(countWaiting, { timeout: 200_000, interval: 200 }).toBe(count);
    await close();

    const deny: Guard = ({ tool: { name } }) =>
      name === "guard" ? { action: "deny", reason: "this version forbids it" } : { action: "allow" };
    const names = ["keep", "renamed", "guard"];
    const store = await openSpace(space);
    const next = [store, await openSpace(space)].map((opened) =>
      version(opened, names, executed, [deny, ask]),
    );
    const [agent] = next;
    if (agent === undefined) throw new Error("There is no agent.");
    for (const { id } of await agent.approvals.list({ open: true }))
      await agent.approvals.decide(id, { action: "allow" });
    for (const each of next) work(each);
    for (const { id, conversationId } of runs) {
      expect((await collect(agent, id)).at(-1)?.event).toMatchObject({ type: "run-end", reason: "end" });
      expect(await agent.run(id)).toMatchObject({ status: "done" });
      const results = (await historyOf(store, conversationId))
        .flatMap(({ content }) => content)
        .filter((block) => block.type === "tool-result");
      expect(results.map(({ isError = false }) => isError)).toEqual([false, true, true, true]);
      expect(results[0]).toMatchObject({ content: "did keep" });
      expect(JSON.stringify(results[1])).toContain("remove");
      expect(JSON.stringify(results[2])).toContain("rename");
      expect(JSON.stringify(results[3])).toContain("this version forbids it");
    }
    expect([...executed].sort()).toEqual(runs.map(({ id }) => `keep ${id}.1.0`).sort());
  }, 400_000);
});
