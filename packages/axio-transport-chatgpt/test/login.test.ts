import { AxioError } from "axio";
import type { LoginProgress } from "axio/plugin";
import { MemoryCredentialStore } from "axio-auth";
import { repetitions } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { type ChatGPTCredentials, registrationState, usesPlan } from "../src/index.ts";
import { emptyStore, failureOf, fullCode, HOST_ID, signIn, simulate } from "./support.ts";

describe("the first sign-in", () => {
  test("registers under the name of the app, and is saved verified", async () => {
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

  test("revokes tokens that cannot be saved, says so, and names it in the browser", async () => {
    const simulator = await simulate();
    const store = emptyStore();
    const update = store.update.bind(store);
    store.update = (change, options) =>
      update(async (current, transaction) => {
        const next = await change(current, transaction);
        if (next?.refreshToken)
          throw new AxioError("store-unavailable", "The disk is full. Free some space.");
        return next;
      }, options);
    let page = Promise.resolve("");
    const openBrowser = async (url: string): Promise<boolean> => {
      page = fetch(url).then((response) => response.text());
      return true;
    };
    const error = await failureOf(signIn(simulator, { store, openBrowser }));
    expect(error).toMatchObject({
      code: "store-unavailable",
      message: expect.stringMatching(/^The disk is full.*its tokens were revoked\.$/),
    });
    expect(simulator.stats.revocations).toBe(1);
    expect(await page).toContain("The sign-in could not be saved");
    expect(await store.load()).toMatchObject({ refreshToken: "" });
  });

  test.each([undefined, "", "  ", "two\nlines"])(
    "throws invalid-argument for the app name %j",
    async (appName) => {
      const simulator = await simulate();
      const error = await failureOf(signIn(simulator, { appName: appName as string }));
      expect(error).toMatchObject({
        code: "invalid-argument",
        message: expect.stringContaining("name of your app"),
      });
      expect(simulator.requests).toEqual([]);
    },
  );

  test.each(["laptop", "urn:uuid:3f0c6d1e-8a52-1b7e-9d64-1c2b7a90e5f1"])(
    "throws invalid-argument for the host id %j",
    async (hostId) => {
      const simulator = await simulate();
      expect(await failureOf(signIn(simulator, { hostId }))).toMatchObject({ code: "invalid-argument" });
    },
  );

  test.each([
    ["has no client id", { clientId: "absent" }],
    ["has the placeholder as the client id", { clientId: "dynamic" }],
    ["has two client ids", { clientId: "twice" }],
    ["comes from another issuer", { iss: "wrong" }],
  ] as const)("throws login-failed if the callback %s, and saves nothing", async (_name, change) => {
    const simulator = await simulate();
    simulator.next("authorize", change);
    const store = emptyStore();
    expect(await failureOf(signIn(simulator, { store }))).toMatchObject({ code: "login-failed" });
    expect(await store.load()).toBeUndefined();
  });

  test.each([
    ["has the issuer", { iss: "right" }],
    ["has no scopes", { scope: false }],
    ["follows one of another sign-in", { extraCallback: "wrong-state" }],
    ["arrives twice", { extraCallback: "same" }],
  ] as const)("succeeds if the callback %s", async (_name, change) => {
    const simulator = await simulate();
    simulator.next("authorize", change);
    const store = emptyStore();
    await signIn(simulator, { store });
    expect(simulator.registrations).toHaveLength(1);
  });

  test.each([
    ["ID token", { idToken: "absent" }],
    ["scopes", { scope: "absent" }],
    ["refresh token", { refreshToken: false }],
    ["bearer tokens", { tokenType: "mac" }],
  ] as const)("throws login-failed if the response has no %s", async (_name, change) => {
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
  ] as const)("rejects an ID token that is %s: %s", async (idToken, code) => {
    const simulator = await simulate();
    const store = emptyStore();
    simulator.next("exchange", { idToken });
    const error = await failureOf(signIn(simulator, { store }));
    expect(fullCode(error)).toBe(code);
    expect(await store.load()).toMatchObject({
      accessToken: "",
      refreshToken: "",
      ended: { by: error.code },
    });
    // The registration is still valid and used again.
    await signIn(simulator, { store });
    expect(simulator.registrations).toHaveLength(1);
  });

  test.each([["other"], ["two-without-azp"]] as const)("rejects the audience %s", async (audience) => {
    const simulator = await simulate();
    simulator.next("exchange", { audience });
    expect(await failureOf(signIn(simulator))).toMatchObject({
      code: "id-token-invalid",
      details: { reason: "audience" },
    });
  });

  test.each([["string"], ["array"], ["two"]] as const)(
    "accepts an audience in the form %s",
    async (audience) => {
      const simulator = await simulate();
      simulator.next("exchange", { audience });
      expect(registrationState(await signIn(simulator))).toBe("connected");
    },
  );

  test.each([
    ["of another issuer", { issuer: "wrong" }],
    ["of the issuer with a slash", { issuer: "trailing-slash" }],
    ["with a token endpoint on another server", { foreignEndpoint: "token_endpoint" }],
    ["with a sign-in page on another server", { foreignEndpoint: "authorization_endpoint" }],
    ["with keys on another server", { foreignEndpoint: "jwks_uri" }],
  ] as const)("throws protocol for a metadata document %s", async (_name, change) => {
    const simulator = await simulate({ switches: { discovery: change } });
    expect(await failureOf(signIn(simulator))).toMatchObject({ code: "protocol" });
    expect(simulator.requests.map(({ path }) => path)).toEqual(["/.well-known/openid-configuration"]);
  });
});

describe("a later sign-in", () => {
  test("uses the registration, with hints and without the app name", async () => {
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
    // The shown URL may be logged.
    const shown = progress.find((step) => step.type === "authorize");
    expect(shown?.type === "authorize" && shown.url).not.toContain("id_token_hint");
  });

  test("may return the same client id, but not another one", async () => {
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
  ] as const)("changes nothing if it %s", async (_name, change, code) => {
    const simulator = await simulate();
    const store = emptyStore();
    const first = await signIn(simulator, { store });
    simulator.next("exchange", change);
    expect(fullCode(await failureOf(signIn(simulator, { store })))).toBe(code);
    expect(await store.load()).toEqual(first);
  });

  test("throws invalid-argument for another server", async () => {
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

  test("is not requested again during a registration", async () => {
    const simulator = await simulate();
    await signIn(simulator, { enablePlan: true });
    expect(simulator.violations).toEqual([]);
  });
});

test("a second concurrent sign-in fails at once, and registers nothing", async () => {
  const simulator = await simulate();
  const store = emptyStore();
  const [first, second] = [signIn(simulator, { store }), signIn(simulator, { store })];
  expect(await failureOf(second)).toMatchObject({
    code: "login-failed",
    message: expect.stringContaining("already running"),
  });
  expect(registrationState(await first)).toBe("connected");
  expect(simulator.registrations).toHaveLength(1);
  await signIn(simulator, { store });
});

test("if two programs register at the same time, the first registration is saved", async () => {
  const simulator = await simulate({ violations: ["second_registration"] });
  const inner = emptyStore();
  const program = () => ({
    load: () => inner.load(),
    update: (...call: Parameters<typeof inner.update>) => inner.update(...call),
  });
  const results = await Promise.allSettled(
    [program(), program()].map((store) => signIn(simulator, { store })),
  );
  const [saved] = results.filter((result) => result.status === "fulfilled");
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(1);
  expect(await inner.load()).toEqual(saved?.value);
});

test("openBrowser may wait for the last page", async () => {
  const simulator = await simulate();
  const account = await signIn(simulator, {
    openBrowser: async (url) => {
      await (await fetch(url)).text();
      return true;
    },
  });
  expect(registrationState(account)).toBe("connected");
});

describe("a paste", () => {
  test("must be the whole URL of this callback", async () => {
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

test("many sign-ins with all kinds of failures register once", async () => {
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
  // The first one fails after the client id was issued.
  simulator.next("exchange", { error: "invalid_grant" });
  expect(await failureOf(signIn(simulator, { store }))).toMatchObject({ code: "login-failed" });
  expect(registrationState((await store.load()) as ChatGPTCredentials)).toBe("pending");
  const rounds = repetitions({ short: failures.length, full: 50 });
  for (let round = 0; round < rounds; round += 1) {
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

test("a first sign-in that cannot be verified is saved, and verified with its first use", async () => {
  const simulator = await simulate();
  const store = new MemoryCredentialStore<ChatGPTCredentials>();
  simulator.faults.add("unavailable", { target: "keys" });
  expect(await failureOf(signIn(simulator, { store }))).toMatchObject({
    code: "jwks-unavailable",
    retryable: true,
  });
  expect(registrationState((await store.load()) as ChatGPTCredentials)).toBe("unverified");
});
