import type { JsonObject, JsonValue } from "axio";
import { describe, expect, test } from "vitest";
import { createMessage, errorResponse, headersOfFrame } from "../src/backend/web-socket/frames.ts";
import { incrementalInput } from "../src/backend/web-socket/incremental-input.ts";
import { errorOf } from "../src/errors.ts";

const user = (text: string): JsonObject => ({ role: "user", content: [{ type: "input_text", text }] });
const made: JsonObject = {
  type: "message",
  id: "msg_1",
  status: "completed",
  role: "assistant",
  content: [{ type: "output_text", text: "Hi", annotations: [] }],
};
const replayed: JsonObject = {
  type: "message",
  id: "msg_1",
  role: "assistant",
  content: [{ type: "output_text", text: "Hi" }],
};
const body = (input: JsonValue[], rest: JsonObject = {}): JsonObject => ({
  model: "m",
  reasoning: { effort: "low" },
  tools: [],
  ...rest,
  input,
});
const completed = { responseId: "resp_1", body: body([user("a")]), items: [made] };

describe("incrementalInput", () => {
  test.each<[string, JsonObject, readonly JsonValue[] | undefined]>([
    ["what follows the answer is new", body([user("a"), replayed, user("b")]), [user("b")]],
    ["nothing may be new", body([user("a"), replayed]), []],
    ["an item may come back as it was made", body([user("a"), made, user("b")]), [user("b")]],
    [
      "settings that are free do not count",
      body([user("a"), replayed], { client_metadata: { a: "1" }, stream_options: {} }),
      [],
    ],
    ["another setting", body([user("a"), replayed], { model: "other" }), undefined],
    ["a setting more", body([user("a"), replayed], { text: {} }), undefined],
    ["another setting inside", body([user("a"), replayed], { reasoning: { effort: "high" } }), undefined],
    ["another beginning", body([user("x"), replayed, user("b")]), undefined],
    [
      "an answer that was changed",
      body([user("a"), { ...replayed, content: [{ type: "output_text", text: "Ho" }] }]),
      undefined,
    ],
    ["an answer of another type", body([user("a"), user("Hi")]), undefined],
    ["an answer with a member more", body([user("a"), { ...replayed, phase: "commentary" }]), undefined],
    ["an answer with a part more", body([user("a"), { ...replayed, content: [{}, {}] }]), undefined],
    ["an answer that was left out", body([user("a"), user("b")]), undefined],
    ["a history that was cut", body([user("a")]), undefined],
    ["an input that is no list", { ...body([]), input: "a" }, undefined],
  ])("%s", (_, request, expected) => {
    expect(incrementalInput(request, completed)).toEqual(expected);
  });
});

describe("createMessage", () => {
  test("holds the body, the answer it goes on from, and what HTTP has in headers", () => {
    const message = createMessage(
      body([user("a"), user("b")], { client_metadata: { mine: "1" } }),
      { turnState: "ts", isLite: true, isWarmUp: false },
      { responseId: "resp_1", input: [user("b")] },
    );
    expect(JSON.parse(message)).toEqual({
      type: "response.create",
      ...body([user("b")]),
      previous_response_id: "resp_1",
      client_metadata: {
        mine: "1",
        "x-codex-turn-state": "ts",
        ws_request_header_x_openai_internal_codex_responses_lite: "true",
      },
    });
  });
});

describe("a message that wraps an error", () => {
  const url = new URL("https://example.com/responses");

  test.each<[JsonObject, object | undefined]>([
    [
      {
        type: "error",
        status: 429,
        error: {
          type: "usage_limit_reached",
          message: "Used up",
          plan_type: "plus",
          resets_at: 1_795_012_345,
        },
        headers: { "X-Codex-Primary-Used-Percent": "100", "X-CODEX-PRIMARY-WINDOW-MINUTES": 300 },
      },
      {
        code: "usage-limit",
        retryable: false,
        details: { resetsAt: 1_795_012_345_000, windowMs: 300 * 60_000 },
      },
    ],
    [
      {
        type: "error",
        status_code: 503,
        error: { code: "server_is_overloaded" },
        headers: { "Retry-After": 2 },
      },
      { code: "overloaded", retryable: true, retryAfterMs: 2_000 },
    ],
    [
      { type: "error", status: 400, error: { message: "The 'x' model is not supported" } },
      { retryable: false, details: { status: 400 } },
    ],
    [
      { type: "error", error: { code: "websocket_connection_limit_reached" } },
      { retryable: true, retryAfterMs: 0 },
    ],
    [
      { type: "error", status: 400, error: { code: "previous_response_not_found" } },
      { retryable: true, retryAfterMs: 0 },
    ],
    [{ type: "error", error: { message: "No status" } }, undefined],
    [{ type: "error", status: 200 }, undefined],
    [{ type: "error" }, undefined],
    [{ type: "response.created", status: 500 }, undefined],
  ])("%j", async (frame, expected) => {
    const response = errorResponse(frame);
    const error = response && (await errorOf(response, url, undefined));
    if (expected === undefined) expect(error).toBeUndefined();
    else expect(error).toMatchObject(expected);
  });

  test("headers that cannot be are left out", () => {
    const headers = headersOfFrame({ headers: { "a b": "1", c: "1\n2", d: true, e: null, F: 1.5 } });
    expect([...headers]).toEqual([
      ["d", "true"],
      ["f", "1.5"],
    ]);
  });
});
