import { expect } from "vitest";
import { bodyOf, call, chunk, continued, failure, OK, sse } from "./harness.ts";
import { CALL_ENDS, errors, messages, type Section, says, toolCall, WITH_TOOL } from "./sentence.ts";

/** The sentences about OpenAI, Azure, OpenRouter and Nebius. */
export const ROUTERS: readonly Section[] = [
  {
    server: "openai",
    title: "OpenAI",
    sentences: [
      says(
        "The Responses API is the default, with `store: false` and encrypted reasoning that goes back.",
        async () => {
          const done = sse({
            type: "response.completed",
            response: { id: "r", status: "completed", output: [] },
          });
          const { sent } = await call("openai", { replies: [done] });
          expect(sent[0]?.url).toBe("https://api.openai.com/v1/responses");
          expect(sent[0]?.body).toMatchObject({ store: false, include: ["reasoning.encrypted_content"] });
        },
      ),
      says(
        "With `store: true`, a request sends only what its conversation has since the last response, which OpenAI keeps.",
        async () => {
          const item = {
            type: "message",
            id: "msg_1",
            status: "completed",
            role: "assistant",
            content: [{ type: "output_text", text: "ok" }],
          };
          const first = sse(
            { type: "response.output_item.added", output_index: 0, item: { ...item, content: [] } },
            { type: "response.output_item.done", output_index: 0, item },
            { type: "response.completed", response: { id: "resp_1", status: "completed", output: [item] } },
          );
          const body = await continued("openai", first, { store: true, replies: [first] });
          expect(body).toMatchObject({ previous_response_id: "resp_1", input: [{ role: "user" }] });
        },
      ),
      says(
        "Its WebSocket (`transport`) is for the Responses API: with Chat Completions it is refused before anything is sent.",
        async () => {
          await expect(call("openai", { api: "chat", transport: "websocket" })).rejects.toMatchObject({
            code: "invalid-argument",
          });
        },
      ),
      says(
        "On Chat Completions, gpt-5.6 and later refuse tools: such a call fails before it is sent, and names the Responses API.",
        async () => {
          const { error, sent } = await failure("openai", {
            api: "chat",
            model: "gpt-6.2-sol",
            request: WITH_TOOL,
          });
          expect([error.code, sent.length]).toEqual(["unsupported-parameter", 0]);
          expect(error.message).toContain("Responses API");
        },
      ),
      says(
        "On Chat Completions, the instructions of reasoning models have the role `developer`, and limits are `max_completion_tokens`.",
        async () => {
          const body = await bodyOf("openai", { api: "chat", model: "gpt-5.5", maxOutputTokens: 9 });
          expect(messages(body)[0]).toMatchObject({ role: "developer" });
          expect(body).toMatchObject({ max_completion_tokens: 9 });
          const older = await bodyOf("openai", { api: "chat", model: "gpt-4.1" });
          expect(messages(older)[0]).toMatchObject({ role: "system" });
        },
      ),
      says("The padding of chunks, which hides the length of words, is switched off.", async () => {
        expect(await bodyOf("openai", { api: "chat" })).toMatchObject({
          stream_options: { include_usage: true, include_obfuscation: false },
        });
      }),
      says("A key that begins like one of another provider is not sent.", async () => {
        await expect(call("openai", { apiKey: "sk-ant-api03-0123456789" })).rejects.toMatchObject({
          code: "invalid-argument",
        });
      }),
    ],
  },
  {
    server: "azure",
    title: "Azure OpenAI",
    sentences: [
      says("The key has its own header, `api-key`.", async () => {
        const { sent } = await call("azure", { api: "chat" });
        expect(sent[0]?.headers.get("api-key")).toBe("0123456789abcdef0123");
        expect(sent[0]?.headers.has("authorization")).toBe(false);
      }),
      says(
        "Annotations of the content filter come in chunks without a delta, before and after the text: they are skipped.",
        async () => {
          const filter = { id: "", choices: [{ index: 0, finish_reason: null, content_filter_results: {} }] };
          const first = { id: "", choices: [], prompt_filter_results: [] };
          const { text } = await call("azure", {
            api: "chat",
            replies: [sse(first, chunk({ content: "Hi" }), chunk({}, "stop"), filter, "[DONE]")],
          });
          expect(text).toBe("Hi");
        },
      ),
      says("A prompt that the filter refuses is `content-policy`.", async () => {
        const body = {
          error: {
            code: "content_filter",
            status: 400,
            message: "Filtered",
            innererror: { code: "ResponsibleAIPolicyViolation" },
          },
        };
        expect((await failure("azure", { api: "chat", replies: [{ status: 400, body }] })).error.code).toBe(
          "content-policy",
        );
      }),
    ],
  },
  {
    server: "openrouter",
    title: "OpenRouter",
    sentences: [
      says("`reasoning_details` go back complete, unchanged and in order.", async () => {
        const detail = { type: "reasoning.text", text: "Hm", signature: "sig", format: "f", index: 0 };
        const encrypted = { type: "reasoning.encrypted", data: "x", index: 1 };
        const first = sse(
          chunk({ content: "", reasoning: "Hm", reasoning_details: [detail, encrypted] }),
          toolCall(),
          ...CALL_ENDS,
        );
        const body = await continued("openrouter", first, { request: WITH_TOOL });
        const answer = messages(body).find(({ role }) => role === "assistant");
        expect(answer?.["reasoning_details"]).toEqual([detail, encrypted]);
      }),
      says(
        "With tools, `provider.require_parameters` keeps requests from providers that ignore them.",
        async () => {
          expect(await bodyOf("openrouter", { request: WITH_TOOL })).toMatchObject({
            provider: { require_parameters: true },
          });
          expect(await bodyOf("openrouter")).not.toHaveProperty("provider");
        },
      ),
      says("Claude caches only what is marked, so its prompts are marked.", async () => {
        const body = await bodyOf("openrouter", { model: "anthropic/claude-sonnet-5" });
        expect(JSON.stringify(body)).toContain('"cache_control":{"type":"ephemeral"}');
        expect(JSON.stringify(await bodyOf("openrouter", { model: "openai/gpt-5" }))).not.toContain(
          "cache_control",
        );
      }),
      says("The price of a response is the one that OpenRouter states.", async () => {
        const usage = { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.5 } };
        const { end } = await call("openrouter", {
          replies: [sse(chunk({ content: "Hi" }, "stop"), usage, "[DONE]")],
        });
        expect(end.usage.costUsd).toBe(0.5);
      }),
      errors(
        "The error of the provider behind it, which it quotes as text, decides.",
        "openrouter",
        {
          status: 400,
          body: {
            error: {
              code: 400,
              message: "Provider returned error",
              metadata: { raw: '{"error":{"code":"context_length_exceeded","message":"Too long"}}' },
            },
          },
        },
        { code: "context-length", requests: 1 },
      ),
      says(
        "A success that is empty because the network of the provider failed is an error, and repeated.",
        async () => {
          const empty = sse(
            chunk({ content: "" }, "stop", { native_finish_reason: "network_error" }),
            "[DONE]",
          );
          const { text, sent } = await call("openrouter", { replies: [empty, OK] });
          expect([text, sent.length]).toEqual(["ok", 2]);
        },
      ),
    ],
  },
  {
    server: "nebius",
    title: "Nebius",
    sentences: [
      says("`thinking` switches reasoning on and off through the chat template.", async () => {
        expect(await bodyOf("nebius", { thinking: false })).toMatchObject({
          chat_template_kwargs: { enable_thinking: false },
        });
        expect(await bodyOf("nebius", { thinking: true })).toMatchObject({
          chat_template_kwargs: { enable_thinking: true },
        });
      }),
      says("Reasoning in `<think>` tags is separated, wherever the tags are cut.", async () => {
        const letters = [..."<think>Hm</think>Hi"].map((content) => chunk({ content }));
        const { text, reasoning } = await call("nebius", {
          replies: [sse(...letters, chunk({}, "stop"), "[DONE]")],
        });
        expect([reasoning, text]).toEqual(["Hm", "Hi"]);
      }),
    ],
  },
];
