import { createHmac, createPublicKey } from "node:crypto";
import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ChatGPTSimulator, startChatGPTSimulator, type TokenSwitches } from "../src/index.ts";
import {
  attempt,
  callbackOf,
  discover,
  REDIRECT_URI,
  RESOURCE,
  refresh,
  register,
  send,
} from "./chatgpt-client.ts";

let simulator: ChatGPTSimulator;
beforeEach(async () => {
  simulator = await startChatGPTSimulator({ autoApprove: true });
});
afterEach(() => simulator.close());

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

describe("a code exchange", () => {
  test("returns the seven documented members, and an access token without account data", async () => {
    const { form } = await exchangeForm();
    const [status, answer] = await send(simulator, form);
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
    const [status, answer] = await send(simulator, { ...form, ...change });
    expect([status, answer["error"]]).toEqual([error === "invalid_client" ? 401 : 400, error]);
  });

  test("accepts a code once", async () => {
    const { form } = await exchangeForm();
    expect((await send(simulator, form))[0]).toBe(200);
    expect(await send(simulator, form)).toMatchObject([400, { error: "invalid_grant" }]);
    expect(simulator.violations).toMatchObject([{ kind: "reuse" }]);
  });

  test("refuses the code of another client", async () => {
    const { form } = await exchangeForm();
    simulator.next("authorize", { account: "33333333-3333-4333-8333-333333333333" });
    const other = await exchangeForm();
    const mixed = { ...form, client_id: other.form["client_id"] ?? "" };
    expect(await send(simulator, mixed)).toMatchObject([400, { error: "invalid_grant" }]);
  });

  test("refuses JSON", async () => {
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
    expect(await send(simulator, form)).toMatchObject([400, shape]);
    expect((await send(simulator, form))[0]).toBe(200);
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
    expect((await send(simulator, (await exchangeForm()).form))[1]).toMatchObject(members);
  });

  test.each([
    [{ scope: "absent" }, "scope"],
    [{ earliestRefreshAt: "absent" }, "earliest_refresh_at"],
    [{ refreshToken: false }, "refresh_token"],
    [{ idToken: "absent" }, "id_token"],
  ] as const)("leaves out by switch: %j", async (change, member) => {
    simulator.next("exchange", change);
    expect((await send(simulator, (await exchangeForm()).form))[1]).not.toHaveProperty(member);
  });
});

describe("the ID token, verified by jose", () => {
  /** Throws if OpenAI's sample would refuse the token. */
  async function judge(change: Partial<TokenSwitches>): Promise<void> {
    simulator.next("exchange", change);
    const { form, nonce } = await exchangeForm();
    const [, answer] = await send(simulator, form);
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

  test.each([{}, { audience: "string" }, { audience: "two" }] as const)("is valid: %j", async (change) => {
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

  test("with HS256 is accepted if the token chooses the algorithm", async () => {
    simulator.next("exchange", { idToken: "alg-hs256" });
    const [, answer] = await send(simulator, (await exchangeForm()).form);
    const [header, payload, signature] = String(answer["id_token"]).split(".");
    const { keys } = (await (
      await fetch(`${simulator.issuer}/.well-known/jwks.json`)
    ).json()) as JSONWebKeySet;
    const [key] = keys;
    if (key === undefined) throw new Error("There is no key.");
    const secret = createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "pem" });
    const expected = createHmac("sha256", secret).update(`${header}.${payload}`).digest("base64url");
    expect(signature).toBe(expected);
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

describe("discovery, read by oauth4webapi", () => {
  test("lists every endpoint and not the scopes of the plan", async () => {
    expect(await discover(simulator)).toMatchObject({
      authorization_endpoint: `${simulator.issuer}/api/accounts/authorize`,
      token_endpoint: `${simulator.issuer}/api/accounts/oauth/token`,
      revocation_endpoint: `${simulator.issuer}/api/accounts/oauth/revoke`,
      scopes_supported: ["openid", "profile", "email", "offline_access"],
    });
  });

  test("may have another issuer, a foreign endpoint, no revocation, no keys, or fail", async () => {
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
