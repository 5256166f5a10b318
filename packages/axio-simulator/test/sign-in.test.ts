import { createHash, createPublicKey, randomBytes, verify } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CLIENT_ID, DEFAULT_ACCOUNTS, type Simulator, startSimulator } from "../src/index.ts";
import { post, responsesBody, signedIn, user } from "./client.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ deviceIntervalSeconds: 1 });
});
afterEach(() => simulator.close());

const verifier = randomBytes(64).toString("base64url");
const redirectUri = "http://localhost:1455/auth/callback";

function authorizeUrl(change: Record<string, string | undefined> = {}): string {
  const parameters = {
    response_type: "code",
    client_id: CLIENT_ID,
    redirect_uri: redirectUri,
    scope: "openid profile email offline_access",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    state: "state-1",
    originator: "axio",
    ...change,
  };
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return `${simulator.issuer}/oauth/authorize?${new URLSearchParams(given).toString()}`;
}

/** Submits the form of the page, as a user does in a browser. */
async function decide(url: string, decision: string, account = DEFAULT_ACCOUNTS[0]?.id ?? ""): Promise<URL> {
  const html = await (await fetch(url)).text();
  const action = /<form method="post" action="([^"]+)"/.exec(html)?.[1]?.replaceAll("&#38;", "&") ?? "";
  const answer = await fetch(new URL(action, url), {
    method: "POST",
    body: new URLSearchParams({ account, decision }),
    redirect: "manual",
  });
  expect(answer.status).toBe(302);
  return new URL(answer.headers.get("location") ?? "");
}

async function redeem(code: string, change: Record<string, string> = {}): Promise<Response> {
  return fetch(`${simulator.issuer}/oauth/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: redirectUri,
      client_id: CLIENT_ID,
      code_verifier: verifier,
      ...change,
    }),
  });
}

async function refresh(refreshToken: string): Promise<Response> {
  return fetch(`${simulator.issuer}/oauth/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_id: CLIENT_ID, grant_type: "refresh_token", refresh_token: refreshToken }),
  });
}

async function codeOf(response: Response): Promise<string> {
  const body = (await response.json()) as { error: { code: string } };
  return body.error.code;
}

describe("browser sign-in", () => {
  test("the page offers both accounts, and the selected one is signed in", async () => {
    const html = await (await fetch(authorizeUrl())).text();
    for (const account of DEFAULT_ACCOUNTS) expect(html).toContain(account.name);
    const team = DEFAULT_ACCOUNTS[1]?.id ?? "";
    const location = await decide(authorizeUrl(), "continue", team);
    expect(location.searchParams.get("state")).toBe("state-1");
    const tokens = (await (await redeem(location.searchParams.get("code") ?? "")).json()) as Record<
      string,
      string
    >;
    const claims = JSON.parse(Buffer.from(tokens["id_token"]?.split(".")[1] ?? "", "base64url").toString());
    expect(claims["https://api.openai.com/auth"].chatgpt_account_id).toBe(team);
    expect(tokens["expires_in"]).toBe(864_000);
  });

  test("tokens are signed by the published key", async () => {
    const { idToken, accessToken } = simulator.issueCredentials();
    const { keys } = (await (await fetch(`${simulator.issuer}/.well-known/jwks.json`)).json()) as {
      keys: [Record<string, string>];
    };
    const key = createPublicKey({ key: keys[0], format: "jwk" });
    for (const token of [idToken, accessToken]) {
      const [header, payload, signature] = token.split(".");
      const signed = Buffer.from(`${header}.${payload}`);
      expect(verify("RSA-SHA256", signed, key, Buffer.from(signature ?? "", "base64url"))).toBe(true);
    }
  });

  test("with autoApprove the page is skipped", async () => {
    await using automatic = await startSimulator({ autoApprove: true });
    const url = authorizeUrl().replace(simulator.issuer, automatic.issuer);
    const location = new URL((await fetch(url, { redirect: "manual" })).headers.get("location") ?? "");
    expect(location.searchParams.get("code")).toMatch(/^ac_/);
  });

  test("a denial is reported to the client", async () => {
    const location = await decide(authorizeUrl(), "deny");
    expect(location.searchParams.get("error")).toBe("access_denied");
    expect(location.searchParams.get("state")).toBe("state-1");
  });

  test("a workspace restriction hides the other accounts", async () => {
    const team = DEFAULT_ACCOUNTS[1];
    const html = await (await fetch(authorizeUrl({ allowed_workspace_id: team?.id }))).text();
    expect(html).toContain(team?.name);
    expect(html).not.toContain(DEFAULT_ACCOUNTS[0]?.name);
    expect((await fetch(authorizeUrl({ allowed_workspace_id: "elsewhere" }))).status).toBe(403);
  });

  test.each([
    { redirect_uri: "https://localhost:1455/auth/callback" },
    { redirect_uri: "http://evil.test:1455/auth/callback" },
    { redirect_uri: "http://localhost:1455/other" },
    { client_id: "app_other" },
    { originator: undefined },
    { state: undefined },
  ])("refuses on a page, never by redirect: %j", async (change) => {
    const answer = await fetch(authorizeUrl(change), { redirect: "manual" });
    expect(answer.status).toBe(400);
    expect(answer.headers.get("location")).toBeNull();
  });

  test.each([
    [{ code_challenge_method: "plain" }, "invalid_request"],
    [{ code_challenge: "short" }, "invalid_request"],
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ scope: "openid everything" }, "invalid_scope"],
  ])("refuses by redirect: %j", async (change, error) => {
    const answer = await fetch(authorizeUrl(change), { redirect: "manual" });
    expect(new URL(answer.headers.get("location") ?? "").searchParams.get("error")).toBe(error);
  });

  test("a code is valid once, for its redirect URI and its verifier", async () => {
    const code = async () => (await decide(authorizeUrl(), "continue")).searchParams.get("code") ?? "";
    const first = await code();
    expect((await redeem(first)).status).toBe(200);
    expect(await codeOf(await redeem(first))).toBe("token_expired");
    const other = await redeem(await code(), { redirect_uri: "http://127.0.0.1:1455/auth/callback" });
    expect(await codeOf(other)).toBe("token_exchange_user_error");
    const forged = await redeem(await code(), { code_verifier: "x".repeat(43) });
    expect(await codeOf(forged)).toBe("invalid_grant");
  });
});

describe("refresh", () => {
  test("rotates, and a second use is refused and counted", async () => {
    const { refreshToken } = simulator.issueCredentials();
    const fresh = (await (await refresh(refreshToken)).json()) as Record<string, string>;
    expect(fresh["refresh_token"]).not.toBe(refreshToken);
    const again = await refresh(refreshToken);
    expect([again.status, await codeOf(again)]).toEqual([401, "refresh_token_reused"]);
    expect(simulator.stats).toMatchObject({ refreshes: 1, refreshTokenReuses: 1 });
    expect((await refresh(fresh["refresh_token"] ?? "")).status).toBe(200);
  });

  test("revokes the whole sign-in at a second use if the option says so", async () => {
    await simulator.close();
    simulator = await startSimulator({ endSignInOnReuse: true });
    const { refreshToken } = simulator.issueCredentials();
    const fresh = (await (await refresh(refreshToken)).json()) as Record<string, string>;
    expect(simulator.refreshTokenState(fresh["refresh_token"] ?? "")).toBe("live");
    expect(await codeOf(await refresh(refreshToken))).toBe("refresh_token_reused");
    expect(simulator.refreshTokenState(fresh["refresh_token"] ?? "")).toBe("revoked");
    expect(await codeOf(await refresh(fresh["refresh_token"] ?? ""))).toBe("refresh_token_invalidated");
  });

  test("is counted as an expiry if the access token has expired", async () => {
    const early = simulator.issueCredentials();
    await refresh(early.refreshToken);
    const due = simulator.issueCredentials({ lifetimeSeconds: -1 });
    await refresh(due.refreshToken);
    expect(simulator.stats).toMatchObject({ refreshes: 2, expiries: 1 });
  });

  test("may be delayed, and takes effect before its response", async () => {
    await simulator.close();
    simulator = await startSimulator({ tokenDelayMs: 200 });
    const { refreshToken } = simulator.issueCredentials();
    const answer = refresh(refreshToken);
    await expect.poll(() => simulator.stats.refreshes).toBe(1);
    expect(simulator.requests.at(-1)?.status).toBeUndefined();
    expect((await answer).status).toBe(200);
  });

  test("expired and revoked tokens have different codes", async () => {
    const { refreshToken } = simulator.issueCredentials();
    simulator.expireRefreshTokens();
    expect(await codeOf(await refresh(refreshToken))).toBe("refresh_token_expired");
    const other = simulator.issueCredentials();
    simulator.revokeRefreshTokens();
    expect(await codeOf(await refresh(other.refreshToken))).toBe("refresh_token_invalidated");
  });

  test("a response without a refresh token keeps the old one valid", async () => {
    const { refreshToken } = simulator.issueCredentials();
    simulator.faults.add("without_refresh_token", { target: "token" });
    const answer = (await (await refresh(refreshToken)).json()) as Record<string, string>;
    expect(answer["access_token"]).toBeDefined();
    expect(answer["refresh_token"]).toBeUndefined();
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  test("uses up its token if the response is lost, but not if it fails", async () => {
    const { refreshToken } = simulator.issueCredentials();
    simulator.faults.add("unavailable", { target: "token" });
    expect((await refresh(refreshToken)).status).toBe(503);
    simulator.faults.add(
      { name: "reset_before_headers", parameters: { after: "true" } },
      { target: "token" },
    );
    await expect(refresh(refreshToken)).rejects.toThrow();
    expect(await codeOf(await refresh(refreshToken))).toBe("refresh_token_reused");
  });
});

describe("access tokens", () => {
  test("expire when a test wants, or have no expiry", async () => {
    const claims = (token: string): Record<string, unknown> =>
      JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    const soon = simulator.issueCredentials({ lifetimeSeconds: 60 });
    expect(claims(soon.accessToken)["exp"]).toBe(soon.expiresAt / 1_000);
    expect(soon.expiresAt - Date.now()).toBeLessThan(61_000);
    const silent = simulator.issueCredentials({ withoutExpiry: true });
    expect(claims(silent.accessToken)).not.toHaveProperty("exp");
    const late = simulator.issueCredentials({ lifetimeSeconds: -1 });
    expect((await post(simulator, responsesBody([user("say hi")]), signedIn(late))).status).toBe(401);
  });

  const body = responsesBody([user("say hi")]);

  test.each([
    ["expired", "token_expired", () => simulator.expireAccessTokens()],
    ["revoked", "token_invalidated", () => simulator.revokeAccessTokens()],
  ])("an %s one gets 401 %s", async (_, code, end) => {
    const headers = signedIn(simulator.issueCredentials());
    end();
    const answer = await post(simulator, body, headers);
    expect([answer.status, await codeOf(answer)]).toEqual([401, code]);
  });

  test("a missing and a forged one get 401", async () => {
    expect((await post(simulator, body, { authorization: "" })).status).toBe(401);
    const { accessToken } = simulator.issueCredentials();
    const [header, payload] = accessToken.split(".");
    expect((await post(simulator, body, { authorization: `Bearer ${header}.${payload}.AAAA` })).status).toBe(
      401,
    );
  });

  test("the account header must be that of the token", async () => {
    const answer = await post(simulator, body, { "chatgpt-account-id": DEFAULT_ACCOUNTS[1]?.id ?? "" });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({ detail: { code: "invalid_workspace_selected" } });
  });

  test("revocation ends the sign-in", async () => {
    const tokens = simulator.issueCredentials();
    await fetch(`${simulator.issuer}/oauth/revoke`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        token: tokens.refreshToken,
        token_type_hint: "refresh_token",
        client_id: CLIENT_ID,
      }),
    });
    expect((await post(simulator, body, signedIn(tokens))).status).toBe(401);
    expect(await codeOf(await refresh(tokens.refreshToken))).toBe("refresh_token_invalidated");
  });
});

describe("device code", () => {
  async function start(): Promise<Record<string, string>> {
    const answer = await fetch(
      `${simulator.issuer}/api/accounts/deviceauth/usercode`,
      json({ client_id: CLIENT_ID }),
    );
    return (await answer.json()) as Record<string, string>;
  }
  function poll(device: Record<string, string>): Promise<Response> {
    const { device_auth_id, user_code } = device;
    return fetch(`${simulator.issuer}/api/accounts/deviceauth/token`, json({ device_auth_id, user_code }));
  }
  function json(value: unknown): RequestInit {
    return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
  }

  test("is pending with 403 until the page approves, then the code is exchanged", async () => {
    const device = await start();
    expect(device["interval"]).toBe("1");
    expect(await codeOf(await poll(device))).toBe("deviceauth_authorization_pending");
    await fetch(`${simulator.issuer}/codex/device`, {
      method: "POST",
      body: new URLSearchParams({
        user_code: device["user_code"]?.toLowerCase() ?? "",
        account: DEFAULT_ACCOUNTS[0]?.id ?? "",
        decision: "continue",
      }),
    });
    const granted = (await (await poll(device)).json()) as Record<string, string>;
    const tokens = await redeem(granted["authorization_code"] ?? "", {
      redirect_uri: `${simulator.issuer}/deviceauth/callback`,
      code_verifier: granted["code_verifier"] ?? "",
    });
    expect(tokens.status).toBe(200);
  });

  test("a denial ends the wait", async () => {
    const device = await start();
    expect(simulator.decideDevice(device["user_code"] ?? "", "deny")).toBe(true);
    expect((await poll(device)).status).toBe(400);
  });
});
