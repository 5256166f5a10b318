import {
  Agent,
  defineTextTool,
  imageGenerationTool,
  MemoryContextStore,
  type StreamRequest,
  type TransportEvent,
  webSearchTool,
} from "axio";
import { stepEnd, textAnswer, toolAnswer, toolUse } from "axio/testing";
import { expect, test } from "vitest";
import { anyTool, read, toolResults, transportOf } from "./support.ts";

function agentWith(
  tools: ConstructorParameters<typeof Agent>[0]["tools"],
  ...answers: readonly (readonly TransportEvent[])[]
): { readonly agent: Agent; readonly requests: readonly StreamRequest[] } {
  const requests: StreamRequest[] = [];
  const transport = transportOf(async function* (request) {
    requests.push(request);
    yield* answers[requests.length - 1] ?? textAnswer("Done");
  });
  return { agent: new Agent({ transport, ...(tools === undefined ? {} : { tools }) }), requests };
}

test("a hosted tool is sent, and its block is stored", async () => {
  const block = { type: "hosted-tool", name: "web-search", input: { query: "x" } } as const;
  const { agent, requests } = agentWith(
    [webSearchTool({ allowedDomains: ["nodejs.org"] }), imageGenerationTool()],
    [
      { type: "hosted-tool-start", index: 0, name: "web-search" },
      { type: "block-end", index: 0, block },
      ...textAnswer("Found"),
    ],
  );
  const context = new MemoryContextStore();
  expect((await agent.run("Search", { context })).text).toBe("Found");
  expect(requests[0]?.tools.map(({ name, hosted }) => [name, hosted?.type])).toEqual([
    ["web_search", "web-search"],
    ["image_generation", "image-generation"],
  ]);
  expect((await context.history())[1]?.content[0]).toEqual(block);
});

test("a hosted tool cannot be called through the agent", async () => {
  const { agent } = agentWith([webSearchTool()], toolAnswer(toolUse("c", "web_search")));
  const { events } = await read(agent.runStream("Search"));
  expect(toolResults(events)).toMatchObject([{ isError: true, content: expect.stringContaining("no tool") }]);
});

test("two tools with one name are rejected, hosted ones included", () => {
  expect(() => agentWith([webSearchTool(), anyTool("web_search", () => "x")])).toThrow(/Two tools are named/);
});

test.each([
  ["the text itself", "SELECT 1"],
  ["an argument, from a provider without such tools", { input: "SELECT 1" }],
])("a free-form tool gets %s", async (_what, input) => {
  const query = defineTextTool({ name: "query", description: "Runs SQL.", execute: (sql) => `ran ${sql}` });
  const { agent } = agentWith([query], toolAnswer(toolUse("c", "query", input)));
  const { events } = await read(agent.runStream("Ask"));
  expect(toolResults(events)).toMatchObject([{ content: "ran SELECT 1" }]);
});

test("a free-form tool without a text gets an error result", async () => {
  const query = defineTextTool({ name: "query", description: "Runs SQL.", execute: (sql) => sql });
  const { agent } = agentWith([query], toolAnswer(toolUse("c", "query", { sql: 1 })));
  const { events } = await read(agent.runStream("Ask"));
  expect(toolResults(events)).toMatchObject([
    { isError: true, content: expect.stringContaining("a string") },
  ]);
});

test("a free-form tool needs a valid name", () => {
  expect(() => defineTextTool({ name: "a b", description: "", execute: (text) => text })).toThrow(
    expect.objectContaining({ code: "tool-schema" }),
  );
});

test("the tool choice applies to the first step of a run", async () => {
  const { agent, requests } = agentWith([anyTool("look", () => "x")], toolAnswer(toolUse("c", "look")));
  await agent.run("Look", { toolChoice: { name: "look" } });
  expect(requests.map(({ toolChoice }) => toolChoice)).toEqual([{ name: "look" }, undefined]);
});

test("the final text is the answer without commentary", async () => {
  const said = (text: string, index: number, phase: "commentary" | "final"): TransportEvent => ({
    type: "block-end",
    index,
    block: { type: "text", text, phase },
  });
  const both = agentWith([], [said("Let me see.", 0, "commentary"), said("42", 1, "final"), stepEnd()]);
  expect((await both.agent.run("Ask")).text).toBe("42");
  const one = agentWith([], [said("Let me see.", 0, "commentary"), stepEnd()]);
  expect((await one.agent.run("Ask")).text).toBe("Let me see.");
});
