import { MemoryCredentialStore } from "axio-auth";
import { describe, expect, test } from "vitest";
import { type ChatGPTCredentials, registrationState } from "../src/index.ts";
import { failureOf, fullCode, issued, sessionOn, signIn, simulate } from "./support.ts";

const TERMINAL = {
  invalid_grant: "refresh-token-revoked",
  invalid_refresh_token: "refresh-token-revoked",
  token_expired: "refresh-token-expired",
  refresh_token_expired: "refresh-token-expired",
  refresh_token_invalidated: "refresh-token-revoked",
  refresh_token_reused: "refresh-token-reused",
} as const;

const stored = (credentials: ChatGPTCredentials) =>
  new MemoryCredentialStore<ChatGPTCredentials>(credentials);

const ending = { lifetimeSeconds: 5 };

describe("a renewal", () => {
  test("is made once for all callers, and verified before it is used", async () => {
    const simulator = await simulate();
    const store = stored(issued(simulator, ending));
    const { session } = sessionOn(simulator, store);
    const all = await Promise.all(Array.from({ length: 20 }, () => session.get()));
    expect(new Set(all.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(simulator.stats.refreshes).toBe(1);
    const [first] = all;
    expect(first?.unverified).toBeUndefined();
    expect(await store.load()).toEqual(first);
    expect(first?.renewingSince).toBeUndefined();
  });

  test("keeps what the answer leaves out", async () => {
    const simulator = await simulate();
    const before = issued(simulator, ending);
    const { session } = sessionOn(simulator, stored(before));
    simulator.next("refresh", { idToken: "absent", scope: "absent" });
    const after = await session.get();
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(after).toMatchObject({ scopes: before.scopes, idToken: before.idToken });
  });

  test("without a new refresh token goes on with the old one", async () => {
    const simulator = await simulate();
    const before = issued(simulator, ending);
    const { session } = sessionOn(simulator, stored(before));
    simulator.next("refresh", { refreshToken: false });
    expect((await session.get()).refreshToken).toBe(before.refreshToken);
  });

  test.each(Object.entries(TERMINAL))("%s ends the sign-in: %s", async (error, code) => {
    for (const errorShape of ["string", "object", "detail"] as const) {
      const simulator = await simulate();
      const before = issued(simulator, ending);
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
    "invalid_client is a matter of set-up: nothing is forgotten (%s)",
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
    "an answer that is lost after the tokens were changed (%s) is told from a dead token",
    async (name) => {
      // What becomes of the old token is not documented: it is tried once more.
      const simulator = await simulate({ violations: ["reuse"] });
      const store = stored(issued(simulator, { lifetimeSeconds: -5 }));
      const { session } = sessionOn(simulator, store);
      simulator.faults.add({ name, parameters: { after: "true" } }, { target: "token" });
      expect(await failureOf(session.get())).toMatchObject({ code: "refresh-failed", retryable: true });
      expect((await store.load())?.renewingSince).toBeGreaterThan(0);
      const error = await failureOf(session.get());
      expect(error).toMatchObject({
        code: "refresh-response-lost",
        message: expect.stringContaining("lost"),
      });
      expect(await store.load()).toMatchObject({ refreshToken: "", ended: { by: "refresh-response-lost" } });
    },
  );

  test("a sign-in that was revoked after an answer was lost is called revoked", async () => {
    const simulator = await simulate();
    const store = stored(issued(simulator, { lifetimeSeconds: -5 }));
    const { session } = sessionOn(simulator, store);
    simulator.faults.add("server_error", { target: "token" });
    await failureOf(session.get());
    simulator.disconnect();
    expect(await failureOf(session.get())).toMatchObject({ code: "refresh-token-revoked" });
  });

  test.each(["server_error", "html_page", "reset_before_headers"])(
    "a failure before the tokens were changed (%s) passes",
    async (name) => {
      const simulator = await simulate();
      const store = stored(issued(simulator, { lifetimeSeconds: -5 }));
      const { session } = sessionOn(simulator, store);
      simulator.faults.add(name, { target: "token" });
      expect(await failureOf(session.get())).toMatchObject({ code: "refresh-failed", retryable: true });
      expect(registrationState(await session.get())).toBe("connected");
    },
  );

  test("a token that is dead is called so also after a failure that cannot have used it", async () => {
    const simulator = await simulate();
    const store = stored(issued(simulator, { lifetimeSeconds: -5 }));
    const { session } = sessionOn(simulator, store);
    simulator.faults.add("rate_limit", { target: "token" });
    await failureOf(session.get());
    expect((await store.load())?.renewingSince).toBeUndefined();
    simulator.faults.add("server_error", { target: "discovery" });
    simulator.expireRefreshTokens();
    expect(await failureOf(session.get())).toMatchObject({ code: "refresh-token-expired" });
  });

  test("is not used before it is verified, and is verified later without another renewal", async () => {
    const simulator = await simulate();
    const store = stored(issued(simulator, ending));
    const { session } = sessionOn(simulator, store);
    simulator.faults.add("unavailable", { target: "keys", times: 2 });
    expect(await failureOf(session.get())).toMatchObject({ code: "jwks-unavailable", retryable: true });
    expect(registrationState((await store.load()) as ChatGPTCredentials)).toBe("unverified");
    expect(await failureOf(session.get())).toMatchObject({ code: "jwks-unavailable" });
    expect(registrationState(await session.get())).toBe("connected");
    expect(simulator.stats.refreshes).toBe(1);
  });

  test("takes a key that is new", async () => {
    const simulator = await simulate();
    const store = stored(issued(simulator, ending));
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
  ] as const)("whose ID token is %s ends the sign-in: %s", async (idToken, code) => {
    const simulator = await simulate();
    const store = stored(issued(simulator, ending));
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

  test("that no longer grants the plan turns it off", async () => {
    const simulator = await simulate();
    const store = stored(issued(simulator, ending));
    const { session } = sessionOn(simulator, store);
    simulator.next("refresh", { scope: "without-plan" });
    const error = await failureOf(session.get());
    expect(error).toMatchObject({ code: "not-entitled", message: expect.stringContaining("--enable-plan") });
    expect(registrationState((await store.load()) as ChatGPTCredentials)).toBe("identity-only");
  });

  test.each(["seconds", "iso", "null", "absent"] as const)(
    "takes an earliest time that is %s",
    async (earliestRefreshAt) => {
      const simulator = await simulate();
      const store = stored(issued(simulator, ending));
      const { session } = sessionOn(simulator, store);
      simulator.next("refresh", { earliestRefreshAt });
      await session.get();
      expect(simulator.stats.refreshes).toBe(1);
    },
  );

  const soon = (): number => Math.floor(Date.now() / 1000) + 600;
  test.each([
    ["seconds", () => soon()],
    ["milliseconds", () => soon() * 1000],
    ["text", () => String(soon())],
    ["a date", () => new Date(soon() * 1000).toISOString()],
  ])(
    "ahead of the earliest time (%s) is not made while the token holds, and is made once it has ended",
    async (_form, time) => {
      const simulator = await simulate();
      const holds = { ...issued(simulator, { lifetimeSeconds: 20 }), earliestRefreshAt: time() };
      const first = sessionOn(simulator, stored(holds));
      expect(await first.session.get()).toEqual(holds);
      expect(simulator.stats.refreshes).toBe(0);
      const ended = sessionOn(simulator, stored({ ...holds, expiresAt: 1 }));
      await ended.session.get();
      expect(simulator.stats.refreshes).toBe(1);
    },
  );
});

describe("without a sign-in that may use the plan", () => {
  test("nothing is asked", async () => {
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

  test("a sign-in with another server's tokens goes nowhere", async () => {
    const [simulator, other] = [await simulate(), await simulate()];
    const { session } = sessionOn(other, stored(issued(simulator)));
    expect(await failureOf(session.get())).toMatchObject({ code: "invalid-argument" });
  });

  test("what a sign-in left unverified has to pass its own check, also after a renewal", async () => {
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

  test("what a sign-in left unverified is verified with its first use", async () => {
    const simulator = await simulate();
    const store = new MemoryCredentialStore<ChatGPTCredentials>();
    simulator.faults.add("unavailable", { target: "keys" });
    await failureOf(signIn(simulator, { store }));
    const { session } = sessionOn(simulator, store);
    expect(await session.get()).toMatchObject({ email: "robin@example.test" });
    expect(registrationState((await store.load()) as ChatGPTCredentials)).toBe("connected");
  });
});
