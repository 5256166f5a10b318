import type { JsonObject } from "axio";
import { MemoryCredentialStore } from "axio-auth";
import { describe, expect, test } from "vitest";
import { CHATGPT_CREDENTIAL_FORMAT, type ChatGPTCredentials, registrationState } from "../src/index.ts";
import { refresh } from "../src/oauth/refresh.ts";
import { SignInServer } from "../src/oauth/sign-in-server.ts";
import { ChatGPTSession } from "../src/session.ts";
import { failureOf, fullCode, issued, sessionOn, signIn, simulate } from "./support.ts";

const PERMANENT_CODES = {
  invalid_grant: "refresh-token-revoked",
  invalid_refresh_token: "refresh-token-revoked",
  token_expired: "refresh-token-expired",
  refresh_token_expired: "refresh-token-expired",
  refresh_token_invalidated: "refresh-token-revoked",
  refresh_token_reused: "refresh-token-reused",
} as const;

const stored = (credentials: ChatGPTCredentials) =>
  new MemoryCredentialStore<ChatGPTCredentials>(credentials);

const expiring = { lifetimeSeconds: 5 };

describe("a refresh", () => {
  test("is sent once for concurrent callers, and verified before it is used", async () => {
    const simulator = await simulate();
    const store = stored(issued(simulator, expiring));
    const { session } = sessionOn(simulator, store);
    const all = await Promise.all(Array.from({ length: 20 }, () => session.get()));
    expect(new Set(all.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(simulator.stats.refreshes).toBe(1);
    const [first] = all;
    expect(first?.unverified).toBeUndefined();
    expect(await store.load()).toEqual(first);
    expect(first?.refreshStartedAt).toBeUndefined();
  });

  test("keeps what the response omits", async () => {
    const simulator = await simulate();
    const before = issued(simulator, expiring);
    const { session } = sessionOn(simulator, stored(before));
    simulator.next("refresh", { idToken: "absent", scope: "absent" });
    const after = await session.get();
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(after).toMatchObject({ scopes: before.scopes, idToken: before.idToken });
  });

  test.each([
    ["nothing", ""],
    ["a page", "<html>Sign in to the Wi-Fi</html>"],
    ["a refresh token only", JSON.stringify({ refresh_token: "new" })],
    ["an access token that is no text", JSON.stringify({ access_token: 1, refresh_token: "new" })],
  ])("with status 200 and %s fails, and keeps the sign-in", async (_, body) => {
    const simulator = await simulate();
    const before = issued(simulator, { lifetimeSeconds: -5 });
    const store = stored(before);
    const server = new SignInServer({
      issuer: simulator.issuer,
      fetch: (url, init) =>
        init?.method === "POST" ? Promise.resolve(new Response(body)) : fetch(url, init),
    });
    const session = new ChatGPTSession({
      store,
      server,
      refresh: (credentials, signal) => refresh(credentials, server, signal),
    });
    expect(await failureOf(session.get())).toMatchObject({ code: "refresh-failed", retryable: true });
    const { refreshStartedAt, ...after } = (await store.load()) ?? {};
    expect(refreshStartedAt).toBeDefined();
    expect(after).toEqual(before);
  });

  test("without a new refresh token keeps the old one", async () => {
    const simulator = await simulate();
    const before = issued(simulator, expiring);
    const { session } = sessionOn(simulator, stored(before));
    simulator.next("refresh", { refreshToken: false });
    expect((await session.get()).refreshToken).toBe(before.refreshToken);
  });

  test.each(Object.entries(PERMANENT_CODES))("%s ends the sign-in: %s", async (error, code) => {
    for (const errorShape of ["string", "object", "detail"] as const) {
      const simulator = await simulate();
      const before = issued(simulator, expiring);
      const store = stored(before);
      const { session } = sessionOn(simulator, store);
      simulator.next("refresh", { error, errorShape });
      expect(await failureOf(session.get())).toMatchObject({ code });
      const after = await store.load();
      expect(after).toMatchObject({
        clientId: before.clientId,
        subject: before.subject,
        accessToken: "",
        refreshToken: "",
        ended: { by: code },
      });
      const requests = simulator.requests.length;
      const again = await failureOf(session.get());
      expect(again).toMatchObject({ code, message: expect.stringContaining("Continue with ChatGPT") });
      expect(simulator.requests).toHaveLength(requests);
    }
  });

  test.each(["string", "object", "detail"] as const)(
    "with invalid_client deletes nothing (%s)",
    async (errorShape) => {
      const simulator = await simulate();
      const before = issued(simulator, { lifetimeSeconds: -5 });
      const store = stored(before);
      const { session } = sessionOn(simulator, store);
      simulator.next("refresh", { error: "invalid_client", errorShape });
      expect(await failureOf(session.get())).toMatchObject({ code: "refresh-failed", retryable: false });
      expect(await store.load()).toEqual(before);
    },
  );

  test.each(["server_error", "unavailable", "bad_gateway", "reset_before_headers", "token_garbage"])(
    "whose response is lost (%s) leads to refresh-response-lost",
    async (name) => {
      // What happens to the old token is not documented, so it is sent once more.
      const simulator = await simulate({ violations: ["reuse"] });
      const store = stored(issued(simulator, { lifetimeSeconds: -5 }));
      const { session } = sessionOn(simulator, store);
      simulator.faults.add({ name, parameters: { after: "true" } }, { target: "token" });
      expect(await failureOf(session.get())).toMatchObject({ code: "refresh-failed", retryable: true });
      expect((await store.load())?.refreshStartedAt).toBeGreaterThan(0);
      const error = await failureOf(session.get());
      expect(error).toMatchObject({
        code: "refresh-response-lost",
        message: expect.stringContaining("lost"),
      });
      expect(await store.load()).toMatchObject({ refreshToken: "", ended: { by: "refresh-response-lost" } });
    },
  );

  test("of a revoked sign-in throws refresh-token-revoked, even after a lost response", async () => {
    const simulator = await simulate();
    const store = stored(issued(simulator, { lifetimeSeconds: -5 }));
    const { session } = sessionOn(simulator, store);
    simulator.faults.add("server_error", { target: "token" });
    await failureOf(session.get());
    simulator.disconnect();
    expect(await failureOf(session.get())).toMatchObject({ code: "refresh-token-revoked" });
  });

  test.each(["server_error", "html_page", "reset_before_headers"])(
    "that fails before the tokens were changed (%s) succeeds with the next call",
    async (name) => {
      const simulator = await simulate();
      const store = stored(issued(simulator, { lifetimeSeconds: -5 }));
      const { session } = sessionOn(simulator, store);
      simulator.faults.add(name, { target: "token" });
      expect(await failureOf(session.get())).toMatchObject({ code: "refresh-failed", retryable: true });
      expect(registrationState(await session.get())).toBe("connected");
    },
  );

  test("of an expired sign-in throws refresh-token-expired after a failure that cannot have used the token", async () => {
    const simulator = await simulate();
    const store = stored(issued(simulator, { lifetimeSeconds: -5 }));
    const { session } = sessionOn(simulator, store);
    simulator.faults.add("rate_limit", { target: "token" });
    await failureOf(session.get());
    expect((await store.load())?.refreshStartedAt).toBeUndefined();
    simulator.faults.add("server_error", { target: "discovery" });
    simulator.expireRefreshTokens();
    expect(await failureOf(session.get())).toMatchObject({ code: "refresh-token-expired" });
  });

  test("is not used before it is verified, and is verified later without another request", async () => {
    const simulator = await simulate();
    const store = stored(issued(simulator, expiring));
    const { session } = sessionOn(simulator, store);
    simulator.faults.add("unavailable", { target: "keys", times: 2 });
    expect(await failureOf(session.get())).toMatchObject({ code: "jwks-unavailable", retryable: true });
    expect(registrationState((await store.load()) as ChatGPTCredentials)).toBe("unverified");
    expect(await failureOf(session.get())).toMatchObject({ code: "jwks-unavailable" });
    expect(registrationState(await session.get())).toBe("connected");
    expect(simulator.stats.refreshes).toBe(1);
  });

  test("is verified with a new key after a rotation", async () => {
    const simulator = await simulate();
    const store = stored(issued(simulator, expiring));
    const { session } = sessionOn(simulator, store);
    await session.get();
    await simulator.rotateKeys({ dropOld: true });
    await store.update(async (current) => current && { ...current, expiresAt: 1 });
    expect(registrationState(await session.get())).toBe("connected");
    expect(simulator.stats.refreshes).toBe(2);
  });

  test.each([
    ["other-subject", "account-mismatch"],
    ["bad-signature", "id-token-invalid:signature"],
    ["alg-none", "id-token-invalid:algorithm"],
  ] as const)("with the ID token %s ends the sign-in: %s", async (idToken, code) => {
    const simulator = await simulate();
    const store = stored(issued(simulator, expiring));
    const { session } = sessionOn(simulator, store);
    simulator.next("refresh", { idToken });
    const error = await failureOf(session.get());
    expect(fullCode(error)).toBe(code);
    expect(await store.load()).toMatchObject({
      accessToken: "",
      refreshToken: "",
      ended: { by: error.code },
    });
  });

  test("that no longer grants the plan throws not-entitled", async () => {
    const simulator = await simulate();
    const store = stored(issued(simulator, expiring));
    const { session } = sessionOn(simulator, store);
    simulator.next("refresh", { scope: "without-plan" });
    const error = await failureOf(session.get());
    expect(error).toMatchObject({ code: "not-entitled", message: expect.stringContaining("--enable-plan") });
    expect(registrationState((await store.load()) as ChatGPTCredentials)).toBe("identity-only");
  });

  test.each([
    ["seconds", expect.any(Number)],
    ["iso", expect.any(Number)],
    ["null", undefined],
    ["absent", undefined],
  ] as const)("reads earliest_refresh_at: %s", async (earliestRefreshAt, expected) => {
    const simulator = await simulate();
    const { session } = sessionOn(simulator, stored(issued(simulator, expiring)));
    simulator.next("refresh", { earliestRefreshAt });
    expect((await session.get()).earliestRefreshAt).toEqual(expected);
  });

  const soon = (): number => Math.floor(Date.now() / 1000) + 600;
  test.each([
    ["seconds", () => soon()],
    ["milliseconds", () => soon() * 1000],
    ["text", () => String(soon())],
    ["a date", () => new Date(soon() * 1000).toISOString()],
  ])(
    "waits for the earliest time (%s) while the token is valid, and not after it expired",
    async (_, time) => {
      const simulator = await simulate();
      const document = CHATGPT_CREDENTIAL_FORMAT.encode(
        issued(simulator, { lifetimeSeconds: 20 }),
        undefined,
      );
      const fields = document?.["credentials"] as JsonObject;
      const valid = CHATGPT_CREDENTIAL_FORMAT.decode({ ...fields, earliestRefreshAt: time() });
      if (valid === undefined) expect.fail("It should have credentials.");
      expect(valid.earliestRefreshAt).toBeGreaterThan(Date.now() + 590_000);
      const first = sessionOn(simulator, stored(valid));
      expect(await first.session.get()).toEqual(valid);
      expect(simulator.stats.refreshes).toBe(0);
      const expired = sessionOn(simulator, stored({ ...valid, expiresAt: 1 }));
      await expired.session.get();
      expect(simulator.stats.refreshes).toBe(1);
    },
  );
});

describe("without a sign-in that may use the plan", () => {
  test("no request is sent", async () => {
    const simulator = await simulate();
    const { accessToken: _, ...rest } = issued(simulator);
    for (const [credentials, code] of [
      [{ ...rest, accessToken: "", refreshToken: "", subject: "" }, "unauthenticated"],
      [{ ...rest, accessToken: "", refreshToken: "", ended: { by: "sign-out" } }, "unauthenticated"],
      [
        issued(simulator, { accountId: "33333333-3333-4333-8333-333333333333", identityOnly: true }),
        "not-entitled",
      ],
    ] as const) {
      const { session } = sessionOn(simulator, stored(credentials));
      expect(await failureOf(session.get())).toMatchObject({ code });
    }
    expect(simulator.requests).toEqual([]);
  });

  test("tokens of another server are not sent", async () => {
    const [simulator, other] = [await simulate(), await simulate()];
    const { session } = sessionOn(other, stored(issued(simulator)));
    expect(await failureOf(session.get())).toMatchObject({ code: "invalid-argument" });
  });

  test("an unverified sign-in must pass its own verification, even after a refresh", async () => {
    const simulator = await simulate();
    const store = new MemoryCredentialStore<ChatGPTCredentials>();
    simulator.next("exchange", { idToken: "wrong-nonce" });
    simulator.faults.add("unavailable", { target: "keys" });
    expect(await failureOf(signIn(simulator, { store }))).toMatchObject({ code: "jwks-unavailable" });
    await store.update(async (current) => current && { ...current, expiresAt: 1 });
    const { session } = sessionOn(simulator, store);
    expect(await failureOf(session.get())).toMatchObject({
      code: "id-token-invalid",
      details: { reason: "nonce" },
    });
    expect(simulator.stats.refreshes).toBe(1);
    expect(await store.load()).toMatchObject({ accessToken: "", refreshToken: "", subject: "" });
  });

  test("an unverified sign-in is verified with its first use", async () => {
    const simulator = await simulate();
    const store = new MemoryCredentialStore<ChatGPTCredentials>();
    simulator.faults.add("unavailable", { target: "keys" });
    await failureOf(signIn(simulator, { store }));
    const { session } = sessionOn(simulator, store);
    expect(await session.get()).toMatchObject({ email: "robin@example.test" });
    expect(registrationState((await store.load()) as ChatGPTCredentials)).toBe("connected");
  });
});
