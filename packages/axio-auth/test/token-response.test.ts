import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { decodeJwtPayload, tokenTimes } from "../src/token/claims.ts";
import { classifyTokenError, parseTokenResponse, type TokenGrant } from "../src/token/response.ts";

const REFRESH: TokenGrant = "refresh_token";
const CODE: TokenGrant = "authorization_code";

function classify(grant: TokenGrant, status: number, body: unknown, headers: Record<string, string> = {}) {
  return classifyTokenError({
    grant,
    status,
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: new Headers(headers),
    url: "https://auth.test/oauth/token",
    secrets: ["sent-secret"],
    now: 0,
  });
}

const challenge = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>";
const nested = (code: string) => ({
  error: { code, message: "Why.", type: "invalid_request_error", param: null },
});

describe("classifyTokenError", () => {
  it.each([
    // Permanent, in every dialect and with every status.
    [REFRESH, 401, nested("refresh_token_expired"), "refresh-token-expired", false],
    [REFRESH, 400, { error: "refresh_token_expired" }, "refresh-token-expired", false],
    [REFRESH, 401, nested("token_expired"), "refresh-token-expired", false],
    [REFRESH, 400, nested("refresh_token_reused"), "refresh-token-reused", false],
    [REFRESH, 401, { code: "Refresh_Token_REUSED" }, "refresh-token-reused", false],
    [REFRESH, 403, { detail: nested("refresh_token_reused") }, "refresh-token-reused", false],
    [REFRESH, 400, { detail: { code: "refresh_token_reused" } }, "refresh-token-reused", false],
    [REFRESH, 400, { detail: { error: "invalid_grant" } }, "refresh-token-revoked", false],
    [REFRESH, 400, nested("refresh_token_invalidated"), "refresh-token-revoked", false],
    [REFRESH, 400, { error: "invalid_refresh_token" }, "refresh-token-revoked", false],
    [REFRESH, 400, { error: "invalid_grant", error_description: "Gone." }, "refresh-token-revoked", false],
    [REFRESH, 401, { error: { message: "Something new." } }, "refresh-token-revoked", false],
    [REFRESH, 401, "", "refresh-token-revoked", false],
    // Transient: the credentials are kept.
    [REFRESH, 500, "", "refresh-failed", true],
    [REFRESH, 503, nested("server_is_overloaded"), "refresh-failed", true],
    [REFRESH, 502, "<html>Bad gateway</html>", "refresh-failed", true],
    [REFRESH, 500, { error: "invalid_grant" }, "refresh-failed", true],
    [REFRESH, 429, { error: "slow_down" }, "refresh-failed", true],
    [REFRESH, 400, { error: "unheard_of" }, "refresh-failed", false],
    [REFRESH, 400, { error: "invalid_client" }, "refresh-failed", false],
    [REFRESH, 401, { error: "invalid_client" }, "refresh-failed", false],
    [REFRESH, 401, challenge, "refresh-failed", false],
    [REFRESH, 403, challenge, "blocked", false],
    [REFRESH, 403, nested("unsupported_country_region_territory"), "unsupported-country", false],
    // The exchange of a code.
    [CODE, 400, { error: "invalid_grant", error_description: "Code expired." }, "login-failed", false],
    [CODE, 401, nested("token_expired"), "login-failed", false],
    [CODE, 400, nested("token_exchange_user_error"), "login-failed", false],
    [CODE, 403, nested("unsupported_country_region_territory"), "unsupported-country", false],
    [CODE, 403, challenge, "blocked", false],
    [CODE, 503, "", "login-failed", true],
    [CODE, 429, "", "login-failed", true],
  ] as const)("%s %i %j is %s", (grant, status, body, code, retryable) => {
    expect(classify(grant, status, body)).toMatchObject({ code, retryable, details: { status } });
  });

  it("quotes the server without the secrets of the request", () => {
    const error = classify(REFRESH, 400, {
      error: "invalid_grant",
      error_description: "Token sent-secret is invalid.",
    });
    expect(error.message).toContain("Token [hidden] is invalid.");
    expect(inspect(error, { depth: 9 })).not.toContain("sent-secret");
  });

  it("reads Retry-After", () => {
    expect(classify(REFRESH, 429, "", { "retry-after": "7" }).retryAfterMs).toBe(7_000);
  });

  it("does not quote an HTML page", () => {
    expect(classify(REFRESH, 403, challenge, { "cf-ray": "ray-1" }).message).not.toContain("<");
  });
});

function jwt(claims: object): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;
}

describe("parseTokenResponse", () => {
  const receivedAt = 1_700_000_000_500;

  it("reads known properties and keeps the whole body", () => {
    const text = JSON.stringify({
      access_token: "a",
      refresh_token: "r",
      id_token: "i",
      token_type: "bearer",
      expires_in: 3600,
      scope: "x y",
      earliest_refresh_at: null,
    });
    expect(parseTokenResponse(text, receivedAt)).toEqual({
      accessToken: "a",
      refreshToken: "r",
      idToken: "i",
      tokenType: "bearer",
      scope: "x y",
      expiresAt: 1_700_003_600_000,
      body: expect.objectContaining({ earliest_refresh_at: null }),
    });
  });

  it("ignores properties of a wrong type", () => {
    expect(
      parseTokenResponse('{"access_token": 5, "refresh_token": null, "expires_in": -1}', receivedAt),
    ).toEqual({
      body: expect.anything(),
    });
  });

  it.each([
    [
      "the lifetime in the response",
      { expires_in: "60", access_token: jwt({ iat: 0, exp: 5 }) },
      1_700_000_060_000,
    ],
    [
      "the lifetime of the token, not its clock",
      { access_token: jwt({ iat: 100, exp: 1_000 }) },
      1_700_000_900_000,
    ],
    ["the expiry of the token", { access_token: jwt({ exp: 1_800_000_000 }) }, 1_800_000_000_000],
  ])("calculates expiresAt from %s", (_, body, expiresAt) => {
    expect(parseTokenResponse(JSON.stringify(body), receivedAt)?.expiresAt).toBe(expiresAt);
  });

  it.each(["", "<html>", "[]", "null", '"text"'])("returns undefined for %j", (text) => {
    expect(parseTokenResponse(text, receivedAt)).toBeUndefined();
  });
});

describe("decodeJwtPayload", () => {
  it("decodes claims with all characters of base64url and Unicode", () => {
    const claims = { name: "Zoë ÿ÷ 🙂 ???>>>~~~", nested: { a: [1] } };
    expect(jwt(claims)).toMatch(/[-_]/);
    expect(decodeJwtPayload(jwt(claims))).toEqual(claims);
  });

  it.each(["", "a.b", "a.b.c.d", "a..c", ".e30.", "a.%%%.c", "a.bm90IGpzb24.c", "a.W10.c", "a._w.c"])(
    "returns undefined for %j",
    (token) => {
      expect(decodeJwtPayload(token)).toBeUndefined();
    },
  );
});

describe("tokenTimes", () => {
  it.each([
    [
      { exp: 1_000, iat: 100 },
      { expiresAt: 1_000_000, lifetimeMs: 900_000 },
    ],
    [{ exp: 1_000 }, { expiresAt: 1_000_000 }],
    [{ exp: 100, iat: 1_000 }, { expiresAt: 100_000 }],
    [{ exp: "1000", iat: 100 }, {}],
    [{}, {}],
  ])("reads %j in milliseconds", (claims, times) => {
    expect(tokenTimes(jwt(claims))).toEqual(times);
  });
});
