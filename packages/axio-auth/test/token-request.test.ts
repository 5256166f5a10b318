import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { createPkce, createState, exchangeCode, refreshToken, revokeToken } from "../src/index.ts";

const OPTIONS = { url: "https://auth.test/oauth/token", clientId: "app_1" };

function responding(body: unknown, status = 200) {
  const requests: { url: string; headers: Headers; body: string }[] = [];
  const fetch = vi.fn(async (url: string | URL, init?: RequestInit) => {
    requests.push({ url: String(url), headers: new Headers(init?.headers), body: String(init?.body) });
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
  });
  return { fetch, requests };
}

describe("createPkce", () => {
  it("creates a verifier of 86 characters and its challenge", async () => {
    const { verifier, challenge } = await createPkce();
    expect(verifier).toMatch(/^[\w-]{86}$/);
    expect(challenge).toBe(createHash("sha256").update(verifier).digest("base64url"));
    expect((await createPkce()).verifier).not.toBe(verifier);
    expect(createState()).toMatch(/^[\w-]{43}$/);
  });
});

describe("exchangeCode", () => {
  const sent = { code: "ac_1", redirectUri: "http://localhost:1455/auth/callback", verifier: "v".repeat(86) };

  it("sends a form with the client id, the verifier and additional parameters", async () => {
    const { fetch, requests } = responding({ access_token: "a", refresh_token: "r", id_token: "i" });
    const tokens = await exchangeCode({
      ...OPTIONS,
      ...sent,
      fetch,
      parameters: { resource: "https://api.test" },
    });
    expect(tokens).toMatchObject({ accessToken: "a", refreshToken: "r", idToken: "i" });
    expect(requests[0]?.headers.get("content-type")).toContain("application/x-www-form-urlencoded");
    expect(Object.fromEntries(new URLSearchParams(requests[0]?.body))).toEqual({
      grant_type: "authorization_code",
      client_id: "app_1",
      code: "ac_1",
      redirect_uri: sent.redirectUri,
      code_verifier: sent.verifier,
      resource: "https://api.test",
    });
  });

  it("throws login-failed if the response has no access token", async () => {
    const { fetch } = responding({ id_token: "i" });
    await expect(exchangeCode({ ...OPTIONS, ...sent, fetch })).rejects.toMatchObject({
      code: "login-failed",
    });
  });

  it.each(["http://auth.test/oauth/token", "https://user:pass@auth.test/", "nonsense"])(
    "sends nothing to %s",
    async (url) => {
      const { fetch } = responding({});
      await expect(exchangeCode({ ...OPTIONS, ...sent, url, fetch })).rejects.toMatchObject({
        code: "invalid-argument",
      });
      expect(fetch).not.toHaveBeenCalled();
    },
  );
});

describe("refreshToken", () => {
  it("sends JSON with the encoding json", async () => {
    const { fetch, requests } = responding({ access_token: "a2" });
    const headers = { originator: "axio" };
    const tokens = await refreshToken({ ...OPTIONS, refreshToken: "rt_1", encoding: "json", headers, fetch });
    expect(tokens.accessToken).toBe("a2");
    expect(tokens.refreshToken).toBeUndefined();
    expect(requests[0]?.headers.get("content-type")).toBe("application/json");
    expect(requests[0]?.headers.get("originator")).toBe("axio");
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual({
      client_id: "app_1",
      grant_type: "refresh_token",
      refresh_token: "rt_1",
    });
  });

  it("throws a transient error for an unreadable response", async () => {
    const { fetch } = responding("<html>hello</html>");
    await expect(refreshToken({ ...OPTIONS, refreshToken: "rt_1", fetch })).rejects.toMatchObject({
      code: "refresh-failed",
      retryable: true,
    });
  });

  it("throws a transient error without the token if the network fails", async () => {
    const fetch = async () => {
      throw new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ECONNREFUSED" }) });
    };
    const error: unknown = await refreshToken({ ...OPTIONS, refreshToken: "rt_secret", fetch }).catch(
      (e) => e,
    );
    expect(error).toMatchObject({ code: "refresh-failed", retryable: true });
    expect(inspect(error, { depth: 9 })).not.toContain("rt_secret");
  });

  it("sends no request without a refresh token", async () => {
    const { fetch } = responding({});
    await expect(refreshToken({ ...OPTIONS, refreshToken: "", fetch })).rejects.toMatchObject({
      code: "unauthenticated",
    });
    expect(fetch).not.toHaveBeenCalled();
  });

  it("throws aborted when its signal aborts", async () => {
    const fetch = () => new Promise<Response>(() => {});
    const controller = new AbortController();
    const call = refreshToken({ ...OPTIONS, refreshToken: "rt_1", fetch, signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("revokeToken", () => {
  const options = { ...OPTIONS, token: "rt_1", tokenTypeHint: "refresh_token" } as const;

  it("sends the token and its type", async () => {
    const { fetch, requests } = responding("");
    await revokeToken({ ...options, encoding: "json", fetch });
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual({
      client_id: "app_1",
      token: "rt_1",
      token_type_hint: "refresh_token",
    });
  });

  it("throws if the server does not confirm the revocation", async () => {
    const { fetch } = responding("", 503);
    await expect(revokeToken({ ...options, fetch })).rejects.toMatchObject({
      code: "login-failed",
      retryable: true,
    });
  });
});

describe("a response with status 200 that is no success", () => {
  const granted = { access_token: "a", refresh_token: "r" };
  const BODIES: readonly (readonly [string, unknown])[] = [
    ["nothing", ""],
    ["a page", "<!doctype html><title>Sign in to the Wi-Fi</title>"],
    ["other JSON", { status: "ok" }],
    ["an array", [granted]],
    ["null", "null"],
    ["a refresh token only", { refresh_token: "r" }],
    ["an empty access token", { ...granted, access_token: "" }],
    ["an access token that is a number", { ...granted, access_token: 7 }],
    ["an access token that is an object", { ...granted, access_token: { value: "a" } }],
    ["an access token with a line break", { ...granted, access_token: "a\nb" }],
    ["a blank access token", { ...granted, access_token: "  " }],
    ["tokens of another type", { ...granted, token_type: "dpop" }],
  ];

  it.each(BODIES)("%s: a refresh fails, transiently", async (_, body) => {
    const { fetch } = responding(body);
    await expect(refreshToken({ ...OPTIONS, refreshToken: "old", fetch })).rejects.toMatchObject({
      code: "refresh-failed",
      retryable: true,
      message: expect.not.stringContaining("ign in again"),
    });
  });

  it.each(BODIES)("%s: a code is not exchanged", async (_, body) => {
    const { fetch } = responding(body);
    const code = { code: "ac_1", redirectUri: "http://localhost:1455/cb", verifier: "v".repeat(86) };
    await expect(exchangeCode({ ...OPTIONS, ...code, fetch })).rejects.toMatchObject({
      code: "login-failed",
    });
  });

  it.each([
    ["absent", {}],
    ["empty", { refresh_token: "" }],
    ["a number", { refresh_token: 1 }],
    ["null", { refresh_token: null }],
  ])("a refresh token that is %s counts as absent", async (_, more) => {
    const { fetch } = responding({ access_token: "a", ...more });
    const tokens = await refreshToken({ ...OPTIONS, refreshToken: "old", fetch });
    expect([tokens.accessToken, tokens.refreshToken]).toEqual(["a", undefined]);
  });
});
