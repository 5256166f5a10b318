import { describe, expect, test } from "vitest";
import { classifyResponseError, type WireError } from "../src/index.ts";

describe("an error is classified", () => {
  test.each<readonly [string, boolean, WireError]>([
    ["context-length", false, { code: "context_length_exceeded" }],
    ["context-length", false, { message: "Too many tokens in the prompt.", status: 413 }],
    ["request-too-large", false, { message: "Payload Too Large", status: 413 }],
    ["request-too-large", false, { status: 413 }],
    ["usage-limit", false, { code: "insufficient_quota" }],
    ["usage-limit", false, { type: "usage_limit_reached", code: null, status: 429 }],
    ["not-entitled", false, { type: "usage_not_included", status: 429 }],
    ["content-policy", false, { code: "cyber_policy", status: 400 }],
    ["content-policy", false, { code: "bio_policy" }],
    ["content-policy", false, { code: "misalignment_policy_violation", status: 403 }],
    ["content-policy", false, { code: "content_policy" }],
    ["invalid-request", false, { code: "invalid_prompt" }],
    ["invalid-request", false, { code: "invalid_encrypted_content" }],
    ["invalid-request", false, { code: "invalid_image" }],
    ["invalid-request", false, { type: "invalid_request_error", code: "unheard_of" }],
    ["invalid-request", false, { status: 400 }],
    ["unsupported-parameter", false, { code: "unknown_parameter", param: "temperature" }],
    ["unsupported-parameter", false, { message: "Unsupported parameter: temperature", status: 400 }],
    ["model-not-supported", false, { code: "model_not_found", status: 404 }],
    ["model-not-supported", false, { message: "Model not found x", status: 404 }],
    [
      "model-not-supported",
      false,
      {
        type: "invalid_request_error",
        message: "The 'gpt-9' model is not supported when using Codex with a ChatGPT account.",
        status: 400,
      },
    ],
    ["overloaded", true, { code: "server_is_overloaded" }],
    ["overloaded", true, { code: "slow_down" }],
    ["overloaded", true, { status: 503 }],
    ["rate-limit", true, { code: "rate_limit_exceeded", type: "tokens" }],
    ["rate-limit", true, { status: 429 }],
    ["unauthenticated", false, { code: "token_expired", status: 401 }],
    ["unauthenticated", false, { status: 401 }],
    ["account-mismatch", false, { code: "invalid_workspace_selected", status: 403 }],
    ["forbidden", false, { status: 403 }],
    ["not-found", false, { status: 404 }],
    ["unsupported-country", false, { code: "unsupported_country_region_territory", status: 403 }],
    ["server", true, { code: "server_error" }],
    ["server", true, { code: "websocket_connection_limit_reached", status: 400 }],
    ["server", true, { code: "never_heard_of" }],
    ["server", true, { code: 17, message: {} }],
    ["server", true, {}],
  ])("%s (retryable %s): %j", (code, retryable, wire) => {
    expect(classifyResponseError(wire)).toMatchObject({ code, retryable, cause: wire });
  });
});

test("the message says what happened, what to do, and what the provider says", () => {
  const error = classifyResponseError({ code: "context_length_exceeded", message: "Too many tokens." });
  expect(error.message).toBe(
    "The conversation is longer than the model can read. Compact it, or start a new one. The provider says: Too many tokens.",
  );
});

test("a usage limit states plan and reset time", () => {
  const error = classifyResponseError({
    type: "usage_limit_reached",
    message: "The usage limit has been reached",
    plan_type: "plus",
    resets_at: 1_795_012_345,
    resets_in_seconds: 5400,
    status: 429,
  });
  expect(error.details).toEqual({
    status: 429,
    peerCode: "usage_limit_reached",
    plan: "plus",
    resetsAt: 1_795_012_345_000,
  });
  expect(error.retryAfterMs).toBe(5_400_000);
  expect(error.message).toContain("It resets at 2026-11-18 14:32 UTC.");
  expect(error.message).toContain('"plus"');
});

test("an invalid time is not stated", () => {
  const { message } = classifyResponseError({ code: "usage_limit_reached", resets_at: 1e300 });
  expect(message).not.toContain("resets at");
});

test("a delay comes from the caller, or else from the message, and only for transient errors", () => {
  const parseRetryText = (text: string): number | undefined => (text === "wait" ? 1500 : undefined);
  const limited = { code: "rate_limit_exceeded", message: "wait" };
  expect(classifyResponseError(limited, { parseRetryText }).retryAfterMs).toBe(1500);
  expect(classifyResponseError(limited, { parseRetryText, retryAfterMs: 7 }).retryAfterMs).toBe(7);
  expect(classifyResponseError(limited).retryAfterMs).toBeUndefined();
  const refused = { code: "invalid_prompt", message: "wait" };
  expect(classifyResponseError(refused, { parseRetryText }).retryAfterMs).toBeUndefined();
});

test("facts of the caller are kept", () => {
  const { details } = classifyResponseError({ code: "server_error" }, { details: { requestId: "req_1" } });
  expect(details).toEqual({ requestId: "req_1", peerCode: "server_error" });
});
