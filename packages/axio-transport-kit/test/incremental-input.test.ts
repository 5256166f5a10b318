import type { JsonObject, JsonValue } from "axio";
import { describe, expect, test } from "vitest";
import { continuationOf } from "../src/continuation/incremental-input.ts";
import { classifyFault, readErrorResponse } from "../src/index.ts";
import { createMessage, errorResponse, headersOfFrame } from "../src/web-socket/frames.ts";

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

describe("continuationOf", () => {
  test.each<[string, JsonObject, readonly JsonValue[] | undefined]>([
    ["items after the response are new", body([user("a"), replayed, user("b")]), [user("b")]],
    ["nothing may be new", body([user("a"), replayed]), []],
    ["an item may be sent back as it was created", body([user("a"), made, user("b")]), [user("b")]],
    [
      "free parameters do not count",
      body([user("a"), replayed], { client_metadata: { a: "1" }, stream_options: {} }),
      [],
    ],
    ["another parameter", body([user("a"), replayed], { model: "other" }), undefined],
    ["an additional parameter", body([user("a"), replayed], { text: {} }), undefined],
    ["another nested parameter", body([user("a"), replayed], { reasoning: { effort: "high" } }), undefined],
    ["another beginning", body([user("x"), replayed, user("b")]), undefined],
    [
      "a changed response",
      body([user("a"), { ...replayed, content: [{ type: "output_text", text: "Ho" }] }]),
      undefined,
    ],
    ["an item of another type", body([user("a"), user("Hi")]), undefined],
    ["an item with an additional member", body([user("a"), { ...replayed, phase: "commentary" }]), undefined],
    ["an item with an additional part", body([user("a"), { ...replayed, content: [{}, {}] }]), undefined],
    ["an omitted response", body([user("a"), user("b")]), undefined],
    ["a truncated history", body([user("a")]), undefined],
    ["an input that is no array", { ...body([]), input: "a" }, undefined],
  ])("%s", (_, request, expected) => {
    expect(continuationOf(request, completed)?.input).toEqual(expected);
  });
});

describe("createMessage", () => {
  test("has the body and the response that it continues", () => {
    const message = createMessage(body([user("a"), user("b")]), {
      continuation: { responseId: "resp_1", input: [user("b")] },
    });
    expect(JSON.parse(message)).toEqual({
      type: "response.create",
      ...body([user("b")]),
      previous_response_id: "resp_1",
    });
  });

  test("a warm-up generates nothing", () => {
    expect(JSON.parse(createMessage(body([]), { isWarmUp: true }))).toMatchObject({
      generate: false,
      input: [],
    });
  });

  test("a response that the caller continues stays", () => {
    const message = createMessage(body([user("a")], { previous_response_id: "resp_0" }));
    expect(JSON.parse(message)).toMatchObject({ previous_response_id: "resp_0", input: [user("a")] });
  });
});

describe("an error message", () => {
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
        details: { resetsAt: 1_795_012_345_000 },
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
      { code: "server", retryable: true },
    ],
    [
      { type: "error", status: 400, error: { code: "previous_response_not_found" } },
      { code: "server", retryable: true },
    ],
    [{ type: "error", error: { message: "No status" } }, undefined],
    [{ type: "error", status: 200 }, undefined],
    [{ type: "error" }, undefined],
    [{ type: "response.created", status: 500 }, undefined],
  ])("%j", async (frame, expected) => {
    const response = errorResponse(frame);
    const error =
      response && (await readErrorResponse(response, url, { rules: [(fault) => classifyFault(fault)] }));
    if (expected === undefined) expect(error).toBeUndefined();
    else expect(error).toMatchObject(expected);
  });

  test("invalid headers are left out", () => {
    const headers = headersOfFrame({ headers: { "a b": "1", c: "1\n2", d: true, e: null, F: 1.5 } });
    expect([...headers]).toEqual([
      ["d", "true"],
      ["f", "1.5"],
    ]);
  });
});
