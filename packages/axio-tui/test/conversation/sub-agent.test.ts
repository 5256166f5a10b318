import { Agent, defineTool, type Guard, MemoryContextStore, type TransportEvent } from "axio";
import { ScriptedTransport, textAnswer } from "axio/testing";
import { expect, test } from "vitest";
import { SUB_AGENT, subAgentTool } from "../../src/conversation/sub-agent-tool.ts";

const USAGE = { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0 };

function calls(name: string, ...inputs: readonly object[]): readonly TransportEvent[] {
  return [
    ...inputs.map(
      (input, index): TransportEvent => ({
        type: "block-end",
        index,
        block: { type: "tool-use", id: `${name}-${index}`, name, input: JSON.parse(JSON.stringify(input)) },
      }),
    ),
    { type: "step-end", stopReason: "tool-use", usage: USAGE },
  ];
}

const search = defineTool({
  name: "search",
  description: "Searches.",
  inputSchema: { type: "object", properties: {}, additionalProperties: false } as const,
  execute: () => "found in src/main.ts",
});

function parent(transport: ScriptedTransport, guards: readonly Guard[] = []): Agent {
  const options = { transport, system: "You are axio.", tools: [search], guards, selector: undefined };
  const tool = subAgentTool({ ...options, model: {} });
  return new Agent({ ...options, guards: [...guards], tools: [search, tool] });
}

test("a task has a conversation of its own, and only its answer comes back", async () => {
  const transport = new ScriptedTransport([
    calls(SUB_AGENT, { task: "Find the entry point." }),
    calls("search", {}),
    textAnswer("It is src/main.ts."),
    textAnswer("Done."),
  ]);
  const context = new MemoryContextStore();
  const shown: string[] = [];
  for await (const event of parent(transport).runStream("Where does it start?", { context }))
    if (event.type === "tool-output-delta") shown.push(event.delta);
  const [, task, , last] = transport.requests;
  expect(task?.messages).toHaveLength(1);
  expect(task?.messages[0]?.content).toMatchObject([{ type: "text", text: "Find the entry point." }]);
  expect(task?.tools.map(({ name }) => name)).toEqual(["search"]);
  const result = last?.messages.at(-1)?.content[0];
  expect(result).toMatchObject({ type: "tool-result", content: "It is src/main.ts." });
  expect(JSON.stringify(await context.history())).not.toContain("found in");
  expect(shown.join("")).toContain("search");
});

test("the guards of the app also decide about the tools of a task", async () => {
  const asked: string[] = [];
  const guard: Guard = ({ tool }) => {
    asked.push(tool.name);
    return tool.name === "search" ? { action: "deny", reason: "Not here." } : { action: "allow" };
  };
  const transport = new ScriptedTransport([
    calls(SUB_AGENT, { task: "Search." }),
    calls("search", {}),
    textAnswer("It was denied."),
    textAnswer("Done."),
  ]);
  await parent(transport, [guard]).run("Go.");
  expect(asked).toEqual([SUB_AGENT, "search"]);
  expect(JSON.stringify(transport.requests[2]?.messages)).toContain("Not here.");
});

test("tasks that are stopped end with the run", async () => {
  const abort = new AbortController();
  const transport = new ScriptedTransport([
    calls(SUB_AGENT, { task: "One." }, { task: "Two." }),
    async function* ({ signal }) {
      abort.abort();
      await new Promise(
        (resolve) => signal?.addEventListener("abort", resolve, { once: true }) ?? resolve(0),
      );
      yield { type: "text-delta", index: 0, delta: "late" };
    },
    textAnswer("never"),
  ]);
  await expect(parent(transport).run("Go.", { signal: abort.signal })).rejects.toMatchObject({
    code: "aborted",
  });
});
