import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CompletionTransport, defineTool } from "axio";
import { DurableAgent, LeaseEngine } from "axio-durable";
import { fixedKeys, PostgresCredentialStore } from "axio-postgres";
import { startOpenAISimulator, startSimulator } from "axio-simulator";
import { CODEX_CREDENTIAL_FORMAT, CodexTransport, type Credentials } from "axio-transport-codex";
import { ServerTransport } from "axio-transport-openai";
import { POSTGRES, type PostgresServer } from "test-support/postgres";
import { needs } from "test-support/requirements";
import { type SecretWitness, watchFetch } from "test-support/secret-witness";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { asking, work } from "./support/durable-runs.ts";
import { setUpMachines } from "./support/machines.ts";

let server: PostgresServer;
let witness: SecretWitness;

const { newSpace, openMachine } = setUpMachines(async (started) => {
  server = started;
  // With the values of all parameters.
  await server.sql("ALTER SYSTEM SET log_statement = 'all'");
  await server.sql("SELECT pg_reload_conf()");
});

beforeEach(() => {
  witness = watchFetch();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

const RETRY = { maxRetries: 0 };
const called = { toolCalls: [{ name: "count" }] };

describe("The database, its log and the errors of workers", needs(POSTGRES), () => {
  it("have no token and no key, after runs that succeeded, waited, were refreshed and failed", async () => {
    const space = newSpace();
    const { database, store } = await openMachine(space);
    const [storeKey, approvalKey] = [randomBytes(32).toString("base64"), randomBytes(24).toString("hex")];
    const errors: unknown[] = [];

    const codex = await startSimulator({ responses: [called, "Counted.", { fault: "overloaded" }] });
    onTestFinished(() => codex.close());
    const credentials = new PostgresCredentialStore<Credentials>(database, {
      space,
      id: "codex",
      format: CODEX_CREDENTIAL_FORMAT,
      encryption: fixedKeys([storeKey]),
    });
    const issued = codex.issueCredentials();
    await credentials.update(async () => issued);
    codex.expireAccessTokens();
    const { baseUrl, issuer } = codex;
    const subscription = new CodexTransport({ model: "gpt-5.5", credentials, baseUrl, issuer, retry: RETRY });
    onTestFinished(() => subscription.close());

    const api = await startOpenAISimulator({ responses: [called, "Counted."] });
    onTestFinished(() => api.close());
    const wrongKey = `sk-wrong-${randomBytes(16).toString("hex")}`;
    const withKey = (apiKey: string) =>
      new ServerTransport({ server: "openai", baseUrl: api.baseUrl, apiKey, model: "gpt-4.1", retry: RETRY });

    /** Runs once, with an approval of the call if there is one. Returns how it ended. */
    const run = async (transport: CompletionTransport): Promise<string> => {
      const engine = new LeaseEngine(store.runs, { pollMs: 50, onError: (error) => errors.push(error) });
      const tool = defineTool({
        name: "count",
        description: "Counts.",
        inputSchema: { type: "object", properties: {} },
        execute: () => "42 is the count",
      });
      const agent = new DurableAgent({
        transport,
        store,
        engine,
        approvalKey,
        tools: [tool],
        guards: [asking],
        onError: (error) => errors.push(error),
      });
      const { id } = await agent.start("How many are there?");
      const close = work(agent);
      for await (const { event } of agent.observe(id)) {
        errors.push(event);
        if (event.type !== "approval-request") continue;
        for (const approval of await agent.approvals.list({ runId: id, open: true })) {
          const token = agent.approvals.token(approval);
          witness.add(token);
          await agent.approvals.decideByToken(approval.id, token, { action: "allow" });
        }
      }
      await close();
      return (await agent.run(id))?.status ?? "";
    };
    const subscriptionRuns = [await run(subscription), await run(subscription)];
    expect(subscriptionRuns).toEqual(["done", "failed"]);
    expect(await run(withKey(api.apiKey))).toBe("done");
    expect(await run(withKey(wrongKey))).toBe("failed");

    const fresh = await credentials.load();
    expect(fresh?.refreshToken).not.toBe(issued.refreshToken);
    witness.add(storeKey, approvalKey, api.apiKey, wrongKey);
    for (const { accessToken, refreshToken, idToken } of [issued, fresh ?? issued])
      witness.add(accessToken, refreshToken, ...(idToken === undefined ? [] : [idToken]));
    // As in a column of bytes.
    witness.add(...[...witness.secrets].map((secret) => Buffer.from(secret).toString("hex")));
    expect(witness.secrets.size).toBeGreaterThan(12);
    const [dump, log] = [await server.dump(), readFileSync(join(server.folder, "log"), "utf8")];
    // They do show what is no secret.
    for (const text of [dump, log])
      for (const shown of ["How many are there?", "42 is the count"]) expect(text).toContain(shown);
    witness.expectNone("the dump", dump);
    witness.expectNone("the log", log);
    witness.expectNone("an error or event", errors);
  }, 60_000);
});
