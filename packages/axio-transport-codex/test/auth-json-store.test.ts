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

/** Returns the document that the official CLI, version 0.169.0, writes. */
function cliDocument(issued: IssuedTokens, more: JsonObject = {}): JsonObject {
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

describe("a file of the CLI", () => {
  test("is read with tokens, account, expiry, plan and e-mail address", async () => {
    const simulator = await simulate();
    const issued = simulator.issueCredentials();
    await put(cliDocument(issued));
    expect(await store().load()).toMatchObject({
      ...issued,
      planType: "plus",
      email: "robin@example.test",
    });
  });

  test("is read without account_id, which the token states too, and without last_refresh", async () => {
    const simulator = await simulate();
    const issued = simulator.issueCredentials();
    const { last_refresh: _, ...document } = cliDocument(issued);
    await put({ ...document, tokens: { ...(document["tokens"] as JsonObject), account_id: null } });
    expect(await store().load()).toMatchObject({ accountId: issued.accountId, expiresAt: issued.expiresAt });
  });

  test("expires eight days after the last refresh if the token states no expiry", async () => {
    const simulator = await simulate();
    const document = cliDocument(simulator.issueCredentials({ withoutExpiry: true }));
    await put({ ...document, last_refresh: "2026-11-01T00:00:00Z" });
    expect((await store().load())?.expiresAt).toBe(Date.UTC(2026, 10, 9));
  });

  test("may be older and have an API key next to the tokens", async () => {
    const simulator = await simulate();
    const issued = simulator.issueCredentials();
    const { auth_mode: _, ...document } = cliDocument(issued, { OPENAI_API_KEY: "sk-1" });
    await put(document);
    expect(await store().load()).toMatchObject({ accessToken: issued.accessToken });
  });

  test.each([
    ["there is no file", undefined],
    ["there are no tokens", { auth_mode: "chatgpt", OPENAI_API_KEY: null }],
    ["the tokens are null", { tokens: null }],
  ])("is not a sign-in if %s", async (_, document) => {
    if (document) await put(document);
    expect(await store().load()).toBeUndefined();
  });

  test("is found in CODEX_HOME", async () => {
    const simulator = await simulate();
    await put(cliDocument(simulator.issueCredentials()));
    vi.stubEnv("CODEX_HOME", codexHome);
    expect(await new AuthJsonStore().load()).toBeDefined();
  });
});

describe("an unusable file", () => {
  test.each<[string, JsonObject]>([
    ["an API key", { auth_mode: "apikey", OPENAI_API_KEY: "sk-secret" }],
    ["an API key", { OPENAI_API_KEY: "sk-secret" }],
    ['"personalAccessToken"', { personal_access_token: "pat-secret" }],
    ['"bedrockApiKey"', { bedrock_api_key: "key-secret" }],
    ['"chatgptAuthTokens"', { auth_mode: "chatgptAuthTokens", tokens: { access_token: "secret" } }],
    ['"of the future"', { auth_mode: "of the future" }],
  ])("with %s causes store-unavailable, and is never changed: %j", async (kind, document) => {
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
    ["empty", "", "interrupted"],
    ["truncated", '{"auth_mode": "chatgpt", "tokens": {"access_token": "secret', "not JSON"],
    [
      "without usable tokens",
      '{"tokens": {"account_id": "1"}}',
      "neither an access token nor a refresh token",
    ],
    ["with tokens that are not an object", '{"tokens": "secret"}', "not an object"],
  ])("%s causes credentials-malformed, and is never changed", async (_, text, message) => {
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

  test("is not written for a sign-in without an ID token, which the CLI requires", async () => {
    const simulator = await simulate();
    const { idToken: _, ...issued } = simulator.issueCredentials();
    const error = await failureOf(store().update(async () => issued));
    expect(error.code).toBe("store-unavailable");
    expect(await readdir(codexHome)).not.toContain("auth.json");
  });
});

describe("writing", () => {
  test("creates a file in the CLI's format with mode 0600", async () => {
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

  test("preserves all other properties when refreshing", async () => {
    const simulator = await simulate();
    const old = simulator.issueCredentials({ lifetimeSeconds: -10 });
    await put(cliDocument(old, { OPENAI_API_KEY: "sk-kept", of_the_future: { a: [1] } }));
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

  test("drops properties of another account", async () => {
    const simulator = await simulate();
    await put(cliDocument(simulator.issueCredentials()));
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

describe("a CLI that refreshes at the same time", () => {
  test("is detected, and its credentials are used", async () => {
    const simulator = await simulate();
    const old = simulator.issueCredentials({ lifetimeSeconds: -10 });
    await put(cliDocument(old));
    let cliRefreshed = false;
    const transport = new CodexTransport({
      ...connection(simulator),
      credentials: store(),
      model: "gpt-5.5",
      // The CLI refreshes first, with the same refresh token.
      fetch: async (input, init) => {
        if (String(input).endsWith("/oauth/token") && !cliRefreshed) {
          cliRefreshed = true;
          const response = await fetch(`${simulator.issuer}/oauth/token`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({
              client_id: "app_EMoamEEZ73f0CkXaXp7hrann",
              grant_type: "refresh_token",
              refresh_token: old.refreshToken,
            }),
          });
          const tokens = (await response.json()) as JsonObject;
          await put(cliDocument(old, { tokens: { ...tokens, account_id: old.accountId } }));
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
  test("revokes and removes the file like the CLI, and keeps lock files", async () => {
    const simulator = await simulate();
    await put(cliDocument(simulator.issueCredentials(), { of_the_future: 1 }));
    await mkdir(join(codexHome, "log"));
    await writeFile(join(codexHome, "auth.json.lock"), "");
    expect(await logout({ store: store(), issuer: simulator.issuer })).toEqual({
      signedOut: true,
      revoked: true,
    });
    expect((await readdir(codexHome)).sort()).toEqual(["auth.json.lock", "log"]);
  });

  test("keeps an API key, which the CLI then uses", async () => {
    const simulator = await simulate();
    await put(cliDocument(simulator.issueCredentials(), { OPENAI_API_KEY: "sk-kept" }));
    await logout({ store: store(), issuer: simulator.issuer });
    expect(await stored()).toEqual({ OPENAI_API_KEY: "sk-kept" });
  });
});
