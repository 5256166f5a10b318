import OpenAI from "openai";
import { FIXTURES } from "test-support/fixtures";
import { needs, RECORDINGS } from "test-support/requirements";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  CHATGPT_ACCOUNTS,
  type ChatGPTSimulator,
  type ChatGPTSimulatorOptions,
  startChatGPTSimulator,
} from "../src/index.ts";
import { planBody, READ, register, WRAPPED } from "./chatgpt-client.ts";
import { eventsOf, itemsOf, textOf, user } from "./client.ts";
import { openAISchema } from "./openai-schema.ts";

let simulator: ChatGPTSimulator;
beforeEach(async () => {
  simulator = await startChatGPTSimulator({ autoApprove: true });
});
afterEach(() => simulator.close());

interface ErrorBody {
  readonly error: { readonly code: string; readonly param: string };
}

function post(
  body: unknown,
  token = simulator.issueTokens().accessToken,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${simulator.apiBaseUrl}/responses`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify(body),
  });
}

async function restart(options: ChatGPTSimulatorOptions): Promise<void> {
  await simulator.close();
  simulator = await startChatGPTSimulator(options);
}

const SCRIPT = 'think hm\nsay Grüße 👋\ncall read {"path":"a"}';

describe("the official SDK", () => {
  test("streams text, reasoning and a call of a namespace with the token of a sign-in", async () => {
    const { tokens } = await register(simulator);
    const client = new OpenAI({ baseURL: simulator.apiBaseUrl, apiKey: tokens.access_token, maxRetries: 0 });
    const body = planBody(SCRIPT) as Parameters<OpenAI["responses"]["stream"]>[0];
    const final = await client.responses.stream(body).finalResponse();
    expect(final.output_text).toBe("Grüße 👋");
    expect(final.output.map(({ type }) => type)).toEqual(["reasoning", "message", "function_call"]);
    expect(final.output[2]).toMatchObject({ name: "read", namespace: "files" });
    expect(simulator.violations).toEqual([]);
  });
});

describe("against OpenAI's own schema", needs(RECORDINGS), () => {
  test("every event is valid", async () => {
    const problemsOf = await openAISchema(FIXTURES);
    const events = await eventsOf(await post(planBody(SCRIPT)));
    expect(events.length).toBeGreaterThan(10);
    for (const event of events) expect(problemsOf(event), JSON.stringify(event)).toEqual([]);
  });
});

describe("access", () => {
  const body = planBody("say hi");

  test("needs a valid token", async () => {
    const { accessToken } = simulator.issueTokens();
    expect((await post(body, "")).status).toBe(401);
    expect((await post(body, `${accessToken}x`)).status).toBe(401);
    expect((await post(body, simulator.issueTokens({ lifetimeSeconds: -1 }).accessToken)).status).toBe(401);
    expect((await post(body, accessToken)).status).toBe(200);
    simulator.disconnect();
    const refused = await post(body, accessToken);
    expect([refused.status, await refused.json()]).toEqual([
      401,
      { detail: "The access token is not valid." },
    ]);
  });

  test("needs the scope of the plan, and a plan that can be shared", async () => {
    const identity = await post(body, simulator.issueTokens({ identityOnly: true }).accessToken);
    expect([identity.status, await identity.json()]).toMatchObject([
      403,
      { error: { code: "chatpass_v2_scope_not_authorized" } },
    ]);
    const [account] = CHATGPT_ACCOUNTS;
    if (account === undefined) throw new Error("There is no account.");
    await restart({ accounts: [{ ...account, planType: "free" }] });
    const free = await post(body);
    expect([free.status, await free.json()]).toMatchObject([
      403,
      { error: { code: "subscription_sharing_user_not_eligible" } },
    ]);
  });
});

describe("a body", () => {
  test.each([
    ["temperature", { temperature: 1 }],
    ["max_output_tokens", { max_output_tokens: 100 }],
    ["metadata", { metadata: {} }],
    ["store", { store: true }],
    ["stream", { stream: false }],
    ["previous_response_id", { previous_response_id: "resp_1" }],
    ["service_tier", { service_tier: "warp" }],
    ["input[0].role", { input: [{ role: "system", content: "Be brief." }] }],
    ["input", { input: [user("say hi"), { type: "compaction_trigger" }] }],
    ["tools[0].type", { tools: [{ type: "image_generation" }] }],
    ["tools[0].type", { tools: [{ type: "mcp", server_label: "x" }] }],
    ["tools[0].type", { tools: [{ type: "tool_search" }] }],
    [
      "input[0].tools[0].type",
      { input: [{ type: "additional_tools", role: "developer", tools: [{ type: "file_search" }] }] },
    ],
  ])("is refused for its %s", async (param, change) => {
    const answer = await post(planBody("say hi", change));
    const { error } = (await answer.json()) as ErrorBody;
    expect([answer.status, error.code, error.param]).toEqual([
      400,
      "subscription_sharing_unsupported_capability",
      param,
    ]);
  });

  test("with members that must be omitted is a violation", async () => {
    await post(planBody("say hi", { temperature: 1, user: "robin" }));
    expect(simulator.violations).toMatchObject([
      { kind: "unsupported_member", message: "the member temperature" },
      { kind: "unsupported_member", message: "the member user" },
    ]);
  });

  test.each([{ input: "say hi" }, { input: undefined }])("has a list as input: %j", async (change) => {
    const answer = await post(planBody("say hi", change));
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      { detail: [{ loc: ["body", "input"], type: "list_type" }] },
    ]);
  });

  test("has a model of the account and members that exist", async () => {
    const codeOf = async (change: Record<string, unknown>): Promise<unknown> => {
      const answer = await post(planBody("say hi", change));
      return [answer.status, ((await answer.json()) as ErrorBody).error.code];
    };
    expect(await codeOf({ model: "gpt-4.1" })).toEqual([404, "model_not_found"]);
    expect(await codeOf({ hologram: true })).toEqual([400, "unknown_parameter"]);
    await restart({ modelsOf: { [CHATGPT_ACCOUNTS[0]?.id ?? ""]: ["gpt-5.5"] } });
    expect(await codeOf({})).toEqual([404, "model_not_found"]);
  });

  test.each([
    ["flat_tools", { tools: [READ] }],
    ["tool_choice", { tool_choice: "auto" }],
    ["parallel_tool_calls", { parallel_tool_calls: true }],
    ["stream_options", { stream_options: { include_obfuscation: false } }],
    ["client_metadata", { client_metadata: {} }],
    ["prompt_cache_options", { prompt_cache_options: {} }],
    ["text_format", { text: { format: { type: "text" } } }],
    ["text_verbosity", { text: { verbosity: "low" } }],
  ])(
    "with %s, which the documentation does not mention, is refused or accepted by option",
    async (rule, change) => {
      const body = planBody("say hi", change);
      expect((await post(body)).status).toBe(400);
      for (const unknowns of ["lenient", { [rule]: "lenient" }] as const) {
        await restart({ unknowns });
        expect(textOf(await eventsOf(await post(body)))).toBe("hi");
      }
    },
  );

  test.each([
    ["in additional_tools, flat", [{ type: "additional_tools", role: "developer", tools: [READ] }]],
    ["in additional_tools, wrapped", [{ type: "additional_tools", role: "developer", tools: WRAPPED }]],
  ])("may have its tools %s", async (_, items) => {
    const body = planBody("", { tools: undefined, input: [...items, user("call read {}")] });
    const [call] = itemsOf(await eventsOf(await post(body)));
    expect(call).toMatchObject({ type: "function_call", name: "read" });
  });
});

test("lists the models of the plan, fewer for a client without a version", async () => {
  const { accessToken } = simulator.issueTokens();
  const slugs = async (query: string): Promise<string[]> => {
    const headers = { authorization: `Bearer ${accessToken}` };
    const answer = await fetch(`${simulator.apiBaseUrl}/models${query}`, { headers });
    const { models } = (await answer.json()) as { models: { slug: string; visibility: string }[] };
    expect(models.map(({ visibility }) => visibility)).toContain("hide");
    return models.map(({ slug }) => slug);
  };
  expect(await slugs("")).not.toContain("gpt-6.1-sol");
  expect(await slugs("?client_version=0.169.0")).toContain("gpt-6.1-sol");
});

test.each(["/chat/completions", "/responses/compact", "/usage"])(
  "%s is no route of the plan",
  async (path) => {
    const { accessToken } = simulator.issueTokens();
    const answer = await fetch(`${simulator.apiBaseUrl}${path}`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect([answer.status, await answer.json()]).toMatchObject([
      403,
      { error: { code: "subscription_sharing_route_not_supported" } },
    ]);
  },
);

describe("a response", () => {
  test("has a request id and no headers about limits, account or turn", async () => {
    const answer = await post(planBody("say hi"));
    const names = [...answer.headers.keys()];
    expect(names).toContain("x-request-id");
    expect(names.filter((name) => /codex|rate|limit|turn|etag/.test(name))).toEqual([]);
    const last = (await eventsOf(answer)).at(-1);
    expect(last).toMatchObject({ type: "response.completed" });
    expect(last?.["response"]).not.toHaveProperty("end_turn");
  });

  test("may lack its content type, end early, and name the wrapping namespace", async () => {
    const untyped = await post(planBody("say hi\nfail no_content_type"));
    expect(untyped.headers.get("content-type")).toBeNull();
    expect(textOf(await eventsOf(untyped))).toBe("hi");
    const early = await (await post(planBody("say hi\nfail early_done"))).text();
    expect(early.trimEnd()).toMatch(/data: \[DONE\]$/);
    expect(early).not.toContain("response.completed");
    const tools = [{ type: "namespace", name: "functions", description: "", tools: [READ] }];
    for (const [fault, namespace] of [
      ["", undefined],
      ["\nfail functions_namespace", "functions"],
    ] as const) {
      const [call] = itemsOf(await eventsOf(await post(planBody(`call read {}${fault}`, { tools }))));
      expect(call?.["namespace"]).toBe(namespace);
    }
  });

  test("may have every fault that a stream can have, and its own refusals", async () => {
    const failed = await eventsOf(
      await post(planBody("say hi\nfail failed code=subscription_sharing_usage_unavailable at=text")),
    );
    expect(failed.at(-1)).toMatchObject({
      type: "response.failed",
      response: { error: { code: "subscription_sharing_usage_unavailable" } },
    });
    simulator.faults.add("subscription_sharing_usage_limit_exceeded");
    const limited = await post(planBody("say hi"));
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, null]);
    simulator.faults.add("admission_unavailable");
    const off = await post(planBody("say hi"));
    expect([off.status, await off.json()]).toEqual([503, { detail: expect.any(String) }]);
  });
});

describe("violations", () => {
  test.each([
    ["the same request after the limit", "subscription_sharing_usage_limit_exceeded"],
    [
      "the same request after the limit in a stream",
      "failed code=subscription_sharing_usage_limit_exceeded at=text",
    ],
  ])("%s", async (_, fault) => {
    const body = planBody(`say hi\nfail ${fault}`);
    const { accessToken } = simulator.issueTokens();
    await (await post(body, accessToken)).text();
    expect(simulator.violations).toEqual([]);
    await (await post(planBody("say other"), accessToken)).text();
    expect(simulator.violations).toEqual([]);
    await (await post({ ...body, prompt_cache_key: "other" }, accessToken)).text();
    expect(simulator.violations).toMatchObject([{ kind: "retry_after_usage_limit", request: 3 }]);
  });

  test("foreign headers, paths and tokens in a URL", async () => {
    const { accessToken } = simulator.issueTokens();
    const headers = { "chatgpt-account-id": "x", originator: "y", "openai-organization": "z" };
    await (await post(planBody("say hi"), accessToken, headers)).text();
    await fetch(`${simulator.origin}/backend-api/codex/models`);
    await fetch(`${simulator.apiBaseUrl}/models?access_token=${accessToken}`);
    expect(simulator.violations.map(({ kind }) => kind)).toEqual([
      "account_header",
      "foreign_header",
      "foreign_header",
      "backend_path",
      "token_in_url",
    ]);
    expect(JSON.stringify(simulator.violations)).not.toContain(accessToken);
  });
});
