import { inspect } from "node:util";
import { AxioError } from "axio";
import { type CredentialStore, MemoryCredentialStore } from "axio-auth";
import type { IssuedTokens, Simulator } from "axio-simulator";
import { describe, expect, test } from "vitest";
import {
  CodexTransport,
  type CodexTransportOptions,
  type Credentials,
  refreshAccessToken,
} from "../src/index.ts";
import { asking, collect, connection, failureOf, requestsTo, simulate } from "./support.ts";

/** Creates a transport whose access token, which lasts for days, expires soon. */
function expiring(
  simulator: Simulator,
  secondsLeft: number,
  options: CodexTransportOptions = {},
): {
  readonly transport: CodexTransport;
  readonly tokens: IssuedTokens;
  readonly credentials: MemoryCredentialStore<Credentials>;
} {
  const tokens = {
    ...simulator.issueCredentials(),
    expiresAt: Date.now() + secondsLeft * 1_000,
  };
  const base = connection(simulator, tokens);
  const transport = new CodexTransport({ ...base, model: "gpt-5.5", ...options });
  return { transport, tokens, credentials: base.credentials };
}

function bearers(simulator: Simulator): readonly string[] {
  return requestsTo(simulator, "/responses").map(({ headers }) => headers["authorization"] ?? "");
}

describe("a token near its expiry", () => {
  test.each([[20], [-10]])("is refreshed before 20 requests, once, if %i s remain", async (seconds) => {
    const simulator = await simulate();
    const { transport, tokens, credentials } = expiring(simulator, seconds);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => collect(transport.stream(asking(`say ${index}`)))),
    );
    expect([simulator.stats.refreshes, simulator.stats.refreshTokenReuses]).toEqual([1, 0]);
    const stored = await credentials.load();
    expect(stored?.accessToken).not.toBe(tokens.accessToken);
    expect(stored?.accountId).toBe(tokens.accountId);
    expect(bearers(simulator)).toEqual(Array.from({ length: 20 }, () => `Bearer ${stored?.accessToken}`));
  });

  test("is used and refreshed in the background if four minutes remain", async () => {
    const simulator = await simulate();
    const refreshed = deferred();
    const { transport, tokens } = expiring(simulator, 240, { onAuthRefresh: () => refreshed.resolve() });
    await collect(transport.stream(asking("say Hi")));
    await refreshed.promise;
    await collect(transport.stream(asking("say Hi")));
    const [first, second] = bearers(simulator);
    expect(first).toBe(`Bearer ${tokens.accessToken}`);
    expect(second).not.toBe(first);
    expect(simulator.stats.refreshes).toBe(1);
  });

  test("is used while the sign-in server is down, with a warning", async () => {
    const simulator = await simulate();
    simulator.faults.add("unavailable", { target: "token" });
    const warnings: AxioError[] = [];
    const { transport, tokens } = expiring(simulator, 20, { onWarning: (error) => warnings.push(error) });
    await collect(transport.stream(asking("say Hi")));
    expect(bearers(simulator)).toEqual([`Bearer ${tokens.accessToken}`]);
    expect(warnings.map(({ code }) => code)).toEqual(["refresh-failed"]);
  });

  test("causes a transient error if it has expired while the sign-in server is down", async () => {
    const simulator = await simulate();
    simulator.faults.add("unavailable", { target: "token" });
    const { transport, tokens, credentials } = expiring(simulator, -10, { retry: { maxRetries: 0 } });
    const error = await failureOf(collect(transport.stream(asking("say Hi"))));
    expect([error.code, error.retryable]).toEqual(["refresh-failed", true]);
    expect(await credentials.load()).toMatchObject({ refreshToken: tokens.refreshToken });
  });

  test("is refreshed with a retry after a transient failure", async () => {
    const simulator = await simulate();
    simulator.faults.add("unavailable", { target: "token" });
    const { transport } = expiring(simulator, -10);
    await collect(transport.stream(asking("say Hi")));
    expect(simulator.stats.refreshes).toBe(1);
  });
});

describe("a token that the backend rejects", () => {
  test("is refreshed, and the request repeated once", async () => {
    const simulator = await simulate();
    const { transport } = expiring(simulator, 9_000);
    simulator.revokeAccessTokens();
    await collect(transport.stream(asking("say Hi")));
    expect(requestsTo(simulator, "/responses").map(({ status }) => status)).toEqual([401, 200]);
    expect(simulator.stats.refreshes).toBe(1);
  });

  test("is replaced by a newer one in the store, without a refresh", async () => {
    const simulator = await simulate();
    const { transport, credentials } = expiring(simulator, 9_000);
    simulator.revokeAccessTokens();
    const newer = simulator.issueCredentials();
    let loads = 0;
    const load = credentials.load.bind(credentials);
    credentials.load = async () => {
      loads += 1;
      if (loads === 2) await credentials.update(async () => newer);
      return load();
    };
    await collect(transport.stream(asking("say Hi")));
    expect(bearers(simulator)[1]).toBe(`Bearer ${newer.accessToken}`);
    expect(simulator.stats.refreshes).toBe(0);
  });

  test("twice causes unauthenticated after one refresh and no third attempt", async () => {
    const simulator = await simulate();
    const { transport } = expiring(simulator, 9_000);
    simulator.faults.add("unauthorized", { times: 2 });
    const error = await failureOf(collect(transport.stream(asking("say Hi"))));
    expect([error.code, error.retryable]).toEqual(["unauthenticated", false]);
    expect(error.message).toMatch(/sign in again/i);
    expect(requestsTo(simulator, "/responses")).toHaveLength(2);
    expect(simulator.stats.refreshes).toBe(1);
  });

  test("causes the error of the backend if there is no refresh token", async () => {
    const simulator = await simulate();
    const { accessToken, accountId } = simulator.issueCredentials();
    simulator.expireAccessTokens();
    const { credentials: _, ...rest } = connection(simulator);
    const transport = new CodexTransport({ ...rest, accessToken, accountId, model: "gpt-5.5" });
    const error = await failureOf(collect(transport.stream(asking("say Hi"))));
    expect(error.code).toBe("unauthenticated");
    expect(error.message).toContain("is expired");
  });

  test("is refreshed for models and rate limits too", async () => {
    const simulator = await simulate();
    const { transport } = expiring(simulator, 9_000);
    simulator.revokeAccessTokens();
    expect((await transport.fetchRateLimits()).plan).toBe("plus");
    simulator.revokeAccessTokens();
    expect((await transport.fetchModels()).has("gpt-5.5")).toBe(true);
    expect(simulator.stats.refreshes).toBe(2);
  });
});

describe("a refresh that fails permanently", () => {
  test.each([
    ["refresh_token_reused", "refresh-token-reused"],
    ["refresh_token_expired", "refresh-token-expired"],
    ["refresh_token_invalidated", "refresh-token-revoked"],
    ["code_at_top", "refresh-token-expired"],
  ])("with %s ends the sign-in after one request, and keeps the stored credentials", async (fault, code) => {
    const simulator = await simulate();
    simulator.faults.add(fault, { target: "token", times: 5 });
    const { transport, tokens, credentials } = expiring(simulator, -10);
    const error = await failureOf(collect(transport.stream(asking("say Hi"))));
    expect([error.code, error.retryable]).toEqual([code, false]);
    expect(error.message).toMatch(/sign in again/i);
    expect((await failureOf(collect(transport.stream(asking("say Hi"))))).code).toBe(code);
    expect(requestsTo(simulator, "/oauth/token")).toHaveLength(1);
    expect(await credentials.load()).toMatchObject({ refreshToken: tokens.refreshToken });
  });

  test("after a new sign-in in the store the same transport goes on", async () => {
    const simulator = await simulate();
    const { transport, credentials } = expiring(simulator, -10);
    simulator.revokeRefreshTokens();
    await failureOf(collect(transport.stream(asking("say Hi"))));
    await credentials.update(async () => simulator.issueCredentials());
    await expect(collect(transport.stream(asking("say Hi")))).resolves.toBeDefined();
  });
});

describe("refreshed credentials", () => {
  test("are saved before they are used, and are not lost if saving fails", async () => {
    const simulator = await simulate();
    const tokens = simulator.issueCredentials({ lifetimeSeconds: -10 });
    const inner = new MemoryCredentialStore<Credentials>(tokens);
    let full = true;
    const store: CredentialStore<Credentials> = {
      load: () => inner.load(),
      update: (change) =>
        inner.update(async (current) => {
          const next = await change(current);
          if (full) throw new AxioError("store-unavailable", "The disk is full.");
          return next;
        }),
    };
    const transport = new CodexTransport({
      ...connection(simulator),
      credentials: store,
      model: "gpt-5.5",
    });
    const error = await failureOf(collect(transport.stream(asking("say Hi"))));
    expect([error.code, error.message]).toEqual(["store-unavailable", "The disk is full."]);
    expect(requestsTo(simulator, "/responses")).toHaveLength(0);
    full = false;
    await collect(transport.stream(asking("say Hi")));
    expect([simulator.stats.refreshes, simulator.stats.refreshTokenReuses]).toEqual([1, 0]);
  });

  test("calls and awaits onAuthRefresh before the request", async () => {
    const simulator = await simulate();
    const seen: unknown[] = [];
    const { transport, tokens } = expiring(simulator, -10, {
      onAuthRefresh: async (fresh) => {
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(fresh.accessToken, requestsTo(simulator, "/responses").length);
      },
    });
    await collect(transport.stream(asking("say Hi")));
    expect(seen).toEqual([bearers(simulator)[0]?.replace("Bearer ", ""), 0]);
    expect(seen[0]).not.toBe(tokens.accessToken);
  });

  test("calls onWarning if onAuthRefresh fails", async () => {
    const simulator = await simulate();
    const warnings: AxioError[] = [];
    const { transport } = expiring(simulator, -10, {
      onAuthRefresh: () => Promise.reject(new Error("database gone")),
      onWarning: (error) => warnings.push(error),
    });
    await collect(transport.stream(asking("say Hi")));
    expect(warnings.map(({ cause }) => cause)).toEqual([new Error("database gone")]);
  });

  test("keeps what the response omits", async () => {
    const simulator = await simulate();
    simulator.faults.add("without_refresh_token", { target: "token" });
    const tokens = simulator.issueCredentials();
    const fresh = await refreshAccessToken(tokens, { issuer: simulator.issuer });
    expect(fresh.refreshToken).toBe(tokens.refreshToken);
    expect(fresh.accessToken).not.toBe(tokens.accessToken);
    expect(fresh).toMatchObject({
      accountId: tokens.accountId,
      planType: "plus",
      email: "robin@example.test",
    });
  });

  test("never changes the account", async () => {
    const simulator = await simulate();
    const fresh = await refreshAccessToken(
      { ...simulator.issueCredentials(), accountId: "chosen" },
      { issuer: simulator.issuer },
    );
    expect(fresh.accountId).toBe("chosen");
  });

  test("throws a transient error if the response has no access token", async () => {
    const simulator = await simulate();
    simulator.faults.add("without_access_token", { target: "token" });
    const error = await failureOf(
      refreshAccessToken(simulator.issueCredentials(), { issuer: simulator.issuer }),
    );
    expect([error.code, error.retryable]).toEqual(["refresh-failed", true]);
  });

  test("throws a transient error if the response is not JSON", async () => {
    const simulator = await simulate();
    simulator.faults.add("token_garbage", { target: "token" });
    const error = await failureOf(
      refreshAccessToken(simulator.issueCredentials(), { issuer: simulator.issuer }),
    );
    expect([error.code, error.retryable]).toEqual(["refresh-failed", true]);
  });
});

test("a refresh accepts only https and loopback addresses", async () => {
  const simulator = await simulate();
  const error = await failureOf(
    refreshAccessToken(simulator.issueCredentials(), { issuer: "http://auth.example.test" }),
  );
  expect(error.code).toBe("invalid-argument");
});

describe("tokens do not appear", () => {
  function secretsOf({ accessToken, refreshToken, idToken }: IssuedTokens): readonly string[] {
    return [accessToken, refreshToken, idToken].flatMap((token) => [token, token.slice(-20)]);
  }

  function everythingOf(value: unknown): string {
    const chain: unknown[] = [];
    for (let error = value; error instanceof Error; error = error.cause)
      chain.push(error.stack, error.message);
    return [
      inspect(value, { depth: 20, showHidden: true }),
      JSON.stringify(value),
      String(value),
      ...chain,
    ].join("\n");
  }

  test("in a transport that is inspected or written as JSON", async () => {
    const simulator = await simulate();
    const { transport, tokens } = expiring(simulator, 9_000);
    await collect(transport.stream(asking("say Hi")));
    const shown = everythingOf(transport);
    expect(shown).toContain("CodexTransport");
    for (const secret of secretsOf(tokens)) expect(shown).not.toContain(secret);
  });

  test.each([
    ["unauthorized", "responses", 9_000],
    ["server_error", "responses", 9_000],
    ["reset_before_headers", "responses", 9_000],
    ["cloudflare_challenge", "responses", 9_000],
    ["refresh_token_reused", "token", -10],
    ["invalid_grant", "token", -10],
    ["reset_before_headers", "token", -10],
    ["token_garbage", "token", -10],
    ["bad_gateway", "token", -10],
  ] as const)("in the error after %s (%s)", async (fault, target, secondsLeft) => {
    const simulator = await simulate();
    simulator.faults.add(fault, { target, times: 3 });
    const { transport, tokens } = expiring(simulator, secondsLeft, { retry: { maxRetries: 0 } });
    const error = await failureOf(collect(transport.stream(asking("say Hi"))));
    for (const secret of secretsOf(tokens)) expect(everythingOf(error)).not.toContain(secret);
  });
});

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
