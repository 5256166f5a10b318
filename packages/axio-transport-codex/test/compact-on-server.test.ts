import {
  Agent,
  type CompletionTransport,
  compactContext,
  isJsonObject,
  MemoryContextStore,
  ModelRegistry,
  userMessage,
} from "axio";
import { expect, test } from "vitest";
import { compactOnServer } from "../src/index.ts";
import { failureOf, requestsTo, simulate, transportTo } from "./support.ts";

function inputOf(json: unknown): readonly Record<string, unknown>[] {
  const input = isJsonObject(json) ? json["input"] : undefined;
  return Array.isArray(input) ? input.filter(isJsonObject) : [];
}

test.each(["gpt-5.5", "gpt-6.1-sol"])("%s compacts a conversation, and continues it", async (model) => {
  const simulator = await simulate();
  const transport = transportTo(simulator, { model });
  const agent = new Agent({ system: "Be brief.", transport });
  const context = new MemoryContextStore();
  for (const text of ["One", "Two", "Three"]) await agent.run(`say ${text}`, { context });

  const strategy = compactOnServer(transport, { system: "Be brief." });
  const { replaced } = await compactContext(context, { strategy, keepTokens: 1 });
  expect(replaced).toBe(4);
  const request = requestsTo(simulator, "/responses").at(-1);
  expect(request?.headers["x-codex-beta-features"]).toBe("remote_compaction_v2");
  expect(inputOf(request?.json).at(-1)).toEqual({ type: "compaction_trigger" });

  const history = await context.history();
  expect(history.map(({ content }) => content[0])).toMatchObject([
    { type: "text", text: "say One" },
    { type: "text", text: "say Two" },
    { type: "opaque", kind: "compaction" },
    { type: "text", text: "say Three" },
    { type: "text", text: "Three" },
  ]);

  expect((await agent.run("say Four", { context })).text).toBe("Four");
  const next = requestsTo(simulator, "/responses").at(-1);
  expect(next?.headers).not.toHaveProperty("x-codex-beta-features");
  expect(inputOf(next?.json).filter(({ type }) => type === "compaction")).toHaveLength(1);
});

test.each([0, 2])("%i compactions are an error, and the history stays", async (count) => {
  const model = { id: "model", capabilities: ["text"] };
  const transport: CompletionTransport = {
    name: "Test",
    model,
    models: new ModelRegistry([model]),
    async *stream() {
      for (let index = 0; index < count; index++)
        yield { type: "block-end", index, block: { type: "opaque", kind: "compaction" } };
    },
  };
  const context = new MemoryContextStore();
  const messages = ["a", "b", "c"].map((text) => userMessage(text));
  await context.append(messages);
  const error = await failureOf(
    compactContext(context, { strategy: compactOnServer(transport), keepTokens: 1 }),
  );
  expect(error.code).toBe("protocol");
  expect(error.message).toContain(`returned ${count} compactions`);
  expect(await context.history()).toEqual(messages);
});
