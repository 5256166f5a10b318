import { zstdCompressedBody } from "test-support/zstd";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Simulator, startSimulator } from "../src/index.ts";
import { eventsOf, itemsOf, post, responsesBody, signedIn, textOf, user } from "./client.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

const say = [user("say Hello world")];

describe("refuses", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["store missing", { store: undefined }, "Store must be set to false"],
    ["store true", { store: true }, "Store must be set to false"],
    ["no streaming", { stream: false }, "Stream must be set to true"],
    ["no instructions", { instructions: undefined }, "Instructions are required"],
    ["empty instructions", { instructions: "" }, "Instructions are required"],
    ["input as text", { input: "say hi" }, "Input must be a list"],
    [
      "a system message",
      { input: [{ role: "system", content: "x" }, ...say] },
      "System messages are not allowed",
    ],
    ["a sampling parameter", { temperature: 1 }, "Unsupported parameter: temperature"],
    ["an output limit", { max_output_tokens: 10 }, "Unsupported parameter: max_output_tokens"],
    [
      "a previous response",
      { previous_response_id: "resp_1" },
      "Unsupported parameter: previous_response_id",
    ],
    [
      "a model of the API",
      { model: "gpt-4.1" },
      "The 'gpt-4.1' model is not supported when using Codex with a ChatGPT account.",
    ],
    ["an unknown tier", { service_tier: "flex" }, "Unsupported service_tier: flex"],
  ])("%s, in the detail dialect", async (_, change, detail) => {
    const answer = await post(simulator, responsesBody(say, change));
    expect([answer.status, await answer.json()]).toEqual([400, { detail }]);
  });

  const call = { type: "function_call", call_id: "c1", name: "f", arguments: "{}" };
  const output = { type: "function_call_output", call_id: "c1", output: "ok" };

  test.each<[string, Record<string, unknown>, string]>([
    ["a call without its output", { input: [...say, call] }, "No tool output found for function call c1"],
    [
      "an output without its call",
      { input: [...say, output] },
      "No tool call found for function call output",
    ],
    ["an id of another type", { input: [{ ...call, id: "msg_1" }, output] }, "begins with 'fc'"],
    ["a long id", { input: [{ ...call, id: `fc_${"x".repeat(70)}` }, output] }, "string too long"],
    [
      "an id twice",
      { input: [{ ...call, id: "fc_1" }, output, { ...call, id: "fc_1", call_id: "c2" }] },
      "Duplicate item found",
    ],
    ["an unknown item", { input: [{ type: "hologram" }] }, "Invalid value: 'hologram'"],
    ["arguments as an object", { input: [{ ...call, arguments: {} }] }, "expected a string"],
    [
      "user text in an assistant message",
      { input: [{ role: "assistant", content: [{ type: "input_text", text: "x" }] }] },
      "Supported values are: 'output_text'",
    ],
    [
      "changed reasoning",
      { input: [{ type: "reasoning", summary: [], encrypted_content: "gAAAAAbogus" }] },
      "could not be verified",
    ],
    ["an effort that the model lacks", { reasoning: { effort: "max" } }, "Unsupported value: 'max'"],
    ["a nested function tool", { tools: [{ type: "function", function: { name: "f" } }] }, "tools[0].name"],
    ["a tool name with a space", { tools: [tool({ name: "read file" })] }, "does not match pattern"],
    ["an open strict schema", { tools: [tool({ strict: true })] }, "'additionalProperties' is required"],
    [
      "a schema that is not an object",
      { tools: [tool({ parameters: { type: "string" } })] },
      'type: "object"',
    ],
  ])("%s, in the platform dialect", async (_, change, message) => {
    const answer = await post(simulator, responsesBody(say, change));
    const body = (await answer.json()) as { error: { message: string; type: string } };
    expect(answer.status).toBe(400);
    expect(body.error.message).toContain(message);
    expect(body.error.type).toBe("invalid_request_error");
  });

  function tool(change: Record<string, unknown>): Record<string, unknown> {
    return { type: "function", name: "f", parameters: { type: "object", properties: {} }, ...change };
  }

  test("an item with only its id", async () => {
    const answer = await post(simulator, responsesBody([...say, { type: "item_reference", id: "rs_1" }]));
    expect(answer.status).toBe(404);
  });

  test("a client that is too old for the model", async () => {
    const body = responsesBody(say, { model: "gpt-6.1-sol" });
    const answer = await post(simulator, body, { version: "0.98.0" });
    expect(await answer.text()).toContain("requires a newer version");
  });

  test("instructions in a developer message, as newer clients send them", async () => {
    const developer = { role: "developer", content: [{ type: "input_text", text: "Be brief." }] };
    const answer = await post(simulator, responsesBody([developer, ...say], { instructions: undefined }));
    expect(textOf(await eventsOf(answer))).toBe("Hello world");
  });

  test("a body that is not UTF-8", async () => {
    const answer = await fetch(`${simulator.baseUrl}/responses`, {
      method: "POST",
      headers: { ...signedIn(simulator.issueCredentials()), "content-type": "application/json" },
      body: Buffer.from(JSON.stringify(responsesBody([user("Gr\u00fc\u00dfe")])), "latin1"),
    });
    expect([answer.status, await answer.json()]).toEqual([400, { detail: "The body cannot be decoded." }]);
  });

  test("any other path", async () => {
    expect((await fetch(`${simulator.origin}/backend-api/elsewhere`)).status).toBe(404);
  });
});

describe("answers", () => {
  test("a zstd body, recorded as text", async () => {
    const answer = await fetch(`${simulator.baseUrl}/responses`, {
      method: "POST",
      headers: {
        ...signedIn(simulator.issueCredentials()),
        "content-type": "application/json",
        "content-encoding": "zstd",
      },
      body: zstdCompressedBody(JSON.stringify(responsesBody(say))),
    });
    expect(textOf(await eventsOf(answer))).toBe("Hello world");
    expect(simulator.requests.at(-1)?.json).toMatchObject({ model: "gpt-5.5", store: false });
  });

  test("a script of several turns calls tools and quotes their results", async () => {
    const prompt = user(
      'call read {"n":1}\ncall read {"n":2}\nthen\nsay Got {{result 2}} after {{result 1}}.',
    );
    const first = await eventsOf(await post(simulator, responsesBody([prompt])));
    const calls = itemsOf(first);
    expect(calls.map((item) => item["arguments"])).toEqual(['{"n":1}', '{"n":2}']);
    const outputs = calls.map((item, index) => ({
      type: "function_call_output",
      call_id: item["call_id"],
      output: index === 0 ? "one" : [{ type: "input_text", text: "two" }],
    }));
    const second = await eventsOf(await post(simulator, responsesBody([prompt, ...calls, ...outputs])));
    expect(textOf(second)).toBe("Got two after one.");
  });

  test("reasoning that comes back unchanged, and refuses the form in `added`", async () => {
    const events = await eventsOf(await post(simulator, responsesBody([user("think hm\nsay ok")])));
    const [reasoning = {}, message = {}] = itemsOf(events);
    const again = await post(simulator, responsesBody([user("say a"), reasoning, message, user("say b")]));
    expect(again.status).toBe(200);
    await again.text();
    const added = events.find(({ type }) => type === "response.output_item.added")?.["item"];
    expect(added).not.toMatchObject({ encrypted_content: reasoning["encrypted_content"] });
    expect((await post(simulator, responsesBody([user("say a"), added]))).status).toBe(400);
  });

  test("reasoning with a summary and content only if the request asks for them", async () => {
    const body = responsesBody([user("think hm\nsay ok")], { reasoning: { effort: "low" }, include: [] });
    const [reasoning] = itemsOf(await eventsOf(await post(simulator, body)));
    expect(reasoning).toEqual({ id: expect.stringMatching(/^rs_/), type: "reasoning", summary: [] });
  });

  test("a prompt without directives with an explanation", async () => {
    const events = await eventsOf(
      await post(simulator, responsesBody([user("Read README.md and sum it up")])),
    );
    expect(textOf(events)).toContain("I am the Codex simulator, not a model");
    expect(itemsOf(events).some((item) => item["type"] === "function_call")).toBe(false);
  });

  test("the prompt, not context in the role of the user", async () => {
    const context = user("<environment_context>say no</environment_context>");
    const answer = await post(simulator, responsesBody([user("say yes"), context]));
    expect(textOf(await eventsOf(answer))).toBe("yes");
  });

  test("a compaction trigger with one compaction item, and accepts it later", async () => {
    const input = [user("say hi"), { type: "compaction_trigger" }];
    const items = itemsOf(await eventsOf(await post(simulator, responsesBody(input))));
    expect(items.map((item) => item["type"])).toEqual(["compaction"]);
    const later = await post(simulator, responsesBody([...items, user("say later")]));
    expect(textOf(await eventsOf(later))).toBe("later");
  });

  test("with the turn state once in a turn, and complains if it is lost", async () => {
    await using own = await startSimulator();
    const prompt = user("call f {}\nthen\nsay done");
    const first = await post(own, responsesBody([prompt]));
    const turnState = first.headers.get("x-codex-turn-state") ?? "";
    expect(turnState).not.toBe("");
    const [call = {}] = itemsOf(await eventsOf(first));
    const output = { type: "function_call_output", call_id: call["call_id"], output: "ok" };
    const next = responsesBody([prompt, call, output]);
    const second = await post(own, next, { "x-codex-turn-state": turnState });
    expect(second.headers.get("x-codex-turn-state")).toBeNull();
    await second.text();
    expect(own.complaints).toEqual([]);
    await (await post(own, next)).text();
    await (await post(own, responsesBody([user("say new")]), { "x-codex-turn-state": turnState })).text();
    expect(own.complaints).toHaveLength(2);
  });

  test("with the turn state again if an error response had none, without a complaint", async () => {
    await using own = await startSimulator();
    const prompt = user("call f {}\nthen\nsay done");
    own.faults.add("overloaded");
    expect((await post(own, responsesBody([prompt]))).headers.get("x-codex-turn-state")).toBeNull();
    const retried = await post(own, responsesBody([prompt]));
    expect(retried.headers.get("x-codex-turn-state")).toMatch(/^ts_/);
    await retried.text();
    expect(own.complaints).toEqual([]);
  });

  test("from the cache only with the session header", async () => {
    const cached = async (headers: Record<string, string>, key: string): Promise<unknown> => {
      const body = responsesBody([user(`say ${"x".repeat(2000)}`)], { prompt_cache_key: key });
      await (await post(simulator, body, headers)).text();
      const events = await eventsOf(await post(simulator, body, headers));
      const response = events.at(-1)?.["response"] as {
        usage: { input_tokens_details: { cached_tokens: number } };
      };
      return response.usage.input_tokens_details.cached_tokens > 0;
    };
    expect(await cached({ "session-id": "s" }, "cache-1")).toBe(true);
    expect(await cached({}, "cache-2")).toBe(false);
  });
});

describe("models and usage", () => {
  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${simulator.origin}/backend-api${path}`, {
      headers: { ...signedIn(simulator.issueCredentials()), originator: "codex_cli_rs", ...headers },
    });
  const slugs = async (answer: Response): Promise<string[]> =>
    ((await answer.json()) as { models: { slug: string }[] }).models.map(({ slug }) => slug);

  test("the catalogue depends on the client's version", async () => {
    expect(await slugs(await get("/codex/models?client_version=0.130.0"))).not.toContain("gpt-6.1-sol");
    expect(await slugs(await get("/codex/models?client_version=0.169.0"))).toContain("gpt-6.1-sol");
    expect((await get("/codex/models")).status).toBe(400);
  });

  test("responses carry the ETag of the catalogue that this client sees", async () => {
    const headers = { ...signedIn(simulator.issueCredentials()), originator: "codex_cli_rs" };
    const etag = (await get("/codex/models?client_version=0.169.0", headers)).headers.get("etag");
    const answer = await post(simulator, responsesBody(say), headers);
    await answer.text();
    expect(answer.headers.get("x-models-etag")).toBe(etag);
    const unknown = await get("/codex/models?client_version=0.169.0", { originator: "another" });
    expect(unknown.headers.get("etag")).not.toBe(etag);
  });

  test("headers and usage report the same limits", async () => {
    const answer = await post(simulator, responsesBody(say));
    await answer.text();
    const usage = (await (await get("/wham/usage")).json()) as {
      plan_type: string;
      rate_limit: { primary_window: { used_percent: number; limit_window_seconds: number } };
    };
    expect(usage.plan_type).toBe("plus");
    expect(Number(answer.headers.get("x-codex-primary-used-percent"))).toBe(
      usage.rate_limit.primary_window.used_percent,
    );
    expect(Number(answer.headers.get("x-codex-primary-window-minutes")) * 60).toBe(
      usage.rate_limit.primary_window.limit_window_seconds,
    );
  });
});
