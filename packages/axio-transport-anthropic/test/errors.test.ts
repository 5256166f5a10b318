import type { JsonObject } from "axio";
import { errorFromResponse } from "axio-http";
import { describe, expect, test } from "vitest";
import { classifyEvent, classifyResponse } from "../src/errors/classify.ts";
import { readRateLimits } from "../src/rate-limits.ts";
import { recordedErrors } from "./support/fixtures.ts";

const NOW = Date.UTC(2026, 10, 29);

function read(status: number, body: string | JsonObject, headers: Record<string, string> = {}) {
  return errorFromResponse({
    status,
    headers: new Headers(headers),
    bodyText: typeof body === "string" ? body : JSON.stringify(body),
    url: "https://api.anthropic.com/v1/messages",
    now: NOW,
    rules: [(fault) => classifyResponse(fault, "claude-test")],
  });
}

function errorBody(type: string, message: string, errorCode?: string): JsonObject {
  const details = errorCode === undefined ? {} : { details: { error_code: errorCode } };
  return { type: "error", error: { type, message, ...details }, request_id: "req_1" };
}

const INVALID = "invalid_request_error";

describe("an error response", () => {
  test.each([
    [400, INVALID, "messages: Input should be a valid list", "invalid-request", false],
    [400, INVALID, "prompt is too long: 210000 tokens > 200000 maximum", "context-length", false],
    [
      400,
      INVALID,
      "input length and `max_tokens` exceed context limit: 199000 + 8000 > 200000",
      "context-length",
      false,
    ],
    [400, INVALID, "Your credit balance is too low to access the Anthropic API.", "usage-limit", false],
    [400, INVALID, "You have reached your specified API usage limits.", "usage-limit", false],
    [400, INVALID, "This model does not support effort level 'xhigh'.", "unsupported-parameter", false],
    [
      400,
      INVALID,
      '"thinking.type.disabled" is not supported for this model',
      "unsupported-parameter",
      false,
    ],
    [
      400,
      INVALID,
      "tools.0.custom.eager_input_streaming: Extra inputs are not permitted",
      "unsupported-parameter",
      false,
    ],
    [
      400,
      INVALID,
      "Unexpected value(s) `x-1` for the `anthropic-beta` header",
      "unsupported-parameter",
      false,
    ],
    [
      400,
      INVALID,
      "messages.0.content.0.image.source.base64: image exceeds 5 MB maximum",
      "unsupported-content",
      false,
    ],
    [401, "authentication_error", "invalid x-api-key", "unauthenticated", false],
    [402, "billing_error", "Payment required", "usage-limit", false],
    [403, "permission_error", "Your API key does not have permission", "forbidden", false],
    [403, "forbidden", "Request not allowed", "unsupported-country", false],
    [404, "not_found_error", "model: claude-nope", "model-not-supported", false],
    [404, "not_found_error", "Not found", "not-found", false],
    [408, "timeout_error", "Timed out", "server", true],
    [409, "conflict_error", "Conflict", "server", true],
    [413, "request_too_large", "Request exceeds the maximum size", "request-too-large", false],
    [422, INVALID, "Bad", "invalid-request", false],
    [429, "rate_limit_error", "Number of requests has exceeded your rate limit", "rate-limit", true],
    [500, "api_error", "Internal server error", "server", true],
    [503, "overloaded_error", "Overloaded", "overloaded", true],
    [504, "timeout_error", "Timed out", "server", true],
    [529, "overloaded_error", "Overloaded", "overloaded", true],
    [418, "odd_error", "Odd", "invalid-request", false],
    [599, "odd_error", "Odd", "server", true],
  ])("%s %s %s: %s", (status, type, message, code, retryable) => {
    const error = read(status, errorBody(type, message));
    expect([error.code, error.retryable]).toEqual([code, retryable]);
    expect(error.message).toContain(message);
    expect(error.details).toMatchObject({ status, peerCode: type, requestId: "req_1" });
  });

  test.each([
    "enforced_spend_limit_reached",
    "contract_spend_limit_reached",
    "linked_organization_spend_limit_reached",
  ])("%s is permanent, and says when it resets", (errorCode) => {
    const error = read(429, errorBody("rate_limit_error", "Limit reached", errorCode), {
      "x-should-retry": "true",
    });
    expect([error.code, error.retryable]).toEqual(["usage-limit", false]);
    expect(error.details).toMatchObject({ peerCode: errorCode, resetsAt: expect.any(Number) });
    const reset = new Date((error.details as { resetsAt: number }).resetsAt);
    expect([reset.getUTCDate(), reset.getUTCHours(), reset.getTime() > Date.now()]).toEqual([1, 0, true]);
  });

  test("an acceleration limit is retried", () => {
    const error = read(429, errorBody("rate_limit_error", "Slow down", "ramp_limit_exceeded"));
    expect([error.code, error.retryable]).toEqual(["rate-limit", true]);
  });

  test.each([
    ["0", 0],
    ["2", 2_000],
    ["1.5", 1_500],
    [new Date(NOW + 7_000).toUTCString(), 7_000],
    ["soon", undefined],
  ])("retry-after: %s", (value, delay) => {
    const error = read(429, errorBody("rate_limit_error", "Wait"), { "retry-after": value });
    expect(error.retryAfterMs).toBe(delay);
  });

  test("retry-after-ms comes first, and x-should-retry decides", () => {
    const busy = errorBody("rate_limit_error", "Wait");
    expect(read(429, busy, { "retry-after-ms": "250", "retry-after": "9" }).retryAfterMs).toBe(250);
    expect(read(429, busy, { "x-should-retry": "false" }).retryable).toBe(false);
    expect(read(400, errorBody(INVALID, "Bad"), { "x-should-retry": "true" }).retryable).toBe(true);
  });

  test.each([
    [413, "<html><head><title>413 Request Entity Too Large</title></head></html>", "request-too-large"],
    [413, "", "request-too-large"],
    [502, "<html><title>Bad gateway</title></html>", "server"],
    [520, "", "server"],
    [529, "", "overloaded"],
    [401, "", "unauthenticated"],
    [403, "<!doctype html><title>Just a moment...</title>", "blocked"],
    [400, "plain text", "invalid-request"],
    [500, "null", "server"],
  ])("%s with the body %j: %s", (status, body, code) => {
    expect(read(status, body).code).toBe(code);
  });

  test("a body that is too large names the limit", () => {
    expect(read(413, "<html></html>").message).toContain("32 MB");
  });

  test("says the parameter at fault, and no secret", () => {
    const error = read(400, errorBody(INVALID, "output_config.effort: Extra inputs are not permitted"));
    expect(error.details).toMatchObject({ parameter: "output_config.effort" });
    const leaking = read(401, errorBody("authentication_error", "bad key sk-ant-api03-abcdefghijklmnop"));
    expect(JSON.stringify(leaking) + String(leaking.cause)).not.toContain("abcdefghijklmnop");
  });

  test("recorded errors have their codes", () => {
    const codes = recordedErrors().map(({ status, body }) => read(status, body as JsonObject).code);
    if (codes.length > 0) {
      expect(codes).toEqual(["model-not-supported", "model-not-supported", "unsupported-parameter"]);
    }
  });
});

describe("an error inside a stream", () => {
  test.each([
    ["overloaded_error", "Overloaded", "overloaded", true],
    ["rate_limit_error", "Slow down", "rate-limit", true],
    ["api_error", "Internal", "server", true],
    ["timeout_error", "Timed out", "server", true],
    [INVALID, "prompt is too long: 2 tokens > 1 maximum", "context-length", false],
    [INVALID, "temperature: is not supported", "unsupported-parameter", false],
    [INVALID, "Bad", "invalid-request", false],
    ["authentication_error", "expired", "unauthenticated", false],
    ["billing_error", "No credit", "usage-limit", false],
    ["permission_error", "No", "forbidden", false],
    ["not_found_error", "model: x", "model-not-supported", false],
    ["odd_error", "Odd", "server", true],
  ])("%s %s: %s", (type, message, code, retryable) => {
    const error = classifyEvent(errorBody(type, message), "claude-test", {});
    expect([error.code, error.retryable, error.details.requestId]).toEqual([code, retryable, "req_1"]);
  });
});

describe("rate limits", () => {
  test("are read from the headers", () => {
    const headers = new Headers({
      "anthropic-ratelimit-requests-limit": "50",
      "anthropic-ratelimit-requests-remaining": "40",
      "anthropic-ratelimit-requests-reset": "2026-11-29T00:00:06Z",
      "anthropic-ratelimit-input-tokens-limit": "1000",
      "anthropic-ratelimit-input-tokens-remaining": "0",
      "anthropic-ratelimit-input-tokens-reset": "odd",
      "anthropic-ratelimit-output-tokens-limit": "1000",
      "anthropic-ratelimit-tokens-limit": "9",
      "anthropic-ratelimit-tokens-remaining": "9",
    });
    expect(readRateLimits(headers)).toEqual({
      limits: [
        {
          id: "requests",
          name: "Requests",
          windows: [{ usedPercent: expect.closeTo(20), windowMs: 60_000, resetsAt: NOW + 6_000 }],
        },
        { id: "input-tokens", name: "Input tokens", windows: [{ usedPercent: 100, windowMs: 60_000 }] },
      ],
    });
    expect(readRateLimits(new Headers())).toBeUndefined();
  });
});
