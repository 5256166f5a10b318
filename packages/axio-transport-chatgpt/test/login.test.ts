import type { LoginProgress } from "axio/plugin";
import { MemoryCredentialStore } from "axio-auth";
import { describe, expect, test } from "vitest";
import { type ChatGPTCredentials, registrationState, usesPlan } from "../src/index.ts";
import { emptyStore, failureOf, fullCode, HOST_ID, signIn, simulate } from "./support.ts";

describe("the first sign-in", () => {
  test("registers under the app's own name, and is kept verified", async () => {
    const simulator = await simulate();
    const store = emptyStore();
    const account = await signIn(simulator, { store });
    expect(registrationState(account)).toBe("connected");
    expect(account).toMatchObject({ email: "robin@example.test", issuer: simulator.issuer });
    expect(account.clientId).toMatch(/^oaiapp_/);
    expect(await store.load()).toEqual(account);
    expect(simulator.registrations).toMatchObject([{ name: "Sample Tool", hostIds: [HOST_ID] }]);
    const own = simulator.requests.filter(({ path }) => !path.endsWith("/authorize"));
    expect(own.length).toBeGreaterThan(2);
    for (const { headers } of own) expect(headers["user-agent"]).toMatch(/^axio-transport-chatgpt\//);
  });

  test.each([undefined, "", "  ", "two\nlines"])(
    "needs a name for the app, which %j is not",
    async (appName) => {
      const simulator = await simulate();
      const error = await failureOf(signIn(simulator, { appName: appName as string }));
      expect(error).toMatchObject({ code: "invalid-argument", message: expect.stringContaining("own name") });
      expect(simulator.requests).toEqual([]);
    },
  );

  test.each(["laptop", "urn:uuid:3f0c6d1e-8a52-1b7e-9d64-1c2b7a90e5f1"])(
    "takes no host id like %j",
    async (hostId) => {
      const simulator = await simulate();
      expect(await failureOf(signIn(simulator, { hostId }))).toMatchObject({ code: "invalid-argument" });
    },
  );

  test.each([
    ["names no client id", { clientId: "absent" }],
    ["echoes the placeholder", { clientId: "dynamic" }],
    ["names two client ids", { clientId: "twice" }],
    ["comes from another issuer", { iss: "wrong" }],
  ] as const)("fails where the callback %s, and keeps nothing", async (_name, change) => {
    const simulator = await simulate();
    simulator.next("authorize", change);
    const store = emptyStore();
    expect(await failureOf(signIn(simulator, { store }))).toMatchObject({ code: "login-failed" });
    expect(await store.load()).toBeUndefined();
  });

  test.each([
    ["names the issuer", { iss: "right" }],
    ["names no scopes", { scope: false }],
    ["is preceded by one of another sign-in", { extraCallback: "wrong-state" }],
    ["comes twice", { extraCallback: "same" }],
  ] as const)("works where the callback %s", async (_name, change) => {
    const simulator = await simulate();
    simulator.next("authorize", change);
    const store = emptyStore();
    await signIn(simulator, { store });
    expect(simulator.registrations).toHaveLength(1);
  });

  test.each([
    ["an ID token", { idToken: "absent" }],
    ["its scopes", { scope: "absent" }],
    ["a refresh token", { refreshToken: false }],
    ["tokens of our kind", { tokenType: "mac" }],
  ] as const)("fails where the answer lacks %s", async (_name, change) => {
    const simulator = await simulate();
    simulator.next("exchange", change);
    expect(await failureOf(signIn(simulator))).toMatchObject({ code: "login-failed" });
  });

  test.each([
    ["wrong-nonce", "id-token-invalid:nonce"],
    ["without-nonce", "id-token-invalid:nonce"],
    ["wrong-issuer", "id-token-invalid:issuer"],
    ["expired", "id-token-invalid:expired"],
    ["without-subject", "id-token-invalid:malformed"],
    ["bad-signature", "id-token-invalid:signature"],
    ["unknown-key", "id-token-invalid:signature"],
    ["alg-none", "id-token-invalid:algorithm"],
    ["alg-hs256", "id-token-invalid:algorithm"],
  ] as const)("refuses an ID token that is %s: %s", async (idToken, code) => {
    const simulator = await simulate();
    const store = emptyStore();
    simulator.next("exchange", { idToken });
    const error = await failureOf(signIn(simulator, { store }));
    expect(fullCode(error)).toBe(code);
    const kept = await store.load();
    expect(kept).toMatchObject({ accessToken: "", refreshToken: "", ended: { by: error.code } });
    // The registration is good, and used again.
    await signIn(simulator, { store });
    expect(simulator.registrations).toHaveLength(1);
  });

  test.each([["other"], ["two-without-azp"]] as const)("refuses an audience that is %s", async (audience) => {
    const simulator = await simulate();
    simulator.next("exchange", { audience });
    expect(await failureOf(signIn(simulator))).toMatchObject({
      code: "id-token-invalid",
      details: { reason: "audience" },
    });
  });

  test.each([["string"], ["array"], ["two"]] as const)("takes an audience as %s", async (audience) => {
    const simulator = await simulate();
    simulator.next("exchange", { audience });
    expect(registrationState(await signIn(simulator))).toBe("connected");
  });

  test.each([
    ["of another issuer", { issuer: "wrong" }],
    ["of the issuer with a slash", { issuer: "trailing-slash" }],
    ["whose tokens come from elsewhere", { foreignEndpoint: "token_endpoint" }],
    ["whose page is elsewhere", { foreignEndpoint: "authorization_endpoint" }],
    ["whose keys are elsewhere", { foreignEndpoint: "jwks_uri" }],
  ] as const)("goes nowhere with a document %s", async (_name, change) => {
    const simulator = await simulate({ switches: { discovery: change } });
    expect(await failureOf(signIn(simulator))).toMatchObject({ code: "protocol" });
    expect(simulator.requests.map(({ path }) => path)).toEqual(["/.well-known/openid-configuration"]);
  });
});

describe("a later sign-in", () => {
  test("uses the registration, with hints and without the name", async () => {
    const simulator = await simulate();
    const store = emptyStore();
    const first = await signIn(simulator, { store });
    const progress: LoginProgress[] = [];
    const second = await signIn(simulator, { store, onProgress: (step) => progress.push(step) });
    expect(second.clientId).toBe(first.clientId);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(simulator.registrations).toHaveLength(1);
    expect(simulator.stats.choosersSkipped).toBe(1);
    const [opened] = simulator.requests.filter(({ path }) => path.endsWith("/authorize")).slice(1);
    expect(opened?.query.get("login_hint")).toBe("robin@example.test");
    expect(opened?.query.has("prompt")).toBe(false);
    // What is shown may be read over the shoulder, and be logged.
    const shown = progress.find((step) => step.type === "authorize");
    expect(shown?.type === "authorize" && shown.url).not.toContain("id_token_hint");
  });

  test("may answer with the client id, and not with another one", async () => {
    const simulator = await simulate();
    const store = emptyStore();
    const first = await signIn(simulator, { store });
    simulator.next("authorize", { clientId: "issued" });
    const second = await signIn(simulator, { store });
    simulator.next("authorize", { clientId: "another" });
    expect(await failureOf(signIn(simulator, { store }))).toMatchObject({ code: "account-mismatch" });
    expect(await store.load()).toEqual(second);
    expect(first.clientId).toBe(second.clientId);
  });

  test.each([
    ["is of another account", { idToken: "other-subject" }, "account-mismatch"],
    ["cannot be trusted", { idToken: "bad-signature" }, "id-token-invalid:signature"],
  ] as const)("changes nothing where it %s", async (_name, change, code) => {
    const simulator = await simulate();
    const store = emptyStore();
    const first = await signIn(simulator, { store });
    simulator.next("exchange", change);
    expect(fullCode(await failureOf(signIn(simulator, { store })))).toBe(code);
    expect(await store.load()).toEqual(first);
  });

  test("is not one for another server", async () => {
    const [simulator, other] = [await simulate(), await simulate()];
    const store = emptyStore();
    await signIn(simulator, { store });
    expect(await failureOf(signIn(other, { store }))).toMatchObject({ code: "invalid-argument" });
    expect(other.requests).toEqual([]);
  });
});

describe("the plan", () => {
  test("may be declined, and enabled later", async () => {
    const simulator = await simulate();
    const store = emptyStore();
    simulator.next("authorize", { decision: "identity-only" });
    const declined = await signIn(simulator, { store });
    expect([registrationState(declined), usesPlan(declined)]).toEqual(["identity-only", false]);
    expect(declined.email).toBe("robin@example.test");
    // An ordinary sign-in does not ask again.
    expect(usesPlan(await signIn(simulator, { store }))).toBe(false);
    const enabled = await signIn(simulator, { store, enablePlan: true });
    expect(registrationState(enabled)).toBe("connected");
    expect(simulator.registrations).toHaveLength(1);
  });

  test("is not asked for with a registration that begins", async () => {
    const simulator = await simulate();
    await signIn(simulator, { enablePlan: true });
    expect(simulator.violations).toEqual([]);
  });
});

test("a second sign-in while one is under way fails at once, and registers nothing", async () => {
  const simulator = await simulate();
  const store = emptyStore();
  const [first, second] = [signIn(simulator, { store }), signIn(simulator, { store })];
  expect(await failureOf(second)).toMatchObject({
    code: "login-failed",
    message: expect.stringContaining("under way"),
  });
  expect(registrationState(await first)).toBe("connected");
  expect(simulator.registrations).toHaveLength(1);
  await signIn(simulator, { store });
});

test("of two programs that register at once the first is kept", async () => {
  const simulator = await simulate({ violations: ["second_registration"] });
  const inner = emptyStore();
  const program = () => ({
    load: () => inner.load(),
    update: (...call: Parameters<typeof inner.update>) => inner.update(...call),
  });
  const results = await Promise.allSettled(
    [program(), program()].map((store) => signIn(simulator, { store })),
  );
  const [kept] = results.filter((result) => result.status === "fulfilled");
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(1);
  expect(await inner.load()).toEqual(kept?.value);
});

test("whoever opens the browser may wait for its last page", async () => {
  const simulator = await simulate();
  const account = await signIn(simulator, {
    openBrowser: async (url) => {
      await (await fetch(url)).text();
      return true;
    },
  });
  expect(registrationState(account)).toBe("connected");
});

describe("what was not sent is not believed", () => {
  test("a paste is the whole address of this callback", async () => {
    const simulator = await simulate();
    const progress: LoginProgress[] = [];
    let url = "";
    const pastes = [
      async () => "a-code-alone",
      async () => `http://127.0.0.1:1/auth/callback?code=x&state=${new URL(url).searchParams.get("state")}`,
      async () => url,
      async () => (await fetch(url, { redirect: "manual" })).headers.get("location") ?? "",
    ];
    const account = await signIn(simulator, {
      method: "paste",
      onProgress: (step) => {
        progress.push(step);
        if (step.type === "authorize") url = step.url;
      },
      readPaste: async () => (await pastes.shift()?.()) ?? "",
    });
    expect(registrationState(account)).toBe("connected");
    const { port } = new URL(new URL(url).searchParams.get("redirect_uri") ?? "");
    expect(Number(port)).toBeGreaterThan(1_024);
    expect(progress.map(({ type }) => type)).toEqual([
      "authorize",
      "input-rejected",
      "input-rejected",
      "input-rejected",
      "exchanging",
    ]);
  });
});

test("one registration over 50 sign-ins, with every failure in between", async () => {
  const simulator = await simulate();
  const store = emptyStore();
  const failures: ReadonlyArray<() => void> = [
    () => simulator.next("authorize", { decision: "server_error" }),
    () => simulator.next("authorize", { decision: "access_denied" }),
    () => simulator.next("exchange", { error: "invalid_grant" }),
    () => simulator.next("exchange", { error: "invalid_grant", errorShape: "object" }),
    () => simulator.next("exchange", { error: "invalid_client", errorShape: "detail" }),
    () => simulator.next("exchange", { idToken: "wrong-nonce" }),
    () => simulator.next("exchange", { idToken: "bad-signature" }),
    () => simulator.next("exchange", { idToken: "absent" }),
    () => simulator.next("exchange", { scope: "absent" }),
    () => simulator.faults.add("server_error", { target: "token" }),
    () => simulator.faults.add("bad_gateway", { target: "token" }),
    () =>
      simulator.faults.add(
        { name: "reset_before_headers", parameters: { after: "true" } },
        { target: "token" },
      ),
    () => simulator.faults.add("token_garbage", { target: "token" }),
    () => simulator.faults.add("unavailable", { target: "keys" }),
    () => simulator.faults.add("server_error", { target: "discovery" }),
  ];
  // The very first one fails after the client id was issued.
  simulator.next("exchange", { error: "invalid_grant" });
  expect(await failureOf(signIn(simulator, { store }))).toMatchObject({ code: "login-failed" });
  expect(registrationState((await store.load()) as ChatGPTCredentials)).toBe("pending");
  for (let round = 0; round < 50; round += 1) {
    failures[round % failures.length]?.();
    const failed = await signIn(simulator, { store }).then(
      () => false,
      () => true,
    );
    simulator.faults.clear();
    expect([round, failed]).toEqual([round, true]);
    await signIn(simulator, { store });
  }
  expect(simulator.registrations).toHaveLength(1);
});

test("a first sign-in whose check is not to be had is kept, and checked with its first use", async () => {
  const simulator = await simulate();
  const store = new MemoryCredentialStore<ChatGPTCredentials>();
  simulator.faults.add("unavailable", { target: "keys" });
  expect(await failureOf(signIn(simulator, { store }))).toMatchObject({
    code: "jwks-unavailable",
    retryable: true,
  });
  expect(registrationState((await store.load()) as ChatGPTCredentials)).toBe("unverified");
});
