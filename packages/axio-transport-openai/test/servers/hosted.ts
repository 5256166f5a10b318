import { type JsonObject, userMessage } from "axio";
import { expect } from "vitest";
import { answered, bodyOf, call, chunk, continued, failure, OK, sse } from "./harness.ts";
import { CALL_ENDS, errors, IMAGE, messages, type Section, says, toolCall, WITH_TOOL } from "./sentence.ts";

/** The sentences about services of their own. */
export const HOSTED: readonly Section[] = [
  {
    server: "groq",
    title: "Groq",
    sentences: [
      says(
        "A call that does not fit its schema is reported in an event named `error`: the request is repeated, since another sample may fit.",
        async () => {
          const error = {
            message: "Tool call validation failed",
            type: "invalid_request_error",
            code: "tool_use_failed",
          };
          const { text, sent } = await call("groq", { replies: [`event: error\n${sse({ error })}`, OK] });
          expect([text, sent.length]).toEqual(["ok", 2]);
        },
      ),
      says("Usage is read from `x_groq`.", async () => {
        const last = { ...chunk({}, "stop"), x_groq: { usage: { prompt_tokens: 3, completion_tokens: 2 } } };
        const { end } = await call("groq", { replies: [sse(chunk({ content: "Hi" }), last)] });
        expect(end.usage).toMatchObject({ inputTokens: 3, outputTokens: 2 });
      }),
    ],
  },
  {
    server: "deepseek",
    title: "DeepSeek",
    sentences: [
      says(
        "In requests with tools, the reasoning of earlier responses goes back; without it, DeepSeek refuses the request.",
        async () => {
          const first = sse(chunk({ reasoning_content: "Hm" }), toolCall(), ...CALL_ENDS);
          const body = await continued("deepseek", first, { request: WITH_TOOL });
          expect(messages(body).find(({ role }) => role === "assistant")).toMatchObject({
            reasoning_content: "Hm",
          });
        },
      ),
      says("Efforts that it does not have become the nearest one.", async () => {
        const body = await bodyOf("deepseek", { reasoning: { effort: "medium" } });
        expect(body).toMatchObject({ reasoning_effort: "high" });
      }),
      says("It reads no images: one in the newest message is refused before it is sent.", async () => {
        const { error, sent } = await failure("deepseek", { request: { messages: [userMessage([IMAGE])] } });
        expect([error.code, sent.length]).toEqual(["unsupported-content", 0]);
      }),
    ],
  },
  {
    server: "mistral",
    title: "Mistral",
    sentences: [
      says("Content may be a list of parts, and reasoning is one of them.", async () => {
        const thinking = { type: "thinking", thinking: [{ type: "text", text: "Hm" }] };
        const { text, reasoning } = await call("mistral", {
          replies: [
            sse(
              chunk({ content: [thinking] }),
              chunk({ content: [{ type: "text", text: "Hi" }] }, "stop"),
              "[DONE]",
            ),
          ],
        });
        expect([reasoning, text]).toEqual(["Hm", "Hi"]);
      }),
      says("Ids of calls that other servers made are replaced by ids of nine characters.", async () => {
        const { events } = await call("groq", {
          request: WITH_TOOL,
          replies: [sse(toolCall(), ...CALL_ENDS)],
        });
        const blocks = events.flatMap((event) => (event.type === "block-end" ? [event.block] : []));
        const history = [userMessage("Hi"), ...answered(blocks)];
        const body = await bodyOf("mistral", { request: { ...WITH_TOOL, messages: history } });
        const result = messages(body).find(({ role }) => role === "tool");
        expect(result?.["tool_call_id"]).toMatch(/^[a-zA-Z0-9]{9}$/);
      }),
      says(
        "It refuses `stream_options`, knows only `max_tokens`, and calls a required tool `any`.",
        async () => {
          const body = await bodyOf("mistral", {
            maxOutputTokens: 9,
            request: { ...WITH_TOOL, toolChoice: "required" },
          });
          expect(body).toMatchObject({ max_tokens: 9, tool_choice: "any" });
          expect(body).not.toHaveProperty("stream_options");
        },
      ),
    ],
  },
  {
    server: "xai",
    title: "xAI",
    sentences: [
      says("Its output tokens do not include reasoning, so that is added.", async () => {
        const usage = {
          choices: [],
          usage: {
            prompt_tokens: 10,
            completion_tokens: 5,
            total_tokens: 35,
            completion_tokens_details: { reasoning_tokens: 20 },
          },
        };
        const { end } = await call("xai", {
          replies: [sse(chunk({ content: "Hi" }, "stop"), usage, "[DONE]")],
        });
        expect(end.usage).toMatchObject({ outputTokens: 25, reasoningTokens: 20 });
      }),
    ],
  },
  {
    server: "gemini",
    title: "Gemini",
    sentences: [
      says("Calls come without an index: each is a call of its own.", async () => {
        const one = (id: string): JsonObject => ({
          id,
          type: "function",
          function: { name: "look_up", arguments: "{}" },
        });
        const { calls } = await call("gemini", {
          request: WITH_TOOL,
          replies: [sse(chunk({ tool_calls: [one("a"), one("b")] }), chunk({}, "stop"), "[DONE]")],
        });
        expect(calls.map(({ id }) => id)).toEqual(["a", "b"]);
      }),
      says("The signature of a call goes back with it; without it, Gemini refuses the request.", async () => {
        const extra = { google: { thought_signature: "sig" } };
        const body = await continued("gemini", sse(toolCall({ extra_content: extra }), ...CALL_ENDS), {
          request: WITH_TOOL,
        });
        expect(JSON.stringify(body)).toContain('"thought_signature":"sig"');
      }),
      says("Schemas lose the keywords that it refuses.", async () => {
        const body = JSON.stringify((await bodyOf("gemini", { request: WITH_TOOL }))["tools"]);
        expect(body).not.toMatch(/additionalProperties|"const"/);
        expect(body).toContain('"enum":["a"]');
      }),
      errors(
        "Errors are lists.",
        "gemini",
        {
          status: 400,
          body: [{ error: { code: 400, message: "API key not valid.", status: "INVALID_ARGUMENT" } }],
        },
        { code: "unauthenticated", requests: 1 },
      ),
    ],
  },
  {
    server: "alibaba",
    title: "Alibaba Cloud",
    sentences: [
      says("`thinking` is `enable_thinking`.", async () => {
        expect(await bodyOf("alibaba", { thinking: false })).toMatchObject({ enable_thinking: false });
      }),
    ],
  },
  {
    server: "moonshot",
    title: "Moonshot AI",
    sentences: [
      says("Usage is read from the choice, and cached tokens from its top.", async () => {
        const last = chunk({}, "stop", {
          usage: { prompt_tokens: 9, completion_tokens: 1, cached_tokens: 4 },
        });
        const { end } = await call("moonshot", { replies: [sse(chunk({ content: "Hi" }), last, "[DONE]")] });
        expect(end.usage).toMatchObject({ inputTokens: 9, cachedInputTokens: 4 });
      }),
    ],
  },
  {
    server: "zai",
    title: "Z.ai",
    sentences: [
      says("`thinking` is an object with a type.", async () => {
        expect(await bodyOf("zai", { thinking: true })).toMatchObject({ thinking: { type: "enabled" } });
      }),
    ],
  },
  {
    server: "perplexity",
    title: "Perplexity",
    sentences: [
      says("Citations become the sources of the text.", async () => {
        const last = { ...chunk({}, "stop"), citations: ["https://example.com/a"] };
        const { events } = await call("perplexity", {
          replies: [sse(chunk({ content: "Hi" }), last, "[DONE]")],
        });
        expect(JSON.stringify(events)).toContain("https://example.com/a");
      }),
      says("The last event repeats the whole message, which is shown once.", async () => {
        const last = chunk({}, "stop", { message: { role: "assistant", content: "Hi" } });
        expect((await call("perplexity", { replies: [sse(chunk({ content: "Hi" }), last)] })).text).toBe(
          "Hi",
        );
      }),
    ],
  },
  {
    server: "huggingface",
    title: "Hugging Face",
    sentences: [
      errors(
        "Errors are plain text in a member.",
        "huggingface",
        { status: 422, body: { error: "Input is too long", error_type: "validation" } },
        { code: "invalid-request", words: "Input is too long", requests: 1 },
      ),
    ],
  },
];
