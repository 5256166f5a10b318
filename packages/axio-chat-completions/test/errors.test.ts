import { AxioError, type JsonValue } from "axio";
import { recordedErrors } from "test-support/chat-fixtures";
import { needs, RECORDINGS } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { classifyChatError, DIALECTS, type DialectId, type ErrorContext } from "../src/index.ts";

const HOSTS: { readonly [host: string]: DialectId } = {
  "api.openai.com": "openai",
  "api.groq.com": "groq",
  "api.deepseek.com": "deepseek",
  "openrouter.ai": "openrouter",
};

/** The code of each recorded error, by a part of its message. */
const RECORDED: readonly (readonly [words: string, code: string, parameter?: string])[] = [
  ["does not exist", "model-not-supported"],
  ["No tool output found", "invalid-request"],
  ["Tool call validation failed", "output-mismatch"],
  ["Tool choice is required", "output-mismatch"],
  ["Content blocks are expected", "invalid-request", "messages[3]"],
  ["file type you uploaded", "invalid-request", "input"],
  ["Invalid file data: 'input[3]", "invalid-request", "input[3].output[0].file_data"],
  ["Invalid file data: 'input[4]", "invalid-request", "input[4].content[0].file_data"],
  ["does not support 'developer'", "unsupported-parameter", "messages[0].role"],
  ["does not support 'system'", "unsupported-parameter", "messages[0].role"],
  ["Web search options not supported", "unsupported-parameter", "web_search_options"],
  ["decimal below minimum", "invalid-request", "temperature"],
  ["without its required following item", "invalid-request", "input"],
  ["Provider returned error", "rate-limit"],
];

test("recorded bodies have their codes", needs(RECORDINGS), () => {
  for (const { host, status, body } of recordedErrors()) {
    const words = JSON.stringify(body);
    const expected = RECORDED.find(([part]) => words.includes(part));
    const dialect = DIALECTS[HOSTS[host] ?? "openai"];
    for (const sent of [body, words]) {
      const error = classifyChatError(sent, dialect, { status });
      expect([words.slice(0, 200), error.code]).toEqual([words.slice(0, 200), expected?.[1]]);
      expect(error.details.status).toBe(status);
      if (expected?.[2] !== undefined) expect(error.details.parameter).toBe(expected[2]);
      expect(error.retryable).toBe(["output-mismatch", "rate-limit"].includes(error.code));
      expect(error.message).toContain(dialect.name === "DeepSeek" ? "DeepSeek" : "It said: ");
    }
  }
  const limited = recordedErrors().find(({ status }) => status === 429);
  // What OpenRouter quotes from the provider is the useful part.
  expect(classifyChatError(limited?.body, DIALECTS.openrouter, { status: 429 }).message).toContain(
    "google/gemini-2.0-flash-exp:free is temporarily rate-limited upstream",
  );
});

const openai = (code: string | null, message = "", type = "invalid_request_error"): JsonValue => ({
  error: { message, type, param: null, code },
});

describe("an error is classified", () => {
  test.each<[string, DialectId, number, JsonValue | string, string, boolean]>([
    ["a wrong key", "openai", 401, openai("invalid_api_key"), "unauthenticated", false],
    [
      "a wrong key at Azure's gateway",
      "azure",
      401,
      { statusCode: 401, message: "Access denied" },
      "unauthenticated",
      false,
    ],
    [
      "a wrong key at Gemini",
      "gemini",
      400,
      [{ error: { code: 400, message: "API key not valid.", status: "INVALID_ARGUMENT" } }],
      "unauthenticated",
      false,
    ],
    [
      "a country",
      "openai",
      403,
      openai("unsupported_country_region_territory"),
      "unsupported-country",
      false,
    ],
    ["no permission", "openai", 403, openai(null, "No."), "forbidden", false],
    [
      "moderation at OpenRouter",
      "openrouter",
      403,
      { error: { code: 403, message: "Flagged", metadata: { reasons: ["x"] } } },
      "content-policy",
      false,
    ],
    [
      "no credit at OpenRouter",
      "openrouter",
      402,
      { error: { code: 402, message: "Insufficient credits" } },
      "usage-limit",
      false,
    ],
    [
      "a full queue at OpenRouter",
      "openrouter",
      402,
      { error: { code: 402, message: "Wait", metadata: { limit_source: "openrouter_in_flight_budget" } } },
      "rate-limit",
      true,
    ],
    [
      "another limit at OpenRouter",
      "openrouter",
      402,
      { error: { code: 402, message: "Wait", metadata: { limit_source: "key" } } },
      "usage-limit",
      false,
    ],
    [
      "no credit at DeepSeek",
      "deepseek",
      402,
      openai(null, "Insufficient Balance", "unknown_error"),
      "usage-limit",
      false,
    ],
    ["no credit at OpenAI", "openai", 429, openai("insufficient_quota"), "usage-limit", false],
    [
      "no credit by type",
      "openai",
      429,
      openai("some_new_code", "", "insufficient_quota"),
      "usage-limit",
      false,
    ],
    ["credit used up", "openai", 429, openai("credit_balance_exhausted"), "usage-limit", false],
    ["a hard limit", "openai", 429, openai("billing_hard_limit_reached"), "usage-limit", false],
    ["inactive billing", "openai", 429, openai("billing_not_active"), "usage-limit", false],
    ["a spend limit", "openai", 429, openai("organization_spend_limit_exceeded"), "usage-limit", false],
    ["a project's spend limit", "openai", 429, openai("project_spend_limit_exceeded"), "usage-limit", false],
    [
      "an organization's limit",
      "openai",
      429,
      openai("organization_usage_limit_exceeded"),
      "usage-limit",
      false,
    ],
    [
      "spent credits at xAI",
      "xai",
      403,
      { code: "x", error: "Your team has used all available credits" },
      "usage-limit",
      false,
    ],
    [
      "no balance at Z.ai",
      "zai",
      429,
      { error: { code: "1113", message: "Insufficient balance" } },
      "usage-limit",
      false,
    ],
    ["a rate limit", "openai", 429, openai("rate_limit_exceeded", "Slow", "tokens"), "rate-limit", true],
    [
      "a rate limit by type",
      "openai",
      429,
      openai("slow_down", "Slow", "rate_limit_error"),
      "rate-limit",
      true,
    ],
    [
      "a rate limit at Gemini",
      "gemini",
      429,
      [{ error: { code: 429, message: "You exceeded your current quota", status: "RESOURCE_EXHAUSTED" } }],
      "rate-limit",
      true,
    ],
    ["a rate limit without a body", "groq", 429, "", "rate-limit", true],
    [
      "a request above the rate limit",
      "groq",
      429,
      openai("rate_limit_exceeded", "Request too large for model x: Limit 8000, Requested 9000", "tokens"),
      "request-too-large",
      false,
    ],
    [
      "overload",
      "openai",
      503,
      openai("server_is_overloaded", "", "service_unavailable_error"),
      "overloaded",
      true,
    ],
    ["overload with 529", "openrouter", 529, "", "overloaded", true],
    [
      "a model that loads",
      "llamacpp",
      503,
      { error: { message: "Loading model", type: "unavailable_error", code: 503 } },
      "overloaded",
      true,
    ],
    ["a long conversation", "openai", 400, openai("context_length_exceeded"), "context-length", false],
    [
      "a long conversation at vLLM",
      "vllm",
      400,
      {
        object: "error",
        message: "This model's maximum context length is 4096 tokens",
        type: "BadRequestError",
        code: 400,
      },
      "context-length",
      false,
    ],
    [
      "a long conversation at llama.cpp",
      "llamacpp",
      400,
      {
        error: {
          code: 400,
          message: "the request exceeds the available context size",
          type: "exceed_context_size_error",
          n_ctx: 1,
        },
      },
      "context-length",
      false,
    ],
    [
      "a long conversation at Gemini",
      "gemini",
      400,
      [
        {
          error: {
            code: 400,
            message: "The input token count (9) exceeds the maximum",
            status: "INVALID_ARGUMENT",
          },
        },
      ],
      "context-length",
      false,
    ],
    [
      "a long conversation at Anthropic behind a proxy",
      "huggingface",
      400,
      { error: { message: "prompt is too long: 9 tokens > 8" } },
      "context-length",
      false,
    ],
    [
      "too many tokens with 413",
      "groq",
      413,
      { error: { message: "Too many tokens" } },
      "context-length",
      false,
    ],
    [
      "too many bytes with 413",
      "groq",
      413,
      { error: { message: "Request Entity Too Large", type: "invalid_request_error" } },
      "request-too-large",
      false,
    ],
    ["a page with 413", "groq", 413, "<html>413</html>", "request-too-large", false],
    ["an unknown parameter", "openai", 400, openai("unknown_parameter"), "unsupported-parameter", false],
    ["an unsupported value", "openai", 400, openai("unsupported_value"), "unsupported-parameter", false],
    [
      "an argument at Azure",
      "azure",
      400,
      openai(null, "Unrecognized request argument supplied: foo"),
      "unsupported-parameter",
      false,
    ],
    [
      "a property at Groq",
      "groq",
      400,
      openai(null, "property 'foo' is unsupported"),
      "unsupported-parameter",
      false,
    ],
    [
      "an extra member at Mistral",
      "mistral",
      422,
      { detail: [{ type: "extra_forbidden", loc: ["body", "foo"], msg: "Extra inputs are not permitted" }] },
      "unsupported-parameter",
      false,
    ],
    [
      "tools on Chat Completions",
      "openai",
      400,
      openai(
        null,
        "Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions.",
      ),
      "unsupported-parameter",
      false,
    ],
    [
      "tools at vLLM",
      "vllm",
      400,
      { object: "error", message: '"auto" tool choice requires --enable-auto-tool-choice', code: 400 },
      "unsupported-parameter",
      false,
    ],
    [
      "tools at Ollama",
      "ollama",
      400,
      { error: { message: "registry.ollama.ai/x does not support tools" } },
      "unsupported-parameter",
      false,
    ],
    [
      "tools at OpenRouter",
      "openrouter",
      404,
      { error: { code: 404, message: "No endpoints found that support tool use." } },
      "unsupported-parameter",
      false,
    ],
    [
      "images at OpenRouter",
      "openrouter",
      404,
      { error: { code: 404, message: "No endpoints found that support image input" } },
      "unsupported-content",
      false,
    ],
    ["an unknown model", "openai", 404, openai("model_not_found"), "model-not-supported", false],
    [
      "an unknown model at Ollama",
      "ollama",
      404,
      { error: { message: 'model "x" not found, try pulling it first' } },
      "model-not-supported",
      false,
    ],
    [
      "an unknown deployment at Azure",
      "azure",
      404,
      { error: { code: "DeploymentNotFound", message: "No." } },
      "model-not-supported",
      false,
    ],
    [
      "no model at LM Studio",
      "lmstudio",
      404,
      { error: "No models loaded. Please load a model." },
      "model-not-supported",
      false,
    ],
    ["a wrong path", "openai", 404, "<html>Not found</html>", "not-found", false],
    [
      "a content filter",
      "azure",
      400,
      {
        error: {
          code: "content_filter",
          status: 400,
          message: "Filtered",
          innererror: { code: "ResponsibleAIPolicyViolation" },
        },
      },
      "content-policy",
      false,
    ],
    ["a policy", "openai", 400, openai("content_policy_violation"), "content-policy", false],
    [
      "Mistral's order of roles",
      "mistral",
      400,
      {
        object: "error",
        message: "Unexpected role 'user' after role 'tool'",
        type: "invalid_request_error",
        code: "3230",
      },
      "invalid-request",
      false,
    ],
    [
      "Mistral's message object",
      "mistral",
      422,
      {
        object: "error",
        message: { detail: [{ loc: ["body", "messages", 0], msg: "Field required", type: "missing" }] },
      },
      "invalid-request",
      false,
    ],
    [
      "a chat template",
      "llamacpp",
      500,
      { error: { code: 500, message: "Jinja Exception: roles must alternate", type: "server_error" } },
      "invalid-request",
      false,
    ],
    [
      "a chat template's trace as text",
      "llamacpp",
      500,
      "Error in chat template: line 1",
      "invalid-request",
      false,
    ],
    [
      "too little memory",
      "ollama",
      500,
      { error: "model requires more system memory (9 GiB)" },
      "invalid-request",
      false,
    ],
    ["a failed tool call", "groq", 400, openai("tool_use_failed"), "output-mismatch", true],
    ["a timeout", "openai", 408, "", "server", true],
    ["a failure", "openai", 500, openai(null, "Oops", "server_error"), "server", true],
    ["a bad gateway", "huggingface", 502, "<html>Bad gateway</html>", "server", true],
    [
      "an error of the provider behind OpenRouter",
      "openrouter",
      400,
      {
        error: {
          code: 400,
          message: "Provider returned error",
          metadata: { provider_name: "X", raw: '{"error":{"message":"prompt is too long","code":"x"}}' },
        },
      },
      "context-length",
      false,
    ],
    ["an unknown status", "openai", 418, "", "invalid-request", false],
    ["an unknown failure", "openai", 599, "", "server", true],
    [
      "TGI's text",
      "huggingface",
      422,
      { error: "Input validation error", error_type: "validation" },
      "invalid-request",
      false,
    ],
    [
      "Alibaba's members",
      "alibaba",
      400,
      { code: "Arrearage", message: "Access denied" },
      "usage-limit",
      false,
    ],
  ])("%s (%s, %d)", (_what, id, status, body, code, retryable) => {
    const error = classifyChatError(body, DIALECTS[id], { status });
    expect({ code: error.code, retryable: error.retryable }).toEqual({ code, retryable });
    expect(error.cause).toBe(body);
    expect(error.message).not.toContain("{server}");
  });

  test("by the code and status that OpenRouter quotes from the provider", () => {
    const quoted = (raw: JsonValue): AxioError =>
      classifyChatError(
        { error: { code: 400, message: "Provider returned error", metadata: { raw } } },
        DIALECTS.openrouter,
      );
    expect(quoted('{"error":{"code":"context_length_exceeded","message":"x"}}')).toMatchObject({
      code: "context-length",
      details: { peerCode: "context_length_exceeded" },
    });
    expect(quoted({ error: { code: 429, message: "x" } })).toMatchObject({
      code: "rate-limit",
      retryable: true,
    });
    expect(quoted("text").message).toContain("Provider returned error text");
  });

  test("with the parameter that is at fault", () => {
    const parameterOf = (body: JsonValue): string | undefined =>
      classifyChatError(body, DIALECTS.groq, { status: 400 }).details.parameter;
    expect(parameterOf({ error: { message: "x", param: "tools" } })).toBe("tools");
    expect(parameterOf({ error: { message: "Unrecognized request argument supplied: foo" } })).toBe("foo");
    expect(parameterOf({ error: { message: "property 'messages.0.name' is unsupported" } })).toBe(
      "messages.0.name",
    );
    expect(parameterOf({ error: { message: "Unsupported parameter: 'max_tokens' is not supported" } })).toBe(
      "max_tokens",
    );
    expect(parameterOf({ detail: [{ loc: ["body", "foo"], msg: "no" }] })).toBe("foo");
  });

  test.each<[string, JsonValue, ErrorContext, number | undefined, boolean]>([
    ["the response", openai("rate_limit_exceeded"), { status: 429, retryAfterMs: 5 }, 5, true],
    [
      "Google's details",
      { error: { code: 429, message: "x", details: [{ "@type": "RetryInfo", retryDelay: "31.5s" }] } },
      {},
      31_500,
      true,
    ],
    [
      "the message",
      openai("rate_limit_exceeded", "again in 2s"),
      { parseRetryText: (words) => (words === "again in 2s" ? 2000 : undefined) },
      2000,
      true,
    ],
    [
      "no one if it is permanent",
      openai("insufficient_quota", "again in 2s"),
      { status: 429, parseRetryText: () => 2000 },
      undefined,
      false,
    ],
  ])("with the delay of %s", (_who, body, context, retryAfterMs, retryable) => {
    expect(classifyChatError(body, DIALECTS.gemini, context)).toMatchObject({
      retryable,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  });

  test("as the server says of retries, but for credit", () => {
    const retries = (status: number, body: JsonValue | string, shouldRetry: boolean): boolean =>
      classifyChatError(body, DIALECTS.openai, { status, shouldRetry }).retryable;
    expect(retries(500, "", false)).toBe(false);
    expect(retries(400, "", true)).toBe(true);
    expect(retries(429, openai("insufficient_quota"), true)).toBe(false);
  });

  test("with words that the caller made fit to be shown", () => {
    const error = classifyChatError(
      { error: { message: "key sk-1", code: "sk-1", param: "sk-1" } },
      DIALECTS.xai,
      {
        status: 400,
        quote: (words) => words.replaceAll("sk-1", "***"),
        details: { requestId: "r" },
        cause: "evidence",
      },
    );
    expect(error.message).toBe(
      "xAI refused the request as invalid. Change it before sending it again. It said: key ***",
    );
    expect(error.details).toEqual({ requestId: "r", status: 400, peerCode: "***", parameter: "***" });
    expect(error.cause).toBe("evidence");
  });

  test("whatever it holds", () => {
    for (const body of [
      null,
      1,
      true,
      "",
      "{",
      [],
      [1],
      {},
      { error: null },
      { error: [] },
      { detail: 1 },
      { error: { message: {}, metadata: { raw: [] } } },
    ])
      expect(AxioError.is(classifyChatError(body))).toBe(true);
  });
});
