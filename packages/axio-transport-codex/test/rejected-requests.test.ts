import { Agent, type AxioError, isJsonObject, MemoryContextStore } from "axio";
import { DEFAULT_ACCOUNTS, type RecordedRequest, type Simulator } from "axio-simulator";
import { describe, expect, test } from "vitest";
import { CodexTransport } from "../src/index.ts";
import {
  asking,
  collect,
  connection,
  failureOf,
  requestsTo,
  simulate,
  textOf,
  transportTo,
} from "./support.ts";

describe("parameters", () => {
  test("are sent; those that the backend rejects are not, and are reported once with the reason", async () => {
    const simulator = await simulate();
    const warnings: AxioError[] = [];
    const transport = transportTo(simulator, {
      parameters: { temperature: 0, store: true, client_metadata: { team: "blue" } },
      onWarning: (warning) => warnings.push(warning),
    });
    expect(warnings).toEqual([]);
    expect(await textOf(transport.stream(asking("say Hello")))).toBe("Hello");
    expect(await textOf(transport.stream(asking("say Hello")))).toBe("Hello");
    const [body] = requestsTo(simulator, "/responses").map(({ json }) => json);
    expect(body).toMatchObject({ store: false, client_metadata: { team: "blue" } });
    expect(Object.keys(isJsonObject(body) ? body : {}).at(-1)).toBe("input");
    expect(warnings.map(({ code, details }) => [code, details.parameter])).toEqual([
      ["unsupported-parameter", "temperature"],
      ["unsupported-parameter", "store"],
    ]);
    expect(warnings[0]?.message).toMatch(/does not support it/);
    expect(warnings[1]?.message).toMatch(/transport sets it/);
  });

  test("that the backend rejects are an error in strict mode", async () => {
    const error = await failureOf(
      () =>
        new CodexTransport({
          accessToken: "token",
          accountId: "account",
          strict: true,
          parameters: { top_p: 1 },
        }),
    );
    expect([error.code, error.details.parameter]).toEqual(["unsupported-parameter", "top_p"]);
  });

  test("that are unknown are sent, and the error of the backend names them", async () => {
    const simulator = await simulate();
    const transport = transportTo(simulator, { parameters: { hologram: true }, strict: true });
    const error = await failureOf(collect(transport.stream(asking("say Hi"))));
    expect([error.code, error.details.parameter]).toEqual(["unsupported-parameter", "hologram"]);
  });
});

describe("encrypted reasoning", () => {
  const thinking = "think Hm\nsay One";

  function inputTypes(request: RecordedRequest | undefined): readonly unknown[] {
    const body = request?.json;
    const input = isJsonObject(body) && Array.isArray(body["input"]) ? body["input"] : [];
    return input.map((item) => (isJsonObject(item) ? item["type"] : undefined));
  }

  async function afterOneTurn(simulator: Simulator): Promise<MemoryContextStore> {
    const context = new MemoryContextStore();
    await new Agent({ transport: transportTo(simulator) }).run(thinking, { context });
    return context;
  }

  test("is sent back to its account and model", async () => {
    const simulator = await simulate();
    const context = await afterOneTurn(simulator);
    const transport = transportTo(simulator, connection(simulator));
    expect((await new Agent({ transport }).run("say Two", { context })).text).toBe("Two");
    const requests = requestsTo(simulator, "/responses");
    expect(requests).toHaveLength(2);
    expect(inputTypes(requests[1])).toEqual(["message", "reasoning", "message", "message"]);
  });

  test.each([
    ["model", { model: "gpt-5.2" }],
    ["account", {}],
  ])("of another %s is left out", async (what, options) => {
    const simulator = await simulate();
    const context = await afterOneTurn(simulator);
    const [, team] = DEFAULT_ACCOUNTS;
    const tokens = simulator.issueCredentials(what === "account" && team ? { accountId: team.id } : {});
    const transport = transportTo(simulator, { ...connection(simulator, tokens), ...options });
    expect((await new Agent({ transport }).run("say Two", { context })).text).toBe("Two");
    expect(inputTypes(requestsTo(simulator, "/responses").at(-1))).not.toContain("reasoning");
  });

  test("that the backend cannot read costs one more request without it, once", async () => {
    const simulator = await simulate();
    const context = await afterOneTurn(simulator);
    const history = JSON.parse(JSON.stringify(await context.history()).replaceAll("gAAAA", "gBBBB"));
    const stale = new MemoryContextStore(history);
    const transport = transportTo(simulator, { retry: { maxRetries: 0 } });
    const agent = new Agent({ transport });
    expect((await agent.run("say Two", { context: stale })).text).toBe("Two");
    expect((await agent.run("say Three", { context: stale })).text).toBe("Three");
    const [, refused, again, third] = requestsTo(simulator, "/responses");
    expect([refused?.status, again?.status, third?.status]).toEqual([400, 200, 200]);
    expect(inputTypes(again)).toEqual(["message", "message", "message"]);
    expect(requestsTo(simulator, "/responses")).toHaveLength(4);
  });

  test("that the backend cannot read is left out too if the stream says so before any other event", async () => {
    const simulator = await simulate();
    const context = await afterOneTurn(simulator);
    const transport = transportTo(simulator, { retry: { maxRetries: 0 } });
    simulator.faults.add({ name: "failed", parameters: { code: "invalid_encrypted_content" } });
    const types: string[] = [];
    for await (const event of new Agent({ transport }).runStream("say Two", { context }))
      types.push(event.type);
    expect(types.slice(0, 2)).toEqual(["rate-limits", "text-delta"]);
    expect(types).not.toContain("retry");
    const [, refused, again] = requestsTo(simulator, "/responses");
    expect(inputTypes(refused)).toContain("reasoning");
    expect(inputTypes(again)).toEqual(["message", "message", "message"]);
    expect(requestsTo(simulator, "/responses")).toHaveLength(3);
  });

  test("that the backend cannot read, reported after the first event, is an error", async () => {
    const simulator = await simulate();
    const context = await afterOneTurn(simulator);
    simulator.faults.add({
      name: "failed",
      at: "text",
      parameters: { code: "invalid_encrypted_content" },
    });
    const transport = transportTo(simulator);
    const error = await failureOf(new Agent({ transport }).run("say Two words", { context }));
    expect(error.details.peerCode).toBe("invalid_encrypted_content");
    expect(requestsTo(simulator, "/responses")).toHaveLength(2);
  });

  test("that is rejected without being sent is an error, not a loop", async () => {
    const simulator = await simulate();
    simulator.faults.add(
      { name: "status", parameters: { status: "400", code: "invalid_encrypted_content" } },
      { times: 9 },
    );
    const context = await afterOneTurn(await simulate());
    const transport = transportTo(simulator);
    const error = await failureOf(new Agent({ transport }).run("say Two", { context }));
    expect([error.code, error.details.peerCode]).toEqual(["invalid-request", "invalid_encrypted_content"]);
    expect(requestsTo(simulator, "/responses")).toHaveLength(2);
  });
});

test("the error for a model that the account does not have names those that it has", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator, { model: "gpt-0" });
  const error = await failureOf(collect(transport.stream(asking("say Hi"))));
  expect(error.code).toBe("model-not-supported");
  expect(error.details.models).toContain("gpt-5.5");
  expect(error.message).toContain("gpt-5.5");
});
