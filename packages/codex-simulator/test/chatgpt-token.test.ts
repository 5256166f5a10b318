import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type ChatGPTSimulator,
  PLAN_SCOPE,
  startChatGPTSimulator,
  type TokenSwitches,
} from "../src/index.ts";
import {
  attempt,
  callbackOf,
  discover,
  REDIRECT_URI,
  RESOURCE,
  redeem,
  refresh,
  register,
  type SignedIn,
} from "./chatgpt-client.ts";

let simulator: ChatGPTSimulator;
beforeEach(async () => {
  simulator = await startChatGPTSimulator({ autoApprove: true });
});
afterEach(() => simulator.close());

type Answer = Record<string, unknown>;

async function send(form: Record<string, string>, path = "oauth/token"): Promise<[number, Answer]> {
  const answer = await fetch(`${simulator.issuer}/api/accounts/${path}`, {
    method: "POST",
    body: new URLSearchParams(form),
  });
  const text = await answer.text();
  return [answer.status, text === "" ? {} : (JSON.parse(text) as Answer)];
}

/** The form of a code exchange, and the nonce of its sign-in. */
async function exchangeForm(): Promise<{ form: Record<string, string>; nonce: string }> {
  const started = await attempt(simulator);
  const callback = await callbackOf(started);
  const form = {
    grant_type: "authorization_code",
    client_id: callback.searchParams.get("client_id") ?? "",
    code: callback.searchParams.get("code") ?? "",
    code_verifier: started.verifier,
    redirect_uri: REDIRECT_URI,
    resource: RESOURCE,
  };
  return { form, nonce: started.nonce };
}

function refreshForm(
  { client, tokens }: SignedIn,
  change: Record<string, string> = {},
): Record<string, string> {
  return {
    grant_type: "refresh_token",
    client_id: client.client_id,
    refresh_token: tokens.refresh_token ?? "",
    resource: RESOURCE,
    ...change,
  };
}

describe("a code exchange", () => {
  test("answers the seven members of the documents, and a token that says little", async () => {
    const { form } = await exchangeForm();
    const [status, answer] = await send(form);
    expect([status, Object.keys(answer).sort()]).toEqual([
      200,
      [
        "access_token",
        "earliest_refresh_at",
        "expires_in",
        "id_token",
        "refresh_token",
        "scope",
        "token_type",
      ],
    ]);
    const payload = String(answer["access_token"]).split(".")[1] ?? "";
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    expect(claims).toMatchObject({ iss: simulator.issuer, aud: RESOURCE, client_id: form["client_id"] });
    expect(JSON.stringify(claims)).not.toContain("plus");
  });

  test.each([
    [{ code: "ac_unknown" }, "invalid_grant"],
    [{ code_verifier: "x".repeat(43) }, "invalid_grant"],
    [{ redirect_uri: "http://127.0.0.1:51790/auth/callback" }, "invalid_grant"],
    [{ client_id: "oaiapp_unknown" }, "invalid_client"],
    [{ client_id: "dynamic_agent_client" }, "invalid_client"],
    [{ resource: "https://api.example.test/v1" }, "invalid_target"],
    [{ grant_type: "password" }, "unsupported_grant_type"],
  ])("is refused with %j", async (change, error) => {
    const { form } = await exchangeForm();
    const [status, answer] = await send({ ...form, ...change });
    expect([status, answer["error"]]).toEqual([error === "invalid_client" ? 401 : 400, error]);
  });

  test("takes a code once", async () => {
    const { form } = await exchangeForm();
    expect((await send(form))[0]).toBe(200);
    expect(await send(form)).toMatchObject([400, { error: "invalid_grant" }]);
    expect(simulator.violations).toMatchObject([{ kind: "reuse" }]);
  });

  test("takes no JSON", async () => {
    const { form } = await exchangeForm();
    const answer = await fetch(`${simulator.issuer}/api/accounts/oauth/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(form),
    });
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: "invalid_request" }]);
  });

  test.each([
    ["string", { error: "invalid_grant" }],
    ["object", { error: { code: "invalid_grant" } }],
    ["detail", { detail: { error: { code: "invalid_grant" } } }],
  ] as const)("writes its errors as it is told: %s", async (errorShape, shape) => {
    simulator.next("exchange", { error: "invalid_grant", errorShape });
    const { form } = await exchangeForm();
    expect(await send(form)).toMatchObject([400, shape]);
    expect((await send(form))[0]).toBe(200);
  });

  test.each([
    [{ scope: "without-plan" }, { scope: "email offline_access openid profile resource.invoke" }],
    [{ earliestRefreshAt: "seconds" }, { earliest_refresh_at: expect.any(Number) }],
    [{ earliestRefreshAt: "iso" }, { earliest_refresh_at: expect.stringMatching(/Z$/) }],
    [{ earliestRefreshAt: "null" }, { earliest_refresh_at: null }],
    [{ lifetimeSeconds: 5 }, { expires_in: 5 }],
    [{ expiresIn: "soon" }, { expires_in: "soon" }],
    [{ tokenType: "DPoP" }, { token_type: "DPoP" }],
  ] as const)("differs by switch: %j", async (change, members) => {
    simulator.next("exchange", change);
    expect((await send((await exchangeForm()).form))[1]).toMatchObject(members);
  });

  test.each([
    [{ scope: "absent" }, "scope"],
    [{ earliestRefreshAt: "absent" }, "earliest_refresh_at"],
    [{ refreshToken: false }, "refresh_token"],
    [{ idToken: "absent" }, "id_token"],
  ] as const)("leaves out by switch: %j", async (change, member) => {
    simulator.next("exchange", change);
    expect((await send((await exchangeForm()).form))[1]).not.toHaveProperty(member);
  });
});

describe("the ID token, judged by jose", () => {
  /** Throws where OpenAI's sample would refuse the token. */
  async function judge(change: Partial<TokenSwitches>): Promise<void> {
    simulator.next("exchange", change);
    const { form, nonce } = await exchangeForm();
    const [, answer] = await send(form);
    const keys = createRemoteJWKSet(new URL(`${simulator.issuer}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(String(answer["id_token"]), keys, {
      issuer: simulator.issuer,
      audience: form["client_id"] ?? "",
      algorithms: ["RS256"],
      clockTolerance: 5,
      requiredClaims: ["iss", "aud", "exp", "iat", "sub"],
    });
    if (payload["nonce"] !== nonce) throw new Error("The nonce is another.");
    const several = Array.isArray(payload.aud) && payload.aud.length > 1;
    if (several && payload["azp"] !== form["client_id"]) throw new Error("The azp is missing.");
    if (payload.sub !== "subj_user-SIM0001") throw new Error("The subject is another.");
  }

  test.each([{}, { audience: "string" }, { audience: "two" }] as const)("is good: %j", async (change) => {
    await expect(judge(change)).resolves.toBeUndefined();
  });

  test.each([
    [{ audience: "other" }, /aud/],
    [{ audience: "two-without-azp" }, /azp/],
    [{ idToken: "wrong-nonce" }, /nonce/],
    [{ idToken: "without-nonce" }, /nonce/],
    [{ idToken: "wrong-issuer" }, /iss/],
    [{ idToken: "expired" }, /exp/],
    [{ idToken: "without-subject" }, /sub/],
    [{ idToken: "other-subject" }, /subject/],
    [{ idToken: "bad-signature" }, /signature/],
    [{ idToken: "unknown-key" }, /no applicable key/],
    [{ idToken: "alg-none" }, /alg/],
    [{ idToken: "alg-hs256" }, /alg/],
  ] as const)("is bad: %j", async (change, reason) => {
    await expect(judge(change)).rejects.toThrow(reason);
    await expect(judge({})).resolves.toBeUndefined();
  });

  test("is signed by another key after a rotation; the old key stays unless it is dropped", async () => {
    const before = await register(simulator);
    const keySet = async (): Promise<JSONWebKeySet> =>
      (await (await fetch(`${simulator.issuer}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
    const oldKeys = await keySet();
    await simulator.rotateKeys();
    await expect(judge({})).resolves.toBeUndefined();
    expect((await keySet()).keys).toHaveLength(2);
    const fresh = await refresh(simulator, before);
    await expect(jwtVerify(fresh.id_token ?? "", createLocalJWKSet(oldKeys))).rejects.toThrow(
      /no applicable key/,
    );
    await simulator.rotateKeys({ dropOld: true });
    expect((await keySet()).keys).toHaveLength(1);
  });
});

describe("discovery, judged by oauth4webapi", () => {
  test("tells every endpoint but not the scopes of the plan", async () => {
    expect(await discover(simulator)).toMatchObject({
      authorization_endpoint: `${simulator.issuer}/api/accounts/authorize`,
      token_endpoint: `${simulator.issuer}/api/accounts/oauth/token`,
      revocation_endpoint: `${simulator.issuer}/api/accounts/oauth/revoke`,
      scopes_supported: ["openid", "profile", "email", "offline_access"],
    });
  });

  test("may have another issuer, a foreign endpoint, no revocation, no keys, and be down", async () => {
    for (const issuer of ["wrong", "trailing-slash"] as const) {
      simulator.next("discovery", { issuer });
      if (issuer === "wrong") await expect(discover(simulator)).rejects.toThrow();
      else expect((await discover(simulator)).issuer).toBe(`${simulator.issuer}/`);
    }
    simulator.next("discovery", { foreignEndpoint: "token_endpoint", revocationEndpoint: false });
    const changed = await discover(simulator);
    expect(changed.token_endpoint).not.toContain(simulator.issuer);
    expect(changed).not.toHaveProperty("revocation_endpoint");
    simulator.next("keys", { keys: "none" });
    expect(await (await fetch(changed.jwks_uri ?? "")).json()).toEqual({ keys: [] });
    simulator.faults.add("unavailable", { target: "discovery" });
    await expect(discover(simulator)).rejects.toThrow();
    simulator.faults.add("unavailable", { target: "keys" });
    expect((await fetch(changed.jwks_uri ?? "")).status).toBe(503);
  });
});

describe("a refresh", () => {
  test("of another client, of nobody, for another resource", async () => {
    const signedIn = await register(simulator);
    simulator.next("authorize", { account: "33333333-3333-4333-8333-333333333333" });
    const { client } = await register(simulator);
    const errorOf = async (change: Record<string, string>): Promise<unknown> =>
      (await send(refreshForm(signedIn, change)))[1]["error"];
    expect(await errorOf({ client_id: client.client_id })).toBe("invalid_grant");
    expect(await errorOf({ client_id: "oaiapp_unknown" })).toBe("invalid_client");
    expect(await errorOf({ refresh_token: "rt_unknown" })).toBe("invalid_refresh_token");
    expect(await errorOf({ resource: "https://api.example.test/v1" })).toBe("invalid_target");
    expect(simulator.refreshTokenState(signedIn.tokens.refresh_token ?? "")).toBe("live");
  });

  test("notes scopes and the dynamic client", async () => {
    const signedIn = await register(simulator);
    await send(refreshForm(signedIn, { scope: "openid" }));
    await send(refreshForm(signedIn, { client_id: "dynamic_agent_client" }));
    expect(simulator.violations.map(({ kind }) => kind)).toEqual([
      "scope_in_refresh",
      "dynamic_client_in_token_request",
    ]);
  });

  test("may take the plan away for good, or bring another person's ID token", async () => {
    const signedIn = await register(simulator);
    simulator.next("refresh", { scope: "without-plan", idToken: "other-subject" });
    const [, first] = await send(refreshForm(signedIn));
    expect(first["scope"]).not.toContain(PLAN_SCOPE);
    const payload = String(first["id_token"]).split(".")[1] ?? "";
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
      sub: "subj_somebody_else",
    });
    const [, second] = await send(refreshForm(signedIn, { refresh_token: String(first["refresh_token"]) }));
    expect(second["scope"]).not.toContain(PLAN_SCOPE);
  });

  test("without a new refresh token leaves the old one good", async () => {
    const signedIn = await register(simulator);
    simulator.next("refresh", { refreshToken: false });
    expect((await send(refreshForm(signedIn)))[1]).not.toHaveProperty("refresh_token");
    expect((await send(refreshForm(signedIn)))[0]).toBe(200);
  });

  test("with a used token is refused, and ends the sign-in where that is asked for", async () => {
    const signedIn = await register(simulator);
    const fresh = await refresh(simulator, signedIn);
    expect(await send(refreshForm(signedIn))).toMatchObject([400, { error: "refresh_token_reused" }]);
    expect(simulator.refreshTokenState(fresh.refresh_token ?? "")).toBe("live");
    simulator.next("refresh", { endSignInOnReuse: true });
    await send(refreshForm(signedIn));
    const next = refreshForm(signedIn, { refresh_token: fresh.refresh_token ?? "" });
    expect(await send(next)).toMatchObject([400, { error: "refresh_token_invalidated" }]);
    simulator.expireRefreshTokens();
    const expired = await register(simulator);
    simulator.expireRefreshTokens();
    expect(await send(refreshForm(expired))).toMatchObject([400, { error: "refresh_token_expired" }]);
  });

  test("that fails uses no token up, one whose answer is lost does", async () => {
    const signedIn = await register(simulator);
    simulator.faults.add("unavailable", { target: "token" });
    await fetch(`${simulator.issuer}/api/accounts/oauth/token`, { method: "POST" });
    expect(simulator.refreshTokenState(signedIn.tokens.refresh_token ?? "")).toBe("live");
    const lost = { name: "reset_before_headers", parameters: { after: "true" } };
    simulator.faults.add(lost, { target: "token" });
    await expect(send(refreshForm(signedIn))).rejects.toThrow();
    expect(simulator.refreshTokenState(signedIn.tokens.refresh_token ?? "")).toBe("used");
  });

  test("next to another one of the same sign-in is counted", async () => {
    await simulator.close();
    simulator = await startChatGPTSimulator({ autoApprove: true, tokenDelayMs: 100 });
    const signedIn = await register(simulator);
    const first = send(refreshForm(signedIn));
    await expect.poll(() => simulator.stats.refreshes).toBe(1);
    const [, second] = await send(refreshForm(signedIn));
    expect(second["error"]).toBe("refresh_token_reused");
    expect((await first)[0]).toBe(200);
    expect(simulator.stats.concurrentRefreshes).toBe(2);
    expect(simulator.violations.map(({ kind }) => kind)).toEqual(["concurrent_refresh", "reuse"]);
  });
});

describe("revocation", () => {
  test("is empty and 200 for any token, and ends the sign-in", async () => {
    const signedIn = await register(simulator);
    const { client, tokens } = signedIn;
    const form = { client_id: client.client_id, token_type_hint: "refresh_token" };
    expect(await send({ ...form, token: "rt_unknown" }, "oauth/revoke")).toEqual([200, {}]);
    const revocation = { ...form, token: tokens.refresh_token ?? "" };
    expect(await send(revocation, "oauth/revoke")).toEqual([200, {}]);
    expect(await send(refreshForm(signedIn))).toMatchObject([400, { error: "refresh_token_invalidated" }]);
    const models = await fetch(`${simulator.apiBaseUrl}/models`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(models.status).toBe(401);
    expect(simulator.stats.revocations).toBe(1);
    expect(simulator.violations).toEqual([]);
  });

  test("of an access token is noted, and may fail first", async () => {
    const { client, tokens } = await register(simulator);
    simulator.faults.add("server_error", { target: "revoke" });
    const form = { client_id: client.client_id, token: tokens.access_token };
    expect((await send(form, "oauth/revoke"))[0]).toBe(500);
    expect((await send(form, "oauth/revoke"))[0]).toBe(200);
    expect(simulator.violations).toMatchObject([{ kind: "access_token_revoked" }]);
  });
});

test("a sign-in after a failed exchange goes on with the client id it was given", async () => {
  const started = await attempt(simulator);
  const clientId = (await callbackOf(started)).searchParams.get("client_id") ?? "";
  const again = await attempt(simulator, { client_id: clientId });
  await redeem(simulator, again, await callbackOf(again), clientId);
  expect(simulator.registrations).toMatchObject([{ clientId, signIns: 2 }]);
  expect(simulator.violations).toEqual([]);
});
