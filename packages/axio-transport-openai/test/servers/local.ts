import { type JsonObject, userMessage } from "axio";
import { expect } from "vitest";
import { call, chunk, failure, OK, sse } from "./harness.ts";
import { CALL_ENDS, errors, fault, LINKED, type Section, says, toolCall, WITH_TOOL } from "./sentence.ts";

/** The sentences about servers that users run themselves. */
export const LOCAL: readonly Section[] = [
  {
    server: "ollama",
    title: "Ollama",
    sentences: [
      says(
        "It cuts prompts that exceed its context of 4,096 tokens without a word: a warning says so, and how to change it.",
        async () => {
          const usage = { choices: [], usage: { prompt_tokens: 4096, completion_tokens: 1 } };
          const { warnings } = await call("ollama", {
            request: { messages: [userMessage("word ".repeat(20_000))] },
            replies: [sse(chunk({ content: "Hi" }, "stop"), usage, "[DONE]")],
          });
          expect(warnings[0]?.message).toContain("OLLAMA_CONTEXT_LENGTH");
        },
      ),
      says("It gives all calls of a response the index 0: they are told apart by their ids.", async () => {
        const { calls } = await call("ollama", {
          request: WITH_TOOL,
          replies: [sse(toolCall({ id: "a" }), toolCall({ id: "b" }), chunk({}, "stop"), "[DONE]")],
        });
        expect(calls.map(({ id }) => id)).toEqual(["a", "b"]);
      }),
      says(
        "It does not download images: one with a URL in the newest message is refused before it is sent.",
        async () => {
          const { error, sent } = await failure("ollama", { request: { messages: [userMessage([LINKED])] } });
          expect([error.code, sent.length]).toEqual(["unsupported-content", 0]);
        },
      ),
      errors(
        "A model that is not there yet is an error that says how to get it.",
        "ollama",
        { status: 404, body: fault('model "x" not found, try pulling it first') },
        { code: "model-not-supported", words: "ollama pull", requests: 1 },
      ),
      says("It needs no key, and no key is sent.", async () => {
        const { sent } = await call("ollama", {
          apiKey: undefined,
          credentials: { load: async () => undefined, update: async () => undefined },
        });
        expect(sent[0]?.headers.has("authorization")).toBe(false);
      }),
    ],
  },
  {
    server: "vllm",
    title: "vLLM",
    sentences: [
      errors(
        "Started without tool calling, it refuses tools: the error names the options to start it with.",
        "vllm",
        {
          status: 400,
          body: {
            object: "error",
            message: '"auto" tool choice requires --enable-auto-tool-choice',
            type: "BadRequestError",
            code: 400,
          },
        },
        { code: "unsupported-parameter", words: "--tool-call-parser", requests: 1 },
      ),
      says("Reasoning is read under its old and its new name, once.", async () => {
        const { reasoning } = await call("vllm", {
          replies: [
            sse(
              chunk({ reasoning: "Hm", reasoning_content: "Hm" }),
              chunk({ content: "Hi" }, "stop"),
              "[DONE]",
            ),
          ],
        });
        expect(reasoning).toBe("Hm");
      }),
      errors(
        "A prompt that exceeds the window is `context-length`.",
        "vllm",
        {
          status: 400,
          body: {
            object: "error",
            message: "This model's maximum context length is 4096 tokens.",
            code: 400,
          },
        },
        { code: "context-length", requests: 1 },
      ),
    ],
  },
  {
    server: "sglang",
    title: "SGLang",
    sentences: [
      says("`matched_stop` and other additions are ignored.", async () => {
        const last = chunk({}, "stop", { matched_stop: 151645 });
        expect(
          (await call("sglang", { replies: [sse(chunk({ content: "Hi" }), last, "[DONE]")] })).text,
        ).toBe("Hi");
      }),
    ],
  },
  {
    server: "llamacpp",
    title: "llama.cpp",
    sentences: [
      says("Some versions repeat the name of a call in each delta: it counts once.", async () => {
        const next = (args: string): JsonObject =>
          chunk({ tool_calls: [{ index: 0, function: { name: "look_up", arguments: args } }] });
        const { calls } = await call("llamacpp", {
          request: WITH_TOOL,
          replies: [sse(toolCall({}, ""), next('{"q":'), next('"a"}'), ...CALL_ENDS)],
        });
        expect(calls).toMatchObject([{ name: "look_up", input: { q: "a" } }]);
      }),
      says("While it loads the model, requests are repeated.", async () => {
        const loading = { status: 503, body: fault("Loading model", { type: "unavailable_error" }) };
        const { text, sent } = await call("llamacpp", { replies: [loading, OK] });
        expect([text, sent.length]).toEqual(["ok", 2]);
      }),
      errors(
        "An error of the chat template is not repeated, and says what to do.",
        "llamacpp",
        {
          status: 500,
          body: fault("Jinja Exception: Conversation roles must alternate", { type: "server_error" }),
        },
        { code: "invalid-request", words: "--jinja", requests: 1 },
      ),
    ],
  },
  {
    server: "lmstudio",
    title: "LM Studio",
    sentences: [
      errors(
        "Errors are plain text; one for a model that is not loaded says what to do.",
        "lmstudio",
        { status: 400, body: { error: "No models loaded. Please load a model." } },
        { code: "model-not-supported", words: "Load one", requests: 1 },
      ),
    ],
  },
];
