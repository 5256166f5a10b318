import type { TransportEvent } from "axio";
import { blocksIn, endIn } from "test-support/decode-response";
import { describe, expect, test } from "vitest";
import { createChatDecoder, DIALECTS } from "../src/index.ts";
import { callChunk, chunk, decodeChat, textChunk, usageChunk } from "./decode-chat.ts";

const CALL = callChunk({ index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } });
const truncated = expect.objectContaining({ code: "stream-truncated", retryable: true });

describe("a finish reason", () => {
  test.each([
    ["stop", "end"],
    ["end_turn", "end"],
    ["eos", "end"],
    ["STOP", "end"],
    ["tool_calls", "end"],
    ["function_call", "end"],
    ["length", "max-output-tokens"],
    ["max_tokens", "max-output-tokens"],
    ["model_length", "max-output-tokens"],
    ["content_filter", "content-filter"],
    ["safety", "content-filter"],
    ["recitation", "content-filter"],
    ["model_context_window_exceeded", "incomplete"],
    ["something_new", "incomplete"],
  ])("of %s after text is %s", (reason, stopReason) => {
    const decoder = createChatDecoder();
    const events: TransportEvent[] = [];
    for (const data of [textChunk("Hi"), chunk({}, reason)]) decoder.decode(data, events);
    decoder.end(events);
    expect(endIn(events).stopReason).toBe(stopReason);
    expect(decoder.facts.finishReason).toBe(reason);
  });

  test.each(["stop", "tool_calls", "tool_use", "eos_token"])("of %s with a call is tool-use", (reason) => {
    expect(endIn(decodeChat([CALL, chunk({}, reason)])).stopReason).toBe("tool-use");
  });

  test("of length with a whole call keeps the call, and says that the response was cut", () => {
    const events = decodeChat([CALL, chunk({}, "length")]);
    expect(blocksIn(events)).toHaveLength(1);
    expect(endIn(events).stopReason).toBe("max-output-tokens");
  });

  test("of length is not undone by a later stop", () => {
    expect(endIn(decodeChat([textChunk("Hi"), chunk({}, "length"), chunk({}, "stop")])).stopReason).toBe(
      "max-output-tokens",
    );
  });

  test.each([
    ["error", undefined, "server"],
    ["stop", "network_error", "server"],
    ["stop", "error", "server"],
    ["stop", "MALFORMED_FUNCTION_CALL", "server"],
    ["insufficient_system_resource", undefined, "overloaded"],
  ])("of %s with the native reason %s is an error", (reason, native, code) => {
    const choice = { index: 0, delta: { content: "" }, finish_reason: reason, native_finish_reason: native };
    expect(() => decodeChat([{ choices: [choice] }, "[DONE]"], { dialect: DIALECTS.openrouter })).toThrow(
      expect.objectContaining({ code, retryable: true }),
    );
  });

  test("of error waits for the error that explains it", () => {
    const failed = { choices: [{ delta: { content: "" }, finish_reason: "error" }] };
    const explained = { error: { code: 402, message: "No credit" }, choices: [] };
    expect(() => decodeChat([failed, explained])).toThrow(expect.objectContaining({ code: "usage-limit" }));
  });
});

describe("a refusal", () => {
  test("is text that is marked, and the reason of the end", () => {
    const events = decodeChat([chunk({ refusal: "I " }), chunk({ refusal: "cannot." }), chunk({}, "stop")]);
    expect(blocksIn(events)).toEqual([{ type: "text", text: "I cannot.", refusal: true }]);
    expect(endIn(events).stopReason).toBe("refusal");
  });

  test("after text leaves the end as it is", () => {
    const events = decodeChat([textChunk("Well. "), chunk({ refusal: "No." }), chunk({}, "stop")]);
    expect(blocksIn(events)).toHaveLength(2);
    expect(endIn(events).stopReason).toBe("end");
  });
});

describe("a stream without a finish reason", () => {
  test.each<[string, readonly unknown[]]>([
    ["of nothing", []],
    ["of [DONE] alone", ["[DONE]"]],
    ["of usage and [DONE] alone", [usageChunk(), "[DONE]"]],
    ["of text that breaks off", [textChunk("Hi")]],
    ["of text and [DONE] without usage", [textChunk("Hi"), "[DONE]"]],
    ["of text and usage without [DONE]", [textChunk("Hi"), usageChunk()]],
    ["of reasoning alone", [chunk({ reasoning: "Hm" }), usageChunk(), "[DONE]"]],
    ["of a call that breaks off", [CALL]],
    [
      "of half a call, usage and [DONE]",
      [callChunk({ index: 0, id: "a", function: { name: "f", arguments: '{"x"' } }), usageChunk(), "[DONE]"],
    ],
    [
      "of text with usage in each chunk, and [DONE]",
      [
        { ...textChunk("Hi"), usage: { prompt_tokens: 1 } },
        { ...textChunk("!"), usage: { prompt_tokens: 1 } },
        "[DONE]",
      ],
    ],
    ["of finish reasons that are empty", [textChunk("Hi"), chunk({}, ""), chunk({}, null), "[DONE]"]],
  ])("%s is truncated", (_title, chunks) => {
    expect(() => decodeChat(chunks)).toThrow(truncated);
  });

  test("is complete with text, usage at the end and [DONE]", () => {
    const events = decodeChat([textChunk("Hi"), usageChunk(), "[DONE]"]);
    expect(endIn(events)).toMatchObject({ stopReason: "end", usage: { inputTokens: 10, outputTokens: 2 } });
  });

  test("is complete with a whole call, usage at the end and [DONE]", () => {
    expect(endIn(decodeChat([CALL, usageChunk(), "[DONE]"])).stopReason).toBe("tool-use");
  });
});

describe("what follows the finish reason", () => {
  test("counts until [DONE]: usage, filter results, annotations", () => {
    const annotation = {
      type: "url_citation",
      url_citation: { url: "https://a.example", title: "A", start_index: 0, end_index: 2 },
    };
    const events = decodeChat([
      textChunk("Hi"),
      chunk({}, "stop"),
      { choices: [{ index: 0, finish_reason: null, content_filter_offsets: { check_offset: 1 } }] },
      { choices: [{ index: 0, delta: null, finish_reason: null }] },
      chunk({ annotations: [annotation] }),
      { usage: { prompt_tokens: 3, completion_tokens: 1 } },
      "[DONE]",
    ]);
    expect(blocksIn(events)).toEqual([
      { type: "text", text: "Hi", sources: [{ url: "https://a.example", title: "A", start: 0, end: 2 }] },
    ]);
    expect(endIn(events).usage).toMatchObject({ inputTokens: 3, outputTokens: 1 });
  });

  test("is ignored after [DONE]", () => {
    const decoder = createChatDecoder();
    const events: TransportEvent[] = [];
    for (const data of [chunk({ content: "Hi" }, "stop"), "[DONE]"]) decoder.decode(data, events);
    expect(decoder.done).toBe(true);
    const before = [...events];
    decoder.decode({ error: { message: "late" } }, events);
    decoder.decode(textChunk("late"), events);
    decoder.end(events);
    expect(events).toEqual(before);
  });
});

describe("an error within the stream", () => {
  test.each<[string, unknown, string, boolean]>([
    [
      "of OpenAI",
      { error: { message: "Oops", type: "server_error", code: null, param: null } },
      "server",
      true,
    ],
    ["with a number as code", { error: { code: 429, message: "Slow" }, choices: [] }, "rate-limit", true],
    ["as text", { error: "out of memory" }, "server", true],
    ["in an array", [{ error: { code: 503, message: "Busy", status: "UNAVAILABLE" } }], "overloaded", true],
    [
      "in a choice",
      { choices: [{ index: 0, delta: {}, error: { code: 502, message: "Bad gateway" } }] },
      "server",
      true,
    ],
    ["of type error", { type: "error", message: "Oops", code: "invalid_api_key" }, "unauthenticated", false],
    ["as a message", { message: "model not found", code: 404 }, "model-not-supported", false],
    ["as a detail", { detail: "Unsupported" }, "server", true],
    [
      "as vLLM's object",
      { object: "error", message: "bad", type: "BadRequestError", code: 400 },
      "invalid-request",
      false,
    ],
  ])("%s", (_title, error, code, retryable) => {
    const decoder = createChatDecoder();
    const events: TransportEvent[] = [];
    decoder.decode(textChunk("Hi"), events);
    decoder.decode(chunk({}, "stop"), events);
    expect(() => decoder.decode(error, events)).toThrow(expect.objectContaining({ code, retryable }));
    expect(decoder.done).toBe(true);
    decoder.end(events);
    expect(events.map(({ type }) => type)).toEqual(["text-delta"]);
  });

  test.each([null, "", false])("is not there with the value %j", (error) => {
    expect(endIn(decodeChat([{ ...chunk({ content: "Hi" }, "stop"), error }])).stopReason).toBe("end");
  });

  test("quotes the server without secrets", () => {
    const options = {
      dialect: DIALECTS.groq,
      quote: (words: string) => words.replace("sk-1", "***"),
      redactSecrets: (text: string) => text.replace("sk-1", "***"),
      details: { requestId: "req_1" },
    };
    expect(() =>
      decodeChat([{ error: { message: "Bad key sk-1", code: "invalid_api_key" } }], options),
    ).toThrow(
      expect.objectContaining({
        message:
          "Groq does not accept the API key. Check the key, or sign in with another one. It said: Bad key ***",
        cause: { error: { message: "Bad key ***", code: "invalid_api_key" } },
        details: { requestId: "req_1", peerCode: "invalid_api_key" },
      }),
    );
  });
});

describe("data", () => {
  test.each(["", " ", "ping", "keep-alive", ": comment", "null", "\ufeff", "\0\0"])(
    "of %j keeps the connection alive",
    (data) => {
      expect(endIn(decodeChat([data, chunk({ content: "Hi" }, "stop"), data])).stopReason).toBe("end");
    },
  );

  test("may be padded and begin with a byte order mark", () => {
    const data = `\ufeff${JSON.stringify(chunk({ content: "Hi" }, "stop"))}\0\0`;
    expect(blocksIn(decodeChat([data, " [DONE]\0"]))).toEqual([{ type: "text", text: "Hi" }]);
  });

  test.each(["upstream connect error", '{"choices":', "42", '"text"', "[]", "<html>Sign in</html>"])(
    "of %j is an error that shows it",
    (data) => {
      expect(() => decodeChat([textChunk("Hi"), data])).toThrow(
        expect.objectContaining({
          code: "protocol",
          retryable: true,
          message: expect.stringContaining(data.slice(1, 5)),
        }),
      );
    },
  );
});
