import { handleRunRequest } from "axio-durable";
import { POSTGRES, type PostgresServer } from "test-support/postgres";
import { needs } from "test-support/requirements";
import { describe, expect, it } from "vitest";
import {
  asking,
  collect,
  createAgent,
  sendTool,
  textOf,
  toolScript,
  untilWaiting,
  work,
} from "./support/durable-runs.ts";
import { setUpMachines } from "./support/machines.ts";

let server: PostgresServer;

const { newSpace, openSpace } = setUpMachines(async (started) => {
  server = started;
});

describe("Approvals on PostgreSQL", needs(POSTGRES), () => {
  it("outlive all workers and a crash of the database, and are decided once, by the holder of a token", async () => {
    const space = newSpace();
    const sent: unknown[] = [];
    const options = { answers: toolScript, tools: [sendTool(sent)], guards: [asking], approvalKey: "secret" };
    const first = createAgent(await openSpace(space), options);
    const { id } = await first.start("Send it.");
    const close = work(first);
    await untilWaiting(first, id);
    await close();
    await server.restart("immediate");

    const agent = createAgent(await openSpace(space), { ...options, answers: toolScript.slice(1) });
    const [approval] = await agent.approvals.list({ open: true });
    if (approval === undefined) throw new Error("There is no approval.");
    const token = agent.approvals.token(approval);
    const forged = createAgent(await openSpace(space), { ...options, approvalKey: "guessed" }).approvals;
    for (const wrong of [
      `${token}x`,
      "",
      forged.token(approval),
      agent.approvals.token({ ...approval, inputHash: "other" }),
    ])
      await expect(
        agent.approvals.decideByToken(approval.id, wrong, { action: "allow" }),
      ).rejects.toMatchObject({
        code: "forbidden",
      });
    const decisions = await Promise.all([
      agent.approvals.decideByToken(approval.id, token, { action: "allow" }, "ada"),
      forged.decide(approval.id, { action: "allow" }, "bob"),
    ]);
    expect(new Set(decisions.map(({ decidedBy }) => decidedBy)).size).toBe(1);
    const late = await agent.approvals.decide(approval.id, { action: "deny" });
    expect(late.decision).toEqual({ action: "allow" });
    work(agent);
    expect(textOf(await collect(agent, id))).toBe("All done.");
    expect(sent).toHaveLength(1);
  }, 120_000);

  it("and runs of a tenant are unknown to others, by any id", async () => {
    const agent = createAgent(await openSpace(newSpace()), {
      answers: toolScript,
      tools: [sendTool([])],
      guards: [asking],
    });
    const { id, conversationId } = await agent.start("Send it.");
    work(agent);
    await untilWaiting(agent, id);
    const [approval] = await agent.approvals.list();
    const other = createAgent(await openSpace(newSpace()), { answers: [] });
    const calls = [
      () => collect(other, id),
      () => other.stop(id),
      () => other.approvals.decide(approval?.id ?? "", { action: "allow" }),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "not-found" });
    await expect(other.start("More.", { conversationId })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(await other.approvals.list()).toEqual([]);
    const ask = async (method: string, path: string, body?: string) =>
      (
        await handleRunRequest(
          other,
          new Request(`http://localhost/${path}`, { method, ...(body && { body }) }),
        )
      )?.status;
    expect(await ask("GET", `runs/${id}`)).toBe(404);
    expect(await ask("GET", `runs/${id}/events`)).toBe(404);
    expect(await ask("POST", `runs/${id}/stop`)).toBe(404);
    expect(await ask("POST", `approvals/${approval?.id}`, '{"action":"allow"}')).toBe(404);
    expect(await ask("GET", "runs/%00")).toBe(400);
    expect(await agent.run(id)).toMatchObject({ status: "waiting", stopRequestedAt: undefined });
  });
});
