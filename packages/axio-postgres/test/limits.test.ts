import { Agent, AxioError, type StreamRequest } from "axio";
import { type ScriptedAnswer, ScriptedTransport, textAnswer } from "axio/testing";
import { POSTGRES } from "test-support/postgres";
import { needs } from "test-support/requirements";
import { setUpPostgres } from "test-support/set-up-postgres";
import { describe, expect, it, onTestFinished } from "vitest";
import { migrate, openPostgres, PostgresLimits, type PostgresLimitsOptions } from "../src/index.ts";

const server = setUpPostgres({ prepare: (started) => migrate(started.url()) });
let accounts = 0;

const newAccount = (): string => `account-${++accounts}`;

/** The limits of an account, as another machine has them. */
async function openLimits(options: PostgresLimitsOptions): Promise<PostgresLimits> {
  const database = await openPostgres({ connection: server().url() });
  onTestFinished(() => database.close());
  return new PostgresLimits(database, options);
}

/** An agent whose requests keep the limits, and its transport. */
function agentOf(limits: PostgresLimits, answers: readonly ScriptedAnswer[]) {
  const transport = new ScriptedTransport(answers);
  const agent = new Agent({ transport: limits.limit(transport) });
  return { requests: transport.requests, run: () => agent.run("Hello.").then(({ text }) => text) };
}

const ok = textAnswer("Fine.");
const usedUp = (resetsAt: number) =>
  new AxioError("usage-limit", "The plan is used up.", { details: { resetsAt, plan: "plus" } });

describe("Limits that machines share", needs(POSTGRES), () => {
  it("let a number of requests run at once", async () => {
    const account = newAccount();
    let [running, most] = [0, 0];
    const gates: (() => void)[] = [];
    const answer: ScriptedAnswer = async function* (_request: StreamRequest) {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => gates.push(resolve));
      running -= 1;
      yield* ok;
    };
    const machines = await Promise.all([1, 2, 3].map(() => openLimits({ account, concurrency: 2 })));
    const results = machines.flatMap((limits) => {
      const { run } = agentOf(limits, [answer, answer, answer]);
      return [run(), run(), run()];
    });
    for (let count = 0; count < 9; count += 1) {
      await expect.poll(() => gates.length, { timeout: 20_000 }).toBeGreaterThan(0);
      gates.shift()?.();
    }
    expect(await Promise.all(results)).toEqual(Array(9).fill("Fine."));
    expect(most).toBe(2);
    const { today } = await (await openLimits({ account })).read();
    expect(today.requests).toBe(9);
  }, 60_000);

  it("give the place of a machine that was lost to another one", async () => {
    const account = newAccount();
    const lost = await openLimits({ account, concurrency: 1, leaseMs: 300 });
    const stuck: ScriptedAnswer = async function* () {
      yield* textAnswer("Half.").slice(0, 1);
      await new Promise(() => undefined);
    };
    const iterator = lost
      .limit(new ScriptedTransport([stuck]))
      .stream({ system: "", messages: [], tools: [] });
    const reader = iterator[Symbol.asyncIterator]();
    await reader.next();
    await server().sql(`UPDATE axio.slot SET holder = gen_random_uuid() WHERE account = '${account}'`);
    const { run } = agentOf(await openLimits({ account, concurrency: 1 }), [ok]);
    expect(await run()).toBe("Fine.");
    await reader.return?.();
  });

  it("know on all machines that the plan is used up, until it is not", async () => {
    const account = newAccount();
    const resetsAt = Date.now() + 3_600_000;
    const first = agentOf(await openLimits({ account }), [usedUp(resetsAt), ok]);
    await expect(first.run()).rejects.toMatchObject({ code: "usage-limit" });
    const limits = await openLimits({ account });
    const second = agentOf(limits, [ok]);
    await expect(second.run()).rejects.toMatchObject({
      code: "usage-limit",
      message: "The plan is used up.",
      details: { resetsAt, plan: "plus" },
    });
    expect(second.requests).toHaveLength(0);
    expect(await limits.read()).toMatchObject({ blockedUntil: resetsAt });
    await limits.unblock();
    expect([await second.run(), await first.run()]).toEqual(["Fine.", "Fine."]);
  });

  it("make all machines wait as long as one was told to", async () => {
    const account = newAccount();
    const told = await openLimits({ account });
    const slowDown = (retryAfterMs: number) =>
      new AxioError("rate-limit", "Slow down.", { retryable: true, retryAfterMs });
    told.onRetry({ error: slowDown(3_600_000) });
    await expect.poll(async () => (await told.read()).blockedUntil).toBeDefined();
    const hasty = agentOf(await openLimits({ account, timeoutMs: 0 }), [ok]);
    await expect(hasty.run()).rejects.toMatchObject({
      code: "rate-limit",
      message: "Slow down.",
      retryable: true,
    });
    await told.unblock();
    let sentAt = 0;
    const answer: ScriptedAnswer = async function* () {
      sentAt = Date.now();
      yield* ok;
    };
    const patient = agentOf(await openLimits({ account }), [answer]);
    told.onRetry({ error: slowDown(300) });
    const blocked = `SELECT extract(epoch FROM blocked_until) * 1000 FROM axio.account WHERE id = '${account}'`;
    await expect.poll(() => server().sql(blocked)).not.toBe("");
    expect(await patient.run()).toBe("Fine.");
    expect(sentAt).toBeGreaterThanOrEqual(Math.floor(Number(await server().sql(blocked))));
    // A shorter wait does not replace a longer one.
    told.onRetry({ error: usedUp(Date.now() + 3_600_000) });
    await expect.poll(async () => (await told.read()).error?.code).toBe("usage-limit");
    told.onRetry({ error: slowDown(300) });
    await expect(patient.run()).rejects.toMatchObject({ code: "usage-limit" });
  });

  it("let a number of requests begin in a minute", async () => {
    const account = newAccount();
    const options = { account, requestsPerMinute: 2, timeoutMs: 0 };
    const [first, second] = [await openLimits(options), await openLimits(options)];
    expect(await agentOf(first, [ok]).run()).toBe("Fine.");
    expect(await agentOf(second, [ok]).run()).toBe("Fine.");
    const third = agentOf(first, [ok]);
    const error: unknown = await third.run().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "rate-limit",
      message: expect.stringContaining("2 requests a minute"),
    });
    expect(AxioError.is(error) ? error.retryAfterMs : 0).toBeGreaterThan(1_000);
    expect(third.requests).toHaveLength(0);
  });

  it("count the tokens of the day, and end at its budget", async () => {
    const account = newAccount();
    const [first, second] = [
      await openLimits({ account, tokensPerDay: 20 }),
      await openLimits({ account, tokensPerDay: 20 }),
    ];
    for (let used = 0; used < 20; ) {
      await agentOf(first, [ok]).run();
      const { today } = await second.read();
      expect(today.inputTokens + today.outputTokens).toBeGreaterThan(used);
      used = today.inputTokens + today.outputTokens;
    }
    const refused = agentOf(second, [ok]);
    const error: unknown = await refused.run().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "usage-limit", message: expect.stringContaining("tokensPerDay") });
    const resetsAt = AxioError.is(error, "usage-limit") ? (error.details.resetsAt ?? 0) : 0;
    expect(resetsAt % 86_400_000).toBe(0);
    expect(resetsAt).toBeGreaterThan(Date.now());
  });

  it("keep what the provider stated last, for all", async () => {
    const account = newAccount();
    const rateLimits = {
      limits: [{ id: "codex", windows: [{ usedPercent: 40, resetsAt: 5 }] }],
      plan: "plus",
    };
    const answer: ScriptedAnswer = [{ type: "rate-limits", rateLimits }, ...ok];
    await agentOf(await openLimits({ account }), [answer]).run();
    expect(await (await openLimits({ account })).read()).toMatchObject({
      rateLimits,
      reportedAt: expect.any(Number),
    });
    expect((await (await openLimits({ account, space: "other" })).read()).rateLimits).toBeUndefined();
  });

  it("free the place of a request that is left or aborted", async () => {
    const account = newAccount();
    const limits = await openLimits({ account, concurrency: 1, timeoutMs: 0 });
    const transport = limits.limit(new ScriptedTransport([ok, ok]));
    for await (const event of transport.stream({ system: "", messages: [], tools: [] })) {
      expect(event).toBeDefined();
      break;
    }
    const controller = new AbortController();
    const waits = await openLimits({ account, concurrency: 1 });
    await server().sql(`UPDATE axio.slot SET held_until = 'infinity' WHERE account = '${account}'`);
    const aborted = agentOf(waits, [ok]);
    const stream = waits.limit(new ScriptedTransport([ok])).stream({
      system: "",
      messages: [],
      tools: [],
      signal: controller.signal,
    });
    const next = stream[Symbol.asyncIterator]().next();
    controller.abort();
    await expect(next).rejects.toMatchObject({ code: "aborted" });
    await server().sql(`UPDATE axio.slot SET held_until = '-infinity' WHERE account = '${account}'`);
    expect(await aborted.run()).toBe("Fine.");
  });

  it("refuse requests without a database, and options that cannot be used", async () => {
    const database = await openPostgres({ connection: server().url() });
    const limits = new PostgresLimits(database, { account: "a" });
    const { run, requests } = agentOf(limits, [ok]);
    await database.close();
    await expect(run()).rejects.toMatchObject({ code: "invalid-argument" });
    expect(requests).toHaveLength(0);
    for (const wrong of [
      { account: "" },
      { concurrency: 0 },
      { requestsPerMinute: 0.5 },
      { tokensPerDay: -1 },
      { timeoutMs: Number.NaN },
    ])
      expect(() => new PostgresLimits(database, { account: "a", ...wrong })).toThrow(AxioError);
  });
});
