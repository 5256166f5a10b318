import { describe, expect, onTestFinished, test } from "vitest";
import {
  CHAT_DIALECTS,
  type ChatDialectName,
  type ChatSwitches,
  startOpenAISimulator,
} from "../src/index.ts";
import { chatBody, chunksOf, deltasOf, postChat } from "./chat-client.ts";

const TWO_CALLS = 'think Hm, two files.\ncall read_file {"path":"a"}\ncall read_file {"path":"b"}';

/** The deltas of a response with these switches. */
async function deltasWith(
  switches: Partial<ChatSwitches>,
  prompt = TWO_CALLS,
): Promise<Record<string, unknown>[]> {
  return deltasOf(await chunksWith(switches, prompt));
}

async function chunksWith(
  switches: Partial<ChatSwitches>,
  prompt = TWO_CALLS,
): Promise<Record<string, unknown>[]> {
  const simulator = await startOpenAISimulator({ switches });
  onTestFinished(() => simulator.close());
  return chunksOf(await postChat(simulator, chatBody(prompt)));
}

/** Every part of a tool call in the deltas. */
function partsOf(deltas: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  return deltas.flatMap((delta) => (delta["tool_calls"] ?? []) as Record<string, unknown>[]);
}

function functionOf(part: Record<string, unknown>): Record<string, unknown> {
  return part["function"] as Record<string, unknown>;
}

describe("tool calls", () => {
  test.each<[Partial<ChatSwitches>, readonly unknown[]]>([
    [{}, [0, 1]],
    [{ callIndex: "zero" }, [0]],
    [{ callIndex: "from-one" }, [1, 2]],
    [{ callIndex: "absent" }, [undefined]],
  ])("have the indexes of %j", async (switches, indexes) => {
    const parts = partsOf(await deltasWith(switches));
    expect([...new Set(parts.map((part) => part["index"]))]).toEqual(indexes);
  });

  test.each<[Partial<ChatSwitches>, (ids: readonly unknown[]) => boolean]>([
    [{}, (ids) => ids.filter((id) => typeof id === "string").length === 2],
    [{ callId: "every" }, (ids) => ids.every((id) => String(id).startsWith("call_"))],
    [{ callId: "never" }, (ids) => ids.every((id) => id === undefined)],
    [{ callId: "then-empty" }, (ids) => ids.includes("")],
    [{ callId: "then-null" }, (ids) => ids.includes(null)],
    [{ callId: "new-every-time" }, (ids) => new Set(ids).size === ids.length],
  ])("have the ids of %j", async (switches, expected) => {
    const parts = partsOf(await deltasWith(switches));
    expect(expected(parts.map((part) => part["id"]))).toBe(true);
  });

  test("repeat their name, or send an empty one", async () => {
    const every = partsOf(await deltasWith({ callName: "every" }));
    expect(every.every((part) => functionOf(part)["name"] === "read_file")).toBe(true);
    const empty = partsOf(await deltasWith({ callName: "then-empty" }));
    expect(empty.some((part) => functionOf(part)["name"] === "")).toBe(true);
  });

  test.each<[Partial<ChatSwitches>, string, unknown]>([
    [{ callArguments: "object" }, 'call read_file {"path":"a"}', [{ path: "a" }]],
    [{ callArguments: "glued", calls: "whole" }, 'call read_file {"path":"a"}', ['{}{"path":"a"}']],
    [{ callArguments: "omit-empty" }, "call read_file", [undefined]],
    [{ callArguments: "empty-string" }, "call read_file", [""]],
  ])("have the arguments of %j", async (switches, prompt, expected) => {
    const parts = partsOf(await deltasWith(switches, prompt));
    expect(parts.map((part) => functionOf(part)["arguments"])).toEqual(expected);
  });

  test("come whole, together, interleaved, or as the single call of older servers", async () => {
    expect(partsOf(await deltasWith({ calls: "whole" }))).toHaveLength(2);
    const together = await deltasWith({ calls: "one-delta" });
    expect(together.filter((delta) => delta["tool_calls"] !== undefined)).toHaveLength(1);
    const indexes = partsOf(await deltasWith({ calls: "interleaved" })).map((part) => part["index"]);
    expect(indexes.slice(0, 4)).toEqual([0, 1, 0, 1]);
    const legacy = await deltasWith({ calls: "legacy" });
    expect(legacy.some((delta) => delta["function_call"] !== undefined)).toBe(true);
  });
});

describe("reasoning", () => {
  test.each<[ChatSwitches["reasoning"], RegExp]>([
    ["reasoning_content", /"reasoning_content":"Hm,"/],
    ["reasoning", /"reasoning":"Hm,"/],
    ["reasoning_details", /"reasoning_details":\[\{"type":"reasoning.text","text":"Hm,"/],
    ["both", /"reasoning":"Hm,","reasoning_content":"Hm,"/],
    ["thinking", /"thinking":"Hm,"/],
    ["thinking_blocks", /"thinking_blocks":\[\{"type":"thinking","thinking":"Hm,"/],
    ["parts", /"content":\[\{"type":"thinking"/],
    ["tags", /"content":"<th".*"content":"ink>/],
    ["closing-tag", /"content":"Hm,".*"content":"<\/"/],
  ])("is sent as %s", async (reasoning, expected) => {
    expect(JSON.stringify(await deltasWith({ reasoning }))).toMatch(expected);
  });

  test("is not shown by OpenAI", async () => {
    expect(JSON.stringify(await deltasWith({}))).not.toContain("Hm,");
  });
});

describe("usage", () => {
  test.each<[ChatSwitches["usage"], (chunks: readonly Record<string, unknown>[]) => unknown]>([
    ["asked", (chunks) => chunks.at(-1)?.["choices"]],
    ["no-choices", (chunks) => chunks.at(-1)?.["choices"] ?? []],
  ])("is an event of its own as %s", async (usage, choices) => {
    const chunks = await chunksWith({ usage });
    expect(choices(chunks)).toEqual([]);
    expect(chunks.at(-1)?.["usage"]).toMatchObject({ prompt_tokens: expect.any(Number) });
  });

  test("comes with the finish, in every chunk, in x_groq, in the choice, or never", async () => {
    expect((await chunksWith({ usage: "with-finish" })).at(-1)).toHaveProperty("usage.total_tokens");
    expect((await chunksWith({ usage: "every" }))[0]).toHaveProperty("usage.total_tokens");
    expect((await chunksWith({ usage: "x_groq" })).at(-1)).toHaveProperty("x_groq.usage.total_tokens");
    expect((await chunksWith({ usage: "in-choice" })).at(-1)).toHaveProperty("choices.0.usage.total_tokens");
    expect(JSON.stringify(await chunksWith({ usage: "never" }))).not.toContain("prompt_tokens");
  });

  test("of xAI leaves the reasoning out of the completion", async () => {
    const { usage } = (await chunksWith({ usageShape: "xai" })).at(-1) ?? {};
    const { prompt_tokens, completion_tokens, total_tokens, completion_tokens_details } = usage as Record<
      string,
      number
    > & { completion_tokens_details: { reasoning_tokens: number } };
    const { reasoning_tokens } = completion_tokens_details;
    expect(reasoning_tokens).toBeGreaterThan(0);
    expect((prompt_tokens ?? 0) + (completion_tokens ?? 0) + reasoning_tokens).toBe(total_tokens);
  });
});

describe("servers", () => {
  test.each(Object.keys(CHAT_DIALECTS) as ChatDialectName[])(
    "%s streams text and lists models",
    async (dialect) => {
      const simulator = await startOpenAISimulator({ dialect });
      onTestFinished(() => simulator.close());
      const authorization = `Bearer ${simulator.apiKey}`;
      const response = await fetch(`${simulator.baseUrl}/models`, { headers: { authorization } });
      const list = (await response.json()) as { readonly data: readonly { readonly id: string }[] };
      const model = CHAT_DIALECTS[dialect].models.find(({ chatTools }) => chatTools === "always")?.slug;
      expect(list.data.map(({ id }) => id)).toContain(model);
      const body = { model, stream: true, messages: [{ role: "user", content: "say Hello there" }] };
      const chunks = await chunksOf(await postChat(simulator, body));
      expect(JSON.stringify(chunks)).toContain("Hello");
    },
  );

  test.each<[ChatDialectName, number, unknown]>([
    ["openai", 404, { error: { code: "model_not_found", type: "invalid_request_error" } }],
    ["openrouter", 404, { error: { code: 404, metadata: { provider_name: "Simulator" } } }],
    ["gemini", 404, [{ error: { code: 404 } }]],
    ["mistral", 404, { object: "error" }],
    ["vllm", 404, { object: "error", code: 404 }],
    ["lmstudio", 404, { error: expect.any(String) }],
  ])("%s has errors of its own form", async (dialect, status, expected) => {
    const simulator = await startOpenAISimulator({ dialect });
    onTestFinished(() => simulator.close());
    const body = { model: "none", messages: [{ role: "user", content: "Hi" }] };
    const response = await postChat(simulator, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject(expected as object);
  });
});
