import { ModelRegistry } from "axio";
import { MemoryCredentialStore } from "axio-auth";
import { DEFAULT_MODELS } from "axio-simulator";
import { describe, expect, test } from "vitest";
import { CODEX_MODELS, CodexTransport, type Credentials } from "../src/index.ts";
import { asking, collect, connection, failureOf, requestsTo, simulate, transportTo } from "./support.ts";

const [FIRST = expect.fail("The simulator has no models.")] = DEFAULT_MODELS;

function modelsAsked(simulator: Parameters<typeof requestsTo>[0]): readonly unknown[] {
  return requestsTo(simulator, "/responses").map(({ json }) => (json as { model: string }).model);
}

describe("without a model option", () => {
  test("the account's default is used if gpt-4.1 is not on its list, which concurrent first calls request once", async () => {
    const simulator = await simulate();
    const transport = new CodexTransport(connection(simulator));
    expect(transport.model.id).toBe("gpt-4.1");
    await Promise.all(
      Array.from({ length: 5 }, (_, index) => collect(transport.stream(asking(`say ${index}`)))),
    );
    await collect(transport.stream(asking("say again")));
    expect(transport.model.id).toBe(FIRST.slug);
    expect(modelsAsked(simulator)).toEqual(Array.from({ length: 6 }, () => FIRST.slug));
    expect(requestsTo(simulator, "/models")).toHaveLength(1);
  });

  test("gpt-4.1 is used if the account has it", async () => {
    const simulator = await simulate({ models: [FIRST, { ...FIRST, slug: "gpt-4.1", priority: 50 }] });
    const transport = new CodexTransport(connection(simulator));
    await collect(transport.stream(asking("say Hi")));
    expect(modelsAsked(simulator)).toEqual(["gpt-4.1"]);
  });

  test("gpt-4.1 is used if the list is not available", async () => {
    const simulator = await simulate({ models: [{ ...FIRST, slug: "gpt-4.1" }] });
    simulator.faults.add("server_error", { target: "models" });
    const warnings: string[] = [];
    const transport = new CodexTransport({
      ...connection(simulator),
      onWarning: ({ code }) => warnings.push(code),
    });
    await collect(transport.stream(asking("say Hi")));
    await collect(transport.stream(asking("say Hi")));
    expect(modelsAsked(simulator)).toEqual(["gpt-4.1", "gpt-4.1"]);
    expect(requestsTo(simulator, "/models")).toHaveLength(1);
    expect(warnings).toEqual(["server"]);
  });

  test("a call before the sign-in does not settle the model", async () => {
    const simulator = await simulate();
    const credentials = new MemoryCredentialStore<Credentials>();
    const transport = new CodexTransport({ ...connection(simulator), credentials });
    expect((await failureOf(collect(transport.stream(asking("say Hi"))))).code).toBe("unauthenticated");
    await credentials.update(async () => simulator.issueCredentials());
    await collect(transport.stream(asking("say Hi")));
    expect(transport.model.id).toBe(FIRST.slug);
  });

  test("fetchModels() chooses too, so that the first request asks for nothing more", async () => {
    const simulator = await simulate();
    const transport = new CodexTransport(connection(simulator));
    await transport.fetchModels();
    expect(transport.model.id).toBe(FIRST.slug);
    await collect(transport.stream(asking("say Hi")));
    expect(modelsAsked(simulator)).toEqual([FIRST.slug]);
    expect(requestsTo(simulator, "/models")).toHaveLength(1);
  });
});

test("a model that the options or the request name is used without requesting the list", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator, { model: "gpt-5.2" });
  await Promise.all([
    collect(transport.stream(asking("say Hi"))),
    collect(transport.stream({ ...asking("say Hi"), model: "gpt-5.4" })),
    collect(transport.stream({ ...asking("say Hi"), model: { id: "gpt-5.5", capabilities: ["text"] } })),
  ]);
  expect([...modelsAsked(simulator)].sort()).toEqual(["gpt-5.2", "gpt-5.4", "gpt-5.5"]);
  expect(transport.model.id).toBe("gpt-5.2");
  expect(requestsTo(simulator, "/models")).toHaveLength(0);
});

test("one transport serves requests with different models and reasoning at once", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator, { model: "gpt-5.5", reasoning: { effort: "low" } });
  const prompts = [
    { reasoning: { effort: "high" } },
    { model: "gpt-5.2", reasoning: { summary: "none" } },
    {},
  ] as const;
  await Promise.all(
    prompts.map((options, index) => collect(transport.stream({ ...asking(`say ${index}`), ...options }))),
  );
  const sent = requestsTo(simulator, "/responses").map(({ json }) => {
    const { model, reasoning } = json as { model: string; reasoning: object };
    return { model, reasoning };
  });
  expect(sent).toHaveLength(3);
  expect(sent).toEqual(
    expect.arrayContaining([
      { model: "gpt-5.5", reasoning: { effort: "high", summary: "auto" } },
      { model: "gpt-5.2", reasoning: { effort: "low" } },
      { model: "gpt-5.5", reasoning: { effort: "low", summary: "auto" } },
    ]),
  );
});

describe("fetchModels", () => {
  test("returns the models of the account in its order, without hidden ones", async () => {
    const simulator = await simulate();
    const transport = transportTo(simulator);
    const models = await transport.fetchModels();
    expect(models.ids()).toEqual(
      DEFAULT_MODELS.filter(({ visibility }) => visibility === "list").map(({ slug }) => slug),
    );
    expect(transport.models).toBe(models);
    expect(models.get("gpt-5.5")).toMatchObject({
      displayName: "GPT-5.5",
      contextWindow: 272_000,
      efforts: ["low", "medium", "high", "xhigh"],
      defaultEffort: "medium",
      capabilities: expect.arrayContaining(["text", "tool-use", "vision", "reasoning"]),
    });
  });

  test.each([
    ["the user is not signed in", { credentials: new MemoryCredentialStore<Credentials>() }, undefined],
    ["the backend fails", {}, "server_error"],
    ["the response is truncated", {}, "truncated_body"],
    ["a page comes instead", {}, "html_page"],
  ])("falls back to CODEX_MODELS if %s", async (_name, options, fault) => {
    const simulator = await simulate();
    if (fault !== undefined) simulator.faults.add(fault, { target: "models" });
    const warnings: unknown[] = [];
    const transport = transportTo(simulator, { ...options, onWarning: (error) => warnings.push(error) });
    expect(await transport.fetchModels()).toBe(CODEX_MODELS);
    expect(warnings).toHaveLength(1);
  });

  test("falls back to the caller's own list", async () => {
    const simulator = await simulate();
    simulator.faults.add("server_error", { target: "models" });
    const models = new ModelRegistry([{ id: "gpt-5.5", capabilities: ["text"] }]);
    expect(await transportTo(simulator, { models }).fetchModels()).toBe(models);
  });

  test("throws aborted, and keeps the list, when its signal fires", async () => {
    const simulator = await simulate();
    const transport = transportTo(simulator);
    const { models } = transport;
    const error = await failureOf(transport.fetchModels({ signal: AbortSignal.abort() }));
    expect(error.code).toBe("aborted");
    expect(transport.models).toBe(models);
  });
});
