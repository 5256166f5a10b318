import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "axio";
import type { IssuedTokens } from "axio-simulator";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AuthJsonStore, CodexTransport, login, logout } from "../src/index.ts";
import { asking, collect, connection, failureOf, requestsTo, simulate } from "./support.ts";

let codexHome = "";
let path = "";
beforeEach(async () => {
  codexHome = await mkdtemp(join(tmpdir(), "axio-auth-json-"));
  path = join(codexHome, "auth.json");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(codexHome, { recursive: true });
});

const store = (): AuthJsonStore => new AuthJsonStore({ codexHome });
const put = (document: unknown): Promise<void> =>
  writeFile(path, typeof document === "string" ? document : JSON.stringify(document));
const stored = async (): Promise<JsonObject> => JSON.parse(await readFile(path, "utf8")) as JsonObject;

/** What the official CLI, version 0.169.0, writes. */
function asTheCli(issued: IssuedTokens, more: JsonObject = {}): JsonObject {
  return {
    auth_mode: "chatgpt",
    OPENAI_API_KEY: null,
    tokens: {
      id_token: issued.idToken,
      access_token: issued.accessToken,
      refresh_token: issued.refreshToken,
      oauth_provenance: { issuer: "https://auth.example.test", client_id: "app" },
      login_owner_id: "owner",
      account_id: issued.accountId,
    },
    last_refresh: "2026-11-22T10:11:12.123456789Z",
    ...more,
  };
}

describe("what the CLI has written", () => {
  test("is read: tokens, account, end, plan and e-mail address", async () => {
    const simulator = await simulate();
    const issued = simulator.issueCredentials();
    await put(asTheCli(issued));
    expect(await store().load()).toMatchObject({
      ...issued,
      planType: "plus",
      email: "robin@example.test",
    });
  });

  test("is read without an account_id, which the token names too, and without last_refresh", async () => {
    const simulator = await simulate();
    const issued = simulator.issueCredentials();
    const { last_refresh: _, ...document } = asTheCli(issued);
    await put({ ...document, tokens: { ...(document["tokens"] as JsonObject), account_id: null } });
    expect(await store().load()).toMatchObject({ accountId: issued.accountId, expiresAt: issued.expiresAt });
  });

  test("ends eight days after the last renewal where the token does not say when", async () => {
    const simulator = await simulate();
    const document = asTheCli(simulator.issueCredentials({ withoutExpiry: true }));
    await put({ ...document, last_refresh: "2026-11-01T00:00:00Z" });
    expect((await store().load())?.expiresAt).toBe(Date.UTC(2026, 10, 9));
  });

  test("is an older file with an API key beside the tokens", async () => {
    const simulator = await simulate();
    const issued = simulator.issueCredentials();
    const { auth_mode: _, ...document } = asTheCli(issued, { OPENAI_API_KEY: "sk-1" });
    await put(document);
    expect(await store().load()).toMatchObject({ accessToken: issued.accessToken });
  });

  test.each([
    ["there is no file", undefined],
    ["there are no tokens", { auth_mode: "chatgpt", OPENAI_API_KEY: null }],
    ["the tokens are null", { tokens: null }],
  ])("nobody is signed in where %s", async (_, document) => {
    if (document) await put(document);
    expect(await store().load()).toBeUndefined();
  });

  test("is found at CODEX_HOME", async () => {
    const simulator = await simulate();
    await put(asTheCli(simulator.issueCredentials()));
    vi.stubEnv("CODEX_HOME", codexHome);
    expect(await new AuthJsonStore().load()).toBeDefined();
  });
});

describe("what is of no use", () => {
  test.each<[string, JsonObject]>([
    ["an API key", { auth_mode: "apikey", OPENAI_API_KEY: "sk-secret" }],
    ["an API key", { OPENAI_API_KEY: "sk-secret" }],
    ['"personalAccessToken"', { personal_access_token: "pat-secret" }],
    ['"bedrockApiKey"', { bedrock_api_key: "key-secret" }],
    ['"chatgptAuthTokens"', { auth_mode: "chatgptAuthTokens", tokens: { access_token: "secret" } }],
    ['"of the future"', { auth_mode: "of the future" }],
  ])("a sign-in with %s is an error that says so, and stays: %j", async (kind, document) => {
    await put(document);
    const before = await readFile(path, "utf8");
    const simulator = await simulate();
    for (const call of [
      () => store().load(),
      () => store().update(async () => undefined),
      () => login({ store: store(), issuer: simulator.issuer, ports: [0] }),
      () => logout({ store: store(), issuer: simulator.issuer }),
    ]) {
      const error = await failureOf(call());
      expect(error.code).toBe("store-unavailable");
      expect(error.message).toContain(kind);
      expect(error.message).toContain("codex login");
      expect(error.message).not.toContain("secret");
    }
    expect(await readFile(path, "utf8")).toBe(before);
    expect(simulator.requests).toEqual([]);
  });

  test.each([
    ["empty", "", "cut off"],
    ["cut", '{"auth_mode": "chatgpt", "tokens": {"access_token": "secret', "not JSON"],
    ["tokens of no use", '{"tokens": {"account_id": "1"}}', "neither an access token nor a refresh token"],
    ["tokens that are no object", '{"tokens": "secret"}', "not an object"],
  ])("a file that is %s is an error, and stays", async (_, text, message) => {
    await put(text);
    for (const call of [() => store().load(), () => store().update(async () => undefined)]) {
      const error = await failureOf(call());
      expect(error.code).toBe("credentials-malformed");
      expect(error.message).toContain(message);
      expect(error.message).toContain(path);
      expect(error.message).not.toContain("secret");
    }
    expect(await readFile(path, "utf8")).toBe(text);
  });

  test("a sign-in without an ID token is not written: the CLI could not read it", async () => {
    const simulator = await simulate();
    const { idToken: _, ...issued } = simulator.issueCredentials();
    const error = await failureOf(store().update(async () => issued));
    expect(error.code).toBe("store-unavailable");
    expect(await readdir(codexHome)).not.toContain("auth.json");
  });
});

describe("what is written", () => {
  test("after a sign-in has the CLI's form, and is for its owner alone", async () => {
    const simulator = await simulate();
    codexHome = join(codexHome, "new");
    path = join(codexHome, "auth.json");
    const issued = simulator.issueCredentials();
    const from = Date.now();
    await store().update(async () => issued);
    const { last_refresh: lastRefresh, ...document } = await stored();
    expect(document).toEqual({
      auth_mode: "chatgpt",
      OPENAI_API_KEY: null,
      tokens: {
        id_token: issued.idToken,
        access_token: issued.accessToken,
        refresh_token: issued.refreshToken,
        account_id: issued.accountId,
      },
    });
    expect(Date.parse(String(lastRefresh))).toBeGreaterThanOrEqual(from);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(codexHome)).mode & 0o777).toBe(0o700);
    await rm(codexHome, { recursive: true });
    codexHome = join(codexHome, "..");
  });

  test("by a renewal keeps all members that are not ours, and the refresh happens on what is there by then", async () => {
    const simulator = await simulate();
    const old = simulator.issueCredentials({ lifetimeSeconds: -10 });
    await put(asTheCli(old, { OPENAI_API_KEY: "sk-kept", of_the_future: { a: [1] } }));
    const transport = new CodexTransport({
      ...connection(simulator),
      credentials: store(),
      model: "gpt-5.5",
    });
    await collect(transport.stream(asking("say Hi")));
    const document = await stored();
    expect(document).toMatchObject({
      auth_mode: "chatgpt",
      OPENAI_API_KEY: "sk-kept",
      of_the_future: { a: [1] },
      tokens: {
        oauth_provenance: { issuer: "https://auth.example.test", client_id: "app" },
        login_owner_id: "owner",
        account_id: old.accountId,
      },
    });
    const tokens = document["tokens"] as JsonObject;
    expect(requestsTo(simulator, "/responses").map(({ headers }) => headers["authorization"])).toEqual([
      `Bearer ${tokens["access_token"]}`,
    ]);
    expect(document["last_refresh"]).not.toBe("2026-11-22T10:11:12.123456789Z");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readdir(codexHome)).sort()).toEqual(["auth.json", "auth.json.axio-lock"]);
  });

  test("for another account leaves what belonged to the one before", async () => {
    const simulator = await simulate();
    await put(asTheCli(simulator.issueCredentials()));
    const team = simulator.issueCredentials({ accountId: "22222222-2222-4222-8222-222222222222" });
    await store().update(async () => team);
    expect((await stored())["tokens"]).toEqual({
      id_token: team.idToken,
      access_token: team.accessToken,
      refresh_token: team.refreshToken,
      account_id: team.accountId,
    });
  });
});

describe("a CLI that renews at the same time", () => {
  test("costs nothing: what it saved is taken", async () => {
    const simulator = await simulate();
    const old = simulator.issueCredentials({ lifetimeSeconds: -10 });
    await put(asTheCli(old));
    let cliDidIt = false;
    const transport = new CodexTransport({
      ...connection(simulator),
      credentials: store(),
      model: "gpt-5.5",
      // While we are about to renew, the CLI does, with the same refresh token.
      fetch: async (input, init) => {
        if (String(input).endsWith("/oauth/token") && !cliDidIt) {
          cliDidIt = true;
          const answer = await fetch(`${simulator.issuer}/oauth/token`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({
              client_id: "app_EMoamEEZ73f0CkXaXp7hrann",
              grant_type: "refresh_token",
              refresh_token: old.refreshToken,
            }),
          });
          const tokens = (await answer.json()) as JsonObject;
          await put(asTheCli(old, { tokens: { ...tokens, account_id: old.accountId } }));
        }
        return fetch(input, init);
      },
    });
    await collect(transport.stream(asking("say Hi")));
    expect([simulator.stats.refreshes, simulator.stats.refreshTokenReuses]).toEqual([1, 1]);
    const tokens = (await stored())["tokens"] as JsonObject;
    expect(requestsTo(simulator, "/responses").map(({ headers }) => headers["authorization"])).toEqual([
      `Bearer ${tokens["access_token"]}`,
    ]);
  });
});

describe("signing out", () => {
  test("revokes, and removes the file as the CLI does; its own lock files stay", async () => {
    const simulator = await simulate();
    await put(asTheCli(simulator.issueCredentials(), { of_the_future: 1 }));
    await mkdir(join(codexHome, "log"));
    await writeFile(join(codexHome, "auth.json.lock"), "");
    expect(await logout({ store: store(), issuer: simulator.issuer })).toEqual({
      signedOut: true,
      revoked: true,
    });
    expect((await readdir(codexHome)).sort()).toEqual(["auth.json.axio-lock", "auth.json.lock", "log"]);
  });

  test("leaves an API key that is there besides, and the CLI goes on with that", async () => {
    const simulator = await simulate();
    await put(asTheCli(simulator.issueCredentials(), { OPENAI_API_KEY: "sk-kept" }));
    await logout({ store: store(), issuer: simulator.issuer });
    expect(await stored()).toEqual({ OPENAI_API_KEY: "sk-kept" });
  });
});
