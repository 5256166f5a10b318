import { DEFAULT_MODELS } from "axio-simulator";
import { MODELS_TTL_MS } from "axio-transport-kit";
import { afterEach, describe, expect, test, vi } from "vitest";
import { asking, collect, requestsTo, simulate, transportTo } from "./support.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** Returns the response with another version of the list in its headers. */
function naming(tag: string, response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set("x-models-etag", tag);
  return new Response(response.body, { status: response.status, headers });
}

describe("the list of models", () => {
  test("is requested once in five minutes", async () => {
    const simulator = await simulate();
    const transport = transportTo(simulator);
    vi.useFakeTimers({ toFake: ["Date"] });
    const models = await transport.fetchModels();
    expect(await transport.fetchModels()).toBe(models);
    expect(requestsTo(simulator, "/models")).toHaveLength(1);
    vi.setSystemTime(Date.now() + MODELS_TTL_MS + 1);
    await transport.fetchModels();
    expect(requestsTo(simulator, "/models")).toHaveLength(2);
  });

  test("is requested once more if a response states another version, and updates the default model", async () => {
    const simulator = await simulate();
    let tag = "";
    const transport = transportTo(simulator, {
      model: "gpt-5.5",
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (tag === "") return response;
        if (!String(url).includes("/models")) return naming(tag, response);
        const { models } = (await response.json()) as { models: { slug: string; context_window: number }[] };
        for (const model of models) if (model.slug === "gpt-5.5") model.context_window = 500_000;
        return Response.json({ models });
      },
    });
    await transport.fetchModels();
    await collect(transport.stream(asking("say Hi")));
    expect(requestsTo(simulator, "/models")).toHaveLength(1);
    tag = 'W/"other"';
    await collect(transport.stream(asking("say Hi")));
    await collect(transport.stream(asking("say Hi")));
    expect(requestsTo(simulator, "/models")).toHaveLength(2);
    expect(transport.models.get("gpt-5.5").contextWindow).toBe(500_000);
    expect(transport.model.contextWindow).toBe(500_000);
  });

  test("that cannot be updated is a warning, and the response is complete", async () => {
    const simulator = await simulate();
    const warnings: string[] = [];
    let isOther = false;
    const transport = transportTo(simulator, {
      onWarning: ({ code }) => warnings.push(code),
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        return isOther && response.ok ? naming("other", response) : response;
      },
    });
    const models = await transport.fetchModels();
    isOther = true;
    simulator.faults.add("server_error", { target: "models" });
    const events = await collect(transport.stream(asking("say Hi")));
    expect(events.at(-1)?.type).toBe("step-end");
    expect(warnings).toEqual(["server"]);
    expect(transport.models).toBe(models);
    // The announced list can still be requested.
    await transport.fetchModels();
    expect(requestsTo(simulator, "/models")).toHaveLength(3);
  });

  test("warns of malformed entries with their number", async () => {
    const simulator = await simulate();
    const warnings: string[] = [];
    const transport = transportTo(simulator, {
      onWarning: ({ message }) => warnings.push(message),
      fetch: async () => Response.json({ models: [{ slug: "a" }, { nonsense: true }, 7] }),
    });
    expect((await transport.fetchModels()).ids()).toEqual(["a"]);
    expect(warnings).toEqual([expect.stringContaining("2 of the account's models could not be read")]);
  });

  test("has windows, modalities, efforts and tiers", async () => {
    const simulator = await simulate();
    const models = await transportTo(simulator).fetchModels();
    expect(models.get("gpt-5.6-sol")).toMatchObject({
      contextWindow: 272_000,
      maxContextWindow: 872_000,
      inputModalities: ["text", "image"],
      efforts: ["low", "medium", "high", "xhigh", "max", "ultra"],
      serviceTiers: ["priority", "ultrafast"],
    });
    expect(models.size).toBe(DEFAULT_MODELS.filter(({ visibility }) => visibility === "list").length);
  });
});
