import {
  AxioError,
  type Block,
  type JsonObject,
  type JsonValue,
  type Message,
  type TransportEvent,
} from "axio";
import fc from "fast-check";
import { chatRecordings, requestJudge } from "test-support/chat-fixtures";
import { blocksIn, endIn } from "test-support/decode-response";
import { needs, RECORDINGS, repetitions } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import {
  buildChatBody,
  type ChatMessage,
  createChatDecoder,
  DIALECTS,
  type Dialect,
  GENERIC_DIALECT,
} from "../src/index.ts";
import { chunk, decodeChat } from "./decode-chat.ts";

const dialects: readonly Dialect[] = [...Object.values(DIALECTS), GENERIC_DIALECT];
const dialect = fc.constantFrom(...dialects);
// JSON does not keep -0.
const junk = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

const id = fc.oneof(
  fc.constantFrom("call_1", "call_2", "toolu:3", "", "functions.f:0"),
  fc.string({ maxLength: 90, unit: "binary" }),
);
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", " ", "a\ud83d", "\udc00b"),
);
const providerData = fc.option(
  fc.record({
    chat: fc.oneof(
      junk as fc.Arbitrary<JsonObject>,
      fc.record({
        origin: fc.constantFrom("here", "there"),
        details: junk,
        call: junk,
        function: junk,
        thinkingBlocks: junk,
      }),
    ),
  }),
  { nil: undefined },
);
const text = fc.record({ type: fc.constant("text" as const), text: anyText });
const source = fc.oneof(
  fc.record({
    kind: fc.constant("base64" as const),
    data: fc.constantFrom("AAAA", "AA-_\n", "", "%", "YQ=="),
  }),
  fc.record({
    kind: fc.constant("url" as const),
    url: fc.constantFrom("https://a.example", "data:image/png;base64,AAAA", ""),
  }),
);
const image = fc.record({
  type: fc.constant("image" as const),
  mediaType: fc.constantFrom("image/png", "IMAGE/JPG", "image/svg+xml", ""),
  source,
  detail: fc.constantFrom("auto" as const, "original" as const),
});
const file = fc.record({
  type: fc.constant("file" as const),
  mediaType: fc.constantFrom("application/pdf", "text/plain", "audio/wav", "audio/flac", "application/zip"),
  source,
  name: fc.constantFrom("a.pdf", "\ud800"),
});
const call = fc.record({
  type: fc.constant("tool-use" as const),
  id,
  name: fc.constantFrom("f", "my.tool", ""),
  input: junk,
  inputText: fc.option(anyText, { nil: undefined }),
  providerData,
});
const result = fc.record({
  type: fc.constant("tool-result" as const),
  toolCallId: id,
  content: fc.oneof(anyText, fc.array(fc.oneof(text, image, file), { maxLength: 3 })),
  isError: fc.constantFrom(true as const, undefined),
});
const reasoning = fc.record({ type: fc.constant("reasoning" as const), text: anyText, providerData });
const other = fc.constantFrom<Block>(
  { type: "opaque", kind: "compaction", providerData: { responses: { item: { type: "compaction" } } } },
  { type: "hosted-tool", name: "web-search", input: {} },
);
const block = fc.oneof(text, text, image, file, call, result, reasoning, other) as fc.Arbitrary<Block>;
const history: fc.Arbitrary<readonly Message[]> = fc.array(
  fc.record({
    role: fc.constantFrom("user" as const, "assistant" as const, "system" as const),
    content: fc.array(block, { maxLength: 5 }),
  }),
  { maxLength: 8 },
);
/** The newest message, so that everything before it is fitted and not refused. */
const PROMPT: Message = { role: "user", content: [{ type: "text", text: "Go on." }] };

function messagesOf(messages: readonly Message[], spoken: Dialect): readonly ChatMessage[] {
  return buildChatBody({ dialect: spoken, model: "m", system: "s", messages, tools: [], origin: "here" })
    .messages;
}

describe("any history", () => {
  test("becomes messages with calls and results paired, valid ids and names, and the same bytes each time", () => {
    fc.assert(
      fc.property(history, dialect, (messages, spoken) => {
        const sent = messagesOf([...messages, PROMPT], spoken);
        const { minLength, maxLength } = spoken.toolCallIds;
        const seen = new Set<string>();
        let open: string[] = [];
        for (const [position, message] of sent.entries()) {
          if (message.role === "tool") {
            expect(message.tool_call_id).toBe(open.shift());
            continue;
          }
          expect(open).toEqual([]);
          if (position > 0) expect(message.role).not.toBe(sent[position - 1]?.role);
          if (message.role !== "assistant") continue;
          expect(
            message.content !== null && message.content !== "" ? 1 : (message.tool_calls?.length ?? 0),
          ).toBeGreaterThan(0);
          for (const { id: sentId, function: called } of message.tool_calls ?? []) {
            expect(seen.has(sentId)).toBe(false);
            seen.add(sentId);
            expect(sentId.length).toBeGreaterThan(0);
            if (messages.every(({ content }) => content.every((each) => each.providerData === undefined))) {
              expect(sentId).toMatch(/^[A-Za-z0-9_-]+$/);
              expect(sentId.length).toBeGreaterThanOrEqual(minLength);
              expect(sentId.length).toBeLessThanOrEqual(maxLength);
            }
            expect(called.name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
            expect(JSON.parse(called.arguments)).toEqual(expect.objectContaining({}));
          }
          open = message.tool_calls?.map((each) => each.id) ?? [];
        }
        expect(open).toEqual([]);
        expect(JSON.stringify(messagesOf([...messages, PROMPT], spoken))).toBe(JSON.stringify(sent));
        expect(JSON.stringify(sent)).not.toMatch(/(?<!\\)(?:\\\\)*\\ud[89a-f]/i);
      }),
      { numRuns: repetitions({ short: 80, full: 300 }) },
    );
  });

  test("keeps every text", () => {
    fc.assert(
      fc.property(history, dialect, (messages, spoken) => {
        const sent = JSON.stringify(messagesOf([...messages, PROMPT], spoken));
        for (const { content } of messages) {
          for (const each of content) {
            const said = each.type === "text" ? each.text : each.type === "tool-result" ? each.content : "";
            if (typeof said !== "string" || said.trim() === "") continue;
            const wellFormed = said.replace(/\p{Surrogate}/gu, "\ufffd");
            expect(sent).toContain(JSON.stringify(wellFormed).slice(1, -1));
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test("begins as it did before the next step, so that the cache is found again", () => {
    const step: Message = { role: "assistant", content: [{ type: "text", text: "Done." }] };
    fc.assert(
      fc.property(history, history, dialect, (before, after, spoken) => {
        // A system message belongs to the system prompt, wherever it stands.
        const spokenLater = after.filter(({ role }) => role !== "system");
        const first = messagesOf([...before, PROMPT], spoken);
        const second = messagesOf([...before, PROMPT, step, ...spokenLater, PROMPT], spoken);
        expect(JSON.stringify(second.slice(0, first.length))).toBe(JSON.stringify(first));
      }),
      { numRuns: repetitions({ short: 80, full: 300 }) },
    );
  });

  test("is refused only for what the newest message holds", () => {
    fc.assert(
      fc.property(history, dialect, (messages, spoken) => {
        try {
          messagesOf(messages, spoken);
        } catch (error) {
          if (!AxioError.is(error)) throw error;
          expect(["unsupported-content", "invalid-argument"]).toContain(error.code);
          const newest = messages.at(-1)?.content.map(({ type }) => type) ?? [];
          if (error.code === "unsupported-content")
            expect(newest.some((type) => type === "image" || type === "file")).toBe(true);
        }
      }),
      { numRuns: repetitions({ short: 80, full: 300 }) },
    );
  });

  test("is a request as OpenAI describes it", needs(RECORDINGS), () => {
    const judge = requestJudge();
    fc.assert(
      fc.property(history, fc.array(junk), (messages, schemas) => {
        for (const spoken of [
          DIALECTS.openai,
          DIALECTS.openrouter,
          DIALECTS.deepseek,
          DIALECTS.gemini,
          GENERIC_DIALECT,
        ]) {
          const tools = schemas.map((schema, index) => ({
            name: `tool ${index}`,
            description: "d",
            inputSchema: { ...(schema as object) },
            strict: index % 2 === 0,
          }));
          const body = buildChatBody({
            dialect: spoken,
            model: "m",
            system: "s",
            messages: [...messages, PROMPT],
            tools,
          });
          expect(judge(body), `${spoken.name}: ${JSON.stringify(body)}`).toBe("");
        }
      }),
      { numRuns: repetitions({ short: 15, full: 60 }) },
    );
  });
});

/** One response as the model wrote it: the order of its parts. */
const part = fc.oneof(
  fc.record({ kind: fc.constant("text" as const), text: fc.string({ minLength: 1 }) }),
  fc.record({ kind: fc.constant("reasoning" as const), text: fc.string({ minLength: 1 }) }),
  fc.record({ kind: fc.constant("call" as const), input: junk.map((value) => ({ value })) }),
);

function cut(value: string, cuts: readonly number[]): readonly string[] {
  const places = [...new Set(cuts.map((place) => place % (value.length + 1)))].sort(
    (left, right) => left - right,
  );
  return [...places, value.length].map((place, index) => value.slice(places[index - 1] ?? 0, place));
}

test("a response gives the same blocks however it is cut into chunks", () => {
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(), { maxLength: 6 }),
      (parts, cuts) => {
        const chunksOf = (places: readonly number[]): readonly JsonObject[] =>
          parts.flatMap((each, index) => {
            if (each.kind === "text") return cut(each.text, places).map((content) => chunk({ content }));
            if (each.kind === "reasoning")
              return cut(each.text, places).map((text) => chunk({ reasoning: text }));
            const head = { index, id: `c${index}`, function: { name: "f", arguments: "" } };
            const rest = cut(JSON.stringify(each.input), places).map((args) => ({
              index,
              function: { arguments: args },
            }));
            return [head, ...rest].map((delta) => chunk({ tool_calls: [delta] }));
          });
        const whole = decodeChat([...chunksOf([]), chunk({}, "stop")], { dialect: DIALECTS.openai });
        const pieces = decodeChat([...chunksOf(cuts), chunk({}, "stop")], { dialect: DIALECTS.openai });
        expect(blocksIn(pieces)).toEqual(blocksIn(whole));
        expect(endIn(pieces)).toEqual(endIn(whole));
        expect(blocksIn(whole).filter(({ type }) => type === "tool-use")).toHaveLength(
          parts.filter(({ kind }) => kind === "call").length,
        );
      },
    ),
  );
});

/** Replaces or removes some value anywhere within. */
function mutate(value: JsonValue, choose: fc.GeneratorValue): JsonValue {
  if (choose(fc.nat, { max: 19 }) === 0) return choose(() => junk) as JsonValue;
  if (Array.isArray(value)) return value.map((element) => mutate(element, choose));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(() => choose(fc.nat, { max: 19 }) > 0);
  return Object.fromEntries(members.map(([name, member]) => [name, mutate(member as JsonValue, choose)]));
}

const EVERY_KIND: readonly JsonObject[] = [
  chunk({ role: "assistant", content: "" }),
  chunk({
    reasoning: "Hm",
    reasoning_details: [{ type: "reasoning.text", text: "Hm", index: 0, signature: "s" }],
  }),
  chunk({ thinking_blocks: [{ type: "thinking", thinking: "Hm" }] }),
  chunk({
    content: "<think>Hm</think>Hi",
    annotations: [{ type: "url_citation", url_citation: { url: "https://a.example" } }],
  }),
  chunk({
    content: [
      { type: "thinking", thinking: [{ type: "text", text: "Hm" }] },
      { type: "text", text: "Hi" },
    ],
  }),
  chunk({ refusal: "No" }),
  chunk({
    tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "f", arguments: '{"x":' } }],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: "1}" }, extra_content: { a: 1 } }] }),
  chunk({ function_call: { name: "g", arguments: "{}" } }),
  chunk({
    executed_tools: [
      { index: 0, type: "search", arguments: "{}", output: "x", search_results: { results: [{ url: "u" }] } },
    ],
  }),
  chunk({ images: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] }),
  { ...chunk({}, "tool_calls"), citations: ["https://a.example"], x_groq: { usage: { prompt_tokens: 1 } } },
  {
    choices: [],
    usage: {
      prompt_tokens: 1,
      completion_tokens: 1,
      total_tokens: 2,
      prompt_tokens_details: { cached_tokens: 1 },
    },
  },
  { error: { message: "m", code: 500, metadata: { raw: "{}" } }, choices: [] },
];

/** Checks what holds for every stream of events. */
function check(events: readonly TransportEvent[], isComplete: boolean): void {
  const ends = events.filter((event) => event.type === "block-end");
  expect(new Set(ends.map(({ index }) => index)).size).toBe(ends.length);
  expect(events.filter(({ type }) => type === "step-end")).toHaveLength(isComplete ? 1 : 0);
  expect(JSON.parse(JSON.stringify(events))).toEqual(events);
  const content = ends.map(({ block: ended }) => ended);
  for (const spoken of dialects) messagesOf([{ role: "assistant", content }, PROMPT], spoken);
}

describe("the decoder", () => {
  test("meets any malformed stream with events or an AxioError, and gives blocks that can be sent", () => {
    fc.assert(
      fc.property(
        fc.gen(),
        fc.subarray([...EVERY_KIND], { minLength: 1 }),
        dialect,
        (choose, chunks, spoken) => {
          const decoder = createChatDecoder({ dialect: spoken });
          const events: TransportEvent[] = [];
          let isComplete = false;
          try {
            for (const each of chunks) decoder.decode(mutate(each, choose), events);
            decoder.decode("[DONE]", events);
            isComplete = true;
          } catch (error) {
            if (!AxioError.is(error)) throw error;
          }
          expect(decoder.done).toBe(isComplete || decoder.done);
          check(events, isComplete);
        },
      ),
      { numRuns: repetitions({ short: 80, full: 400 }) },
    );
  });

  test("meets any JSON and any text", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(junk, fc.string())), (values) => {
        const decoder = createChatDecoder();
        try {
          for (const value of values) decoder.decode(value, []);
        } catch (error) {
          if (!AxioError.is(error)) throw error;
        }
      }),
    );
  });

  test("meets recorded chunks in any order and number", needs(RECORDINGS), () => {
    const chunks = chatRecordings().flatMap(({ data }) => data);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: chunks.length - 1 }), { maxLength: 60 }), (positions) => {
        const decoder = createChatDecoder();
        const events: TransportEvent[] = [];
        let isComplete = false;
        try {
          for (const position of positions) decoder.decode(chunks[position], events);
          decoder.end(events);
          isComplete = true;
        } catch (error) {
          if (!AxioError.is(error)) throw error;
        }
        check(events, isComplete);
      }),
    );
  });
});
