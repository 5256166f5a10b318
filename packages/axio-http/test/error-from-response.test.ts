import { AxioError } from "axio";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseErrorBody } from "../src/error-body.ts";
import { type ErrorResponse, errorFromResponse } from "../src/index.ts";
import { hideTokens } from "../src/internal.ts";

const NOW = 1_800_000_000_000;

function errorOf(
  status: number,
  body: unknown = "",
  headers: Record<string, string> = {},
  rules?: ErrorResponse["rules"],
): AxioError {
  const bodyText = typeof body === "string" ? body : JSON.stringify(body);
  const url = "https://example.com/v1/responses?secret=hush";
  return errorFromResponse({ status, headers: new Headers(headers), bodyText, url, now: NOW, rules });
}

describe("parseErrorBody reads every dialect", () => {
  test.each([
    [
      { error: { type: "t", code: "c", message: "m", param: "input[0].id" } },
      { type: "t", code: "c", message: "m", parameter: "input[0].id" },
    ],
    [{ error: { type: null, code: null, message: "m", param: null } }, { message: "m" }],
    [{ error: { code: 429, message: "m" } }, { code: "429", message: "m" }],
    [
      { error: "invalid_grant", error_description: "Expired." },
      { code: "invalid_grant", message: "Expired." },
    ],
    [{ error: "That did not work." }, { message: "That did not work." }],
    [{ detail: "Unauthorized" }, { message: "Unauthorized" }],
    [{ detail: { code: "deactivated_workspace" } }, { code: "deactivated_workspace" }],
    [
      { detail: [{ loc: ["body", "input", 0], msg: "Field required", type: "missing" }] },
      { type: "missing", message: "body.input.0: Field required", parameter: "body.input.0" },
    ],
    [{ detail: ["first", "second"] }, { message: "first" }],
    [{ detail: [] }, {}],
    [
      { message: "m", code: "c" },
      { message: "m", code: "c" },
    ],
    [{}, {}],
  ])("%j", (body, expected) => {
    const { body: whole, fault: _, ...read } = parseErrorBody(JSON.stringify(body));
    expect(read).toEqual(expected);
    expect(whole).toEqual(body);
  });

  test.each([[""], ["null"], ["[1]"], ["7"], ['"text"'], ["<html>"], ['{"error":']])(
    "%j has no members",
    (text) => {
      expect(parseErrorBody(text)).toEqual({});
    },
  );

  test("takes any JSON at all", () => {
    fc.assert(
      fc.property(fc.constantFrom("error", "detail", "message"), fc.jsonValue(), (name, value) => {
        const error = errorOf(400, { [name]: value });
        expect(error.code).toBe("invalid-request");
      }),
    );
  });
});

describe("each status has its meaning", () => {
  test.each([
    [400, "invalid-request", false],
    [401, "unauthenticated", false],
    [402, "forbidden", false],
    [403, "forbidden", false],
    [404, "not-found", false],
    [408, "server", true],
    [409, "server", true],
    [413, "request-too-large", false],
    [422, "invalid-request", false],
    [425, "server", true],
    [429, "rate-limit", true],
    [500, "server", true],
    [502, "server", true],
    [503, "server", true],
    [529, "overloaded", true],
    [304, "protocol", false],
  ])("%d is `%s`", (status, code, retryable) => {
    const error = errorOf(status, { error: { message: "It is so." } });
    expect(error).toMatchObject({ code, retryable, details: { status } });
    expect(error.message).toContain("example.com");
    expect(error.message).toContain("It said: It is so.");
  });

  test("an empty body adds nothing to the message", () => {
    expect(errorOf(500).message).toBe("example.com failed (500). Try again later.");
  });

  test.each([["server_is_overloaded"], ["slow_down"]])("a 503 with %s is `overloaded`", (code) => {
    expect(errorOf(503, { error: { code } })).toMatchObject({ code: "overloaded", retryable: true });
    expect(errorOf(503, { error: { type: code } })).toMatchObject({ code: "overloaded", retryable: true });
    expect(errorOf(400, { error: { code } })).toMatchObject({ code: "invalid-request" });
  });
});

test("the details are facts for programs, and the URL has no query", () => {
  const error = errorOf(
    400,
    { error: { code: "unknown_parameter", param: "temperature" } },
    { "x-request-id": "req_1", "cf-ray": "ray-FRA" },
  );
  expect(error.details).toEqual({
    status: 400,
    url: "https://example.com/v1/responses",
    requestId: "req_1",
    cfRay: "ray-FRA",
    peerCode: "unknown_parameter",
    parameter: "temperature",
  });
  expect(errorOf(400, "", { "x-oai-request-id": "req_2" }).details.requestId).toBe("req_2");
});

describe("the delay", () => {
  test.each([
    [{ "retry-after": "7" }, "", 7000],
    [{ "retry-after": new Date(NOW + 9000).toUTCString() }, "", 9000],
    [{ "retry-after-ms": "250", "retry-after": "7" }, "", 250],
    [{}, { error: { message: "Please try again in 1m30s." } }, 90_000],
    [{ "retry-after": "soon" }, { error: { message: "Try again in 2s" } }, 2000],
    [{}, "", undefined],
  ])("%j %j", (headers, body, ms) => {
    expect(errorOf(429, body, headers).retryAfterMs).toBe(ms);
    expect(errorOf(503, body, headers).retryAfterMs).toBe(ms);
  });

  test("is not kept if the error is permanent", () => {
    expect(errorOf(400, "", { "retry-after": "7" }).retryAfterMs).toBeUndefined();
  });
});

describe("Cloudflare", () => {
  const challenge =
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>long</body></html>";
  const blocked =
    "<!DOCTYPE html>\n<html><head><title>Attention Required! | Cloudflare</title></head></html>";

  test.each([
    [403, challenge, {}],
    [503, challenge, {}],
    [403, blocked, {}],
    [403, "", { "cf-mitigated": "challenge" }],
    [403, "<html><head><title>403 Forbidden</title></head></html>", { "cf-ray": "r" }],
  ])("%d %j %j is `blocked`", (status, body, headers) => {
    const error = errorOf(status, body, headers);
    expect(error).toMatchObject({ code: "blocked", details: { reason: "cloudflare" }, retryable: false });
    expect(error.message.length).toBeLessThan(400);
    expect(error.message).not.toContain("<");
  });

  test("the message states the ray for support", () => {
    expect(errorOf(403, challenge, { "cf-ray": "8a1b-FRA" }).message).toContain("ray 8a1b-FRA");
  });

  test("a server's failure that it forwards is a `server` error", () => {
    const page = "<html><head><title>example.com | 522: Connection timed out</title></head>Cloudflare</html>";
    expect(errorOf(522, page, { "cf-ray": "r" }).code).toBe("server");
    expect(errorOf(503, "<html><title>503 Service Unavailable</title></html>", { "cf-ray": "r" }).code).toBe(
      "server",
    );
    expect(errorOf(403, { detail: "no" }, { "cf-ray": "r" }).code).toBe("forbidden");
  });
});

test.each([
  [{ error: { code: "unsupported_country_region_territory", message: "Country not supported" } }],
  [{ error: { type: "request_forbidden", message: "unsupported_country_region_territory" } }],
  ["unsupported_country_region_territory"],
])("%j is `unsupported-country`, and names the remedy", (body) => {
  const error = errorOf(403, body);
  expect(error).toMatchObject({ code: "unsupported-country", retryable: false });
  expect(error.message).toContain("HTTPS_PROXY");
});

test("the rules of a transport come first, and see everything", () => {
  const own = new AxioError("usage-limit", "Used up.");
  const error = errorOf(
    429,
    { error: { type: "usage_limit_reached", resets_at: 5 } },
    { "retry-after": "1" },
    [
      () => undefined,
      (fault) => {
        expect(fault).toMatchObject({
          status: 429,
          type: "usage_limit_reached",
          fault: { resets_at: 5 },
          retryAfterMs: 1000,
          details: { peerCode: "usage_limit_reached" },
        });
        return own;
      },
    ],
  );
  expect(error).toBe(own);
  expect(errorOf(500, "", {}, [() => undefined]).code).toBe("server");
});

describe("the peer's text is prepared for display", () => {
  test("truncated", () => {
    expect(errorOf(400, "x".repeat(100_000)).message.length).toBeLessThan(400);
    expect(errorOf(400, "", { "x-request-id": "x".repeat(5000) }).details.requestId?.length).toBeLessThan(
      120,
    );
  });

  test("without control characters, on one line", () => {
    const { message } = errorOf(400, { detail: "a\u001b[31mred\u0007\r\nb\u2028c\u202ed\u009b1m" });
    expect(message).toContain("It said: a [31mred b c d 1m");
  });

  test("without tokens", () => {
    const jwt = "eyJhbGciOiJub25l.eyJzdWIiOiIxIn0.c2ln";
    const { message } = errorOf(401, {
      detail: `Bad ${jwt}, Bearer abcdefghijkl, sk-proj-abcdefghijkl, rt_aaaaaaaaaaaaaaaaaaaa`,
    });
    expect(message).toContain("Bad [hidden], [hidden], [hidden], [hidden]");
  });

  test("without tokens in its cause either, also right after a line break, and JSON stays JSON", () => {
    const said = [
      "a\neyJhbGciOiJub25l.eyJzdWIiOiIxIn0.c2ln",
      "b\rt_aaaaaaaaaaaaaaaaaaaa",
      "c\bearer abcdefghijkl",
    ];
    const hidden = JSON.parse(hideTokens(JSON.stringify(said)));
    expect(hidden).toEqual(["a\n[hidden]", said[1], said[2]]);
  });

  test("only the title of a page", () => {
    const page = `<html><head><title>Bad\n Gateway</title></head><body>${"x".repeat(50_000)}</body></html>`;
    expect(errorOf(502, page).message).toMatch(/It said: Bad Gateway$/);
  });

  test("never with a part of a character", () => {
    fc.assert(
      fc.property(fc.nat(3), (shift) => {
        expect(errorOf(400, "x".repeat(shift) + "𝄞".repeat(500)).message).not.toMatch(/[\ud800-\udbff]…/);
      }),
    );
  });
});
