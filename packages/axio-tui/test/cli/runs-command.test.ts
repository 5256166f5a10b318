import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { defineTool } from "axio";
import { type ScriptedAnswer, ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { openSessions } from "axio-context-sqlite";
import { DurableAgent, type DurableStore, LeaseEngine } from "axio-durable";
import { openPostgres, PostgresSessions } from "axio-postgres";
import { POSTGRES, startPostgres } from "test-support/postgres";
import { FULL_RUN, needs } from "test-support/requirements";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryDirectory } from "../support/project.ts";
import { type AxioRun, runAxio } from "../support/run-axio.ts";

const SLOW = { timeout: 120_000 };

/** Runs `axio runs`. */
type Runs = (...args: readonly string[]) => Promise<AxioRun>;

async function withHome(): Promise<{ readonly runs: Runs; readonly sessions: string }> {
  const home = await temporaryDirectory();
  const state = join(home, "state", "axio");
  await mkdir(state, { recursive: true });
  return {
    runs: (...args) => runAxio(["runs", ...args], { folder: home, home }),
    sessions: join(state, "sessions.db"),
  };
}

async function openFile(path: string): Promise<DurableStore> {
  const store = await openSessions({ path });
  onTestFinished(() => store.close());
  return store;
}

const send = defineTool({
  name: "send",
  description: "Sends.",
  inputSchema: { type: "object", properties: { to: { type: "string" } } },
  guards: [() => ({ action: "ask", question: "Send it to Ada?\u001b[2J" })],
  execute: () => "sent",
});
const SEND = toolAnswer(toolUse("c", "send", { to: "ada" }));

/** An agent with a worker in this process. */
function workOn(store: DurableStore, answers: readonly ScriptedAnswer[]): DurableAgent {
  const engine = new LeaseEngine(store.runs, { pollMs: 20 });
  const agent = new DurableAgent({ transport: new ScriptedTransport(answers), store, engine, tools: [send] });
  const worker = agent.work();
  onTestFinished(() => worker.close());
  return agent;
}

async function untilStatus(agent: DurableAgent, id: string, status: string): Promise<void> {
  await expect.poll(async () => (await agent.run(id))?.status, { timeout: 20_000 }).toBe(status);
}

describe("axio runs", SLOW, () => {
  it("lists, shows and follows the runs of the app's own file", async () => {
    const { runs, sessions } = await withHome();
    expect(await runs()).toMatchObject({ stderr: "There are no such runs.\n", code: 0 });
    const agent = workOn(await openFile(sessions), [textAnswer("Hello Ada.")]);
    const { id } = await agent.start("Say hello.");
    await untilStatus(agent, id, "done");
    expect((await runs("list")).stdout).toMatch(new RegExp(`^${id}  \\d{4}-.* done .*1 step\\n$`));
    expect((await runs("--status", "failed")).stdout).toBe("");
    expect(JSON.parse((await runs("--json")).stdout)).toMatchObject([{ id, status: "done" }]);
    expect((await runs("show", id)).stdout).toMatch(/^Run +\S+\nSession .*\nStatus +done\n/);
    const followed = await runs("follow", id);
    expect(followed).toMatchObject({ stdout: "Hello Ada.\n", stderr: "The run has ended: end.\n", code: 0 });
    const lines = (await runs("follow", id, "--json")).stdout.trimEnd().split("\n");
    const { cursor } = JSON.parse(lines.at(-2) ?? "") as { cursor: string };
    const rest = (await runs("follow", id, "--json", "--after", cursor)).stdout;
    expect(rest).toBe(`${lines.at(-1)}\n`);
  });

  const decides = "%s decides about a call by its run, once";
  it.each([["approve", "sent", ["approve"]]] as const)(decides, decide);
  it.each([["deny", "Not to Ada.", ["deny", "--reason", "Not to Ada."]]] as const)(
    decides,
    needs(FULL_RUN),
    decide,
  );

  async function decide(_name: string, result: string, args: readonly string[]): Promise<void> {
    const { runs, sessions } = await withHome();
    const store = await openFile(sessions);
    const agent = workOn(store, [SEND, textAnswer("Done.")]);
    const { id, conversationId } = await agent.start("Send it.");
    await untilStatus(agent, id, "waiting");
    const [approval] = await agent.approvals.list({ runId: id });
    const shown = (await runs("show", id)).stdout;
    expect(shown).toContain(`${approval?.id}  open\n    Send it to Ada?\\x1b[2J\n    send {"to":"ada"}`);
    expect(await runs(...args, id)).toMatchObject({ stderr: "", code: 0 });
    await untilStatus(agent, id, "done");
    expect(JSON.stringify(await (await store.open(conversationId)).history())).toContain(result);
    const again = await runs("approve", approval?.id ?? "");
    expect(again.stderr).toMatch(/^The approval was decided before: (approved|denied) by axio runs\.\n$/);
    expect(again.code).toBe(1);
  }

  it("stops a run that waits", async () => {
    const { runs, sessions } = await withHome();
    const agent = workOn(await openFile(sessions), [SEND]);
    const { id } = await agent.start("Send it.");
    await untilStatus(agent, id, "waiting");
    expect((await runs("stop", id)).stdout).toContain("The run is to be stopped.");
    await untilStatus(agent, id, "stopped");
    expect((await runs("stop", id)).stdout).toBe("The run is over already: stopped.\n");
    expect(await runs("follow", id)).toMatchObject({ code: 1 });
  });

  it("works on PostgreSQL, by a connection string", needs(POSTGRES, FULL_RUN), async () => {
    const { runs } = await withHome();
    await using server = await startPostgres();
    const url = await server.createDatabase();
    const place = ["--database", url];
    const missing = await runs(...place);
    expect(missing.stderr).toContain("axio-postgres migrate");
    expect(missing.code).toBe(1);
    await using database = Object.assign(await openPostgres({ connection: url, migrate: true }), {
      [Symbol.asyncDispose]: () => database.close(),
    });
    const agent = workOn(new PostgresSessions(database, { space: "lab" }), [SEND, textAnswer("Done.")]);
    const { id } = await agent.start("Send it.");
    await untilStatus(agent, id, "waiting");
    expect((await runs(...place)).stdout).toBe("");
    const space = [...place, "--space", "lab"];
    expect((await runs(...space)).stdout).toContain(id);
    expect(await runs("approve", id, ...space)).toMatchObject({ code: 0 });
    const followed = await runs("follow", id, ...space);
    expect(followed.stdout).toBe("Done.\n");
    expect(followed.stderr).toContain("✓ send");
  });

  it("names what is missing", async () => {
    const { runs } = await withHome();
    expect(await runs("show", "none")).toMatchObject({
      stderr: "There is no run none in this store. axio runs lists the runs.\n",
      code: 1,
    });
    expect((await runs("approve", "none")).stderr).toContain("There is no approval none");
    expect(await runs("--database", "/none.db")).toMatchObject({ code: 2 });
    expect((await runs("follow")).stderr).toContain("axio runs follow needs the id of a run.");
    expect((await runs("--help")).stdout).toContain("approve APPROVAL");
  });
});
