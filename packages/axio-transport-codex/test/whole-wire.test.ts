import {
  Agent,
  assistantMessage,
  defineTextTool,
  defineTool,
  imageGenerationTool,
  MemoryContextStore,
  parseMessages,
  type StreamEvent,
  userMessage,
  webSearchTool,
} from "axio";
import { describe, expect, test } from "vitest";
import type { CodexTransportOptions } from "../src/index.ts";
import { asking, collect, failureOf, requestsTo, simulate, transportTo } from "./support.ts";

const MODELS = ["gpt-5.5", "gpt-6.1-sol"];
/** A PNG of one pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const image = { type: "image", mediaType: "image/png", source: { kind: "base64", data: PIXEL } } as const;
const sound = { type: "file", mediaType: "audio/wav", source: { kind: "base64", data: "AAAA" } } as const;

describe.each(MODELS)("%s", (model) => {
  test("responds with an object", async () => {
    const simulator = await simulate();
    const agent = new Agent({ transport: transportTo(simulator, { model }) });
    const schema = {
      type: "object",
      properties: { town: { type: "string" } },
      required: ["town"],
    };
    const stream = agent.runStream('say {"town":"Bonn"}', { output: schema });
    const partials: unknown[] = [];
    for await (const event of stream) if (event.type === "partial-object") partials.push(event.value);
    expect(partials.length).toBeGreaterThan(0);
    expect(await stream.finalObject()).toEqual({ town: "Bonn" });
    expect(requestsTo(simulator, "/responses")[0]?.json).toMatchObject({
      text: { format: { type: "json_schema", strict: true, schema: { additionalProperties: false } } },
    });
  });

  test("calls free-form tools, and accepts images in their results", async () => {
    const simulator = await simulate();
    const patch = defineTextTool({
      name: "patch",
      description: "Applies a patch.",
      execute: (text) => [{ type: "text", text: `applied ${text}` }, image],
    });
    const agent = new Agent({ tools: [patch], transport: transportTo(simulator, { model }) });
    const context = new MemoryContextStore();
    expect((await agent.run("call patch *** Begin\nthen\nsay {{result 1}}", { context })).text).toBe(
      "applied *** Begin",
    );
    expect((await agent.run("say Bye", { context })).text).toBe("Bye");
  });

  test("searches, cites and draws, and continues from a stored history", async () => {
    const simulator = await simulate();
    const tools = [webSearchTool(), imageGenerationTool()];
    const agent = new Agent({ tools, transport: transportTo(simulator, { model }) });
    const context = new MemoryContextStore();
    const events: StreamEvent[] = [];
    const prompt = "search the weather\ncite https://a.test/w It rains\ndraw rain";
    for await (const event of agent.runStream(prompt, { context })) events.push(event);
    expect(events.filter(({ type }) => type === "hosted-tool-start")).toMatchObject([
      { name: "web-search" },
      { name: "image-generation" },
    ]);
    expect(events.filter(({ type }) => type === "image-output")).toMatchObject([{ partial: true }, {}]);
    const [, answer] = await context.history();
    expect(answer?.content).toMatchObject([
      { type: "hosted-tool", name: "web-search", status: "completed", input: { query: "the weather" } },
      {
        type: "text",
        text: "It rains",
        phase: "final",
        sources: [{ url: "https://a.test/w", title: "A page", start: 0, end: 8 }],
      },
      { type: "image", mediaType: "image/png" },
    ]);
    const stored = new MemoryContextStore();
    await stored.append(parseMessages(JSON.stringify(await context.history())));
    expect((await agent.run("say Bye", { context: stored })).text).toBe("Bye");
    expect(JSON.stringify(requestsTo(simulator, "/responses").at(-1)?.json)).toContain("url_citation");
  });

  test("a search states the pages that it found, on request", async () => {
    const simulator = await simulate();
    const tools = [webSearchTool({ sources: true })];
    const agent = new Agent({ tools, transport: transportTo(simulator, { model }) });
    const context = new MemoryContextStore();
    await agent.run("search cats\nsay Found", { context });
    const [, answer] = await context.history();
    expect(answer?.content[0]).toMatchObject({
      type: "hosted-tool",
      input: { type: "search", query: "cats" },
      sources: [{ url: "https://example.test/one" }, { url: "https://example.test/two" }],
    });
    const stored = new MemoryContextStore();
    await stored.append(parseMessages(JSON.stringify(await context.history())));
    expect((await agent.run("say Bye", { context: stored })).text).toBe("Bye");
    expect(simulator.complaints).toEqual([]);
  });

  test("tells commentary from the final text, and sends both back as they were", async () => {
    const simulator = await simulate();
    const look = defineTool({
      name: "look",
      description: "Looks.",
      inputSchema: { type: "object", properties: {} },
      execute: () => "found",
    });
    const agent = new Agent({ tools: [look], transport: transportTo(simulator, { model }) });
    const phases: unknown[] = [];
    const stream = agent.runStream("say Wait\ncall look {}\nthen\nsay {{result 1}}");
    for await (const event of stream) if (event.type === "text-delta") phases.push(event.phase);
    expect(phases).toEqual(["commentary", "final"]);
    expect(await stream.finalText()).toBe("found");
    expect(requestsTo(simulator, "/responses").at(-1)?.body).toContain('"phase":"commentary"');
  });

  test("must call the chosen tool in the first request", async () => {
    const simulator = await simulate();
    const look = defineTextTool({ name: "look", description: "Looks.", execute: () => "found" });
    const agent = new Agent({ tools: [look], transport: transportTo(simulator, { model }) });
    await agent.run("call look x\nthen\nsay Hi", { toolChoice: { name: "look" } });
    expect(requestsTo(simulator, "/responses").map(({ json }) => json)).toMatchObject([
      { tool_choice: { type: "custom", name: "look" } },
      { tool_choice: "auto" },
    ]);
  });

  test("names the remedy if the account lacks a hosted tool", async () => {
    const simulator = await simulate({ lackingTools: ["image_generation"] });
    const agent = new Agent({ tools: [imageGenerationTool()], transport: transportTo(simulator, { model }) });
    const error = await failureOf(agent.run("draw a cat"));
    expect(error).toMatchObject({ code: "invalid-request", retryable: false });
    expect(error.message).toMatch(/image_generation.*leave out/);
  });
});

describe("before anything is sent", () => {
  async function refusal(options: CodexTransportOptions, ...content: Parameters<typeof userMessage>) {
    const simulator = await simulate();
    const transport = transportTo(simulator, options);
    const error = await failureOf(
      collect(transport.stream(asking("", { messages: [userMessage(...content)] }))),
    );
    expect(requestsTo(simulator, "/responses")).toHaveLength(0);
    return error;
  }

  test("the error for an image names models that accept images", async () => {
    const error = await refusal({ model: "o3" }, [image]);
    expect(error.code).toBe("unsupported-content");
    expect(error.message).toContain("o3 does not accept images");
    expect(error.details.models).toContain("gpt-5.5");
    expect(error.details.models).not.toContain("o3-mini");
  });

  test("a model of the caller with capabilities is checked too", async () => {
    const error = await refusal({ model: { id: "gpt-5.5", capabilities: ["text"] } }, [image]);
    expect(error.code).toBe("unsupported-content");
  });

  test("an image of a tool or an earlier message is replaced with a note", async () => {
    const simulator = await simulate();
    const transport = transportTo(simulator, {
      model: { id: "gpt-5.5", capabilities: ["text", "tool-use"] },
    });
    const messages = [
      userMessage([{ type: "text", text: "call look {}" }, image]),
      assistantMessage([{ type: "tool-use", id: "c", name: "look", input: {} }]),
      userMessage([
        { type: "tool-result", toolCallId: "c", content: [image, { type: "text", text: "seen" }] },
      ]),
    ];
    await collect(transport.stream(asking("", { messages })));
    const sent = requestsTo(simulator, "/responses").at(-1)?.body ?? "";
    expect(sent).not.toContain("input_image");
    expect(sent.split("An image was left out here: the model gpt-5.5 does not accept images.")).toHaveLength(
      3,
    );
    expect(sent).toContain("seen");
  });

  test("audio is rejected for models without audio", async () => {
    expect((await refusal({ model: "gpt-5.5" }, [sound])).message).toContain("does not accept audio");
  });

  test("the error for an unknown effort names those of the model", async () => {
    const error = await refusal({ model: "gpt-5.5", reasoning: { effort: "ultra" } }, "Hi");
    expect(error.code).toBe("unsupported-parameter");
    expect(error.details.parameter).toBe("reasoning.effort");
    expect(error.message).toContain("low, medium, high, xhigh");
  });

  test("the backend checks unknown models", async () => {
    const simulator = await simulate({ models: [] });
    const transport = transportTo(simulator, { model: "gpt-9", reasoning: { effort: "extreme" } });
    const error = await failureOf(
      collect(transport.stream(asking("", { messages: [userMessage([image, sound])] }))),
    );
    expect(error.code).toBe("model-not-supported");
  });
});
