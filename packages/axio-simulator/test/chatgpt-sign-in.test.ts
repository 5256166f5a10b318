import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ChatGPTSimulator, PLAN_SCOPE, startChatGPTSimulator } from "../src/index.ts";
import { attempt, callbackOf, HOST_ID, redeem, refresh, register } from "./chatgpt-client.ts";

let simulator: ChatGPTSimulator;
beforeEach(async () => {
  simulator = await startChatGPTSimulator({ autoApprove: true });
});
afterEach(() => simulator.close());

/** Verifies an ID token like OpenAI's sample. */
function verify(idToken: string, clientId: string) {
  const keys = createRemoteJWKSet(new URL(`${simulator.issuer}/.well-known/jwks.json`));
  return jwtVerify(idToken, keys, {
    issuer: simulator.issuer,
    audience: clientId,
    algorithms: ["RS256"],
    requiredClaims: ["iss", "aud", "exp", "iat", "sub"],
  });
}

describe("with an independent OpenID client", () => {
  test("registers, verifies the ID token, and rotates the refresh token", async () => {
    const signedIn = await register(simulator);
    const { tokens, client } = signedIn;
    expect(client.client_id).toMatch(/^oaiapp_/);
    expect(tokens.scope?.split(" ")).toContain(PLAN_SCOPE);
    expect(tokens.expires_in).toBe(3600);
    const { payload } = await verify(tokens.id_token ?? "", client.client_id);
    expect(payload).toMatchObject({
      sub: "subj_user-SIM0001",
      email: "robin@example.test",
      aud: [client.client_id],
    });
    const next = await refresh(simulator, signedIn);
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    await expect(refresh(simulator, signedIn)).rejects.toMatchObject({ error: "refresh_token_reused" });
    expect(simulator.stats).toMatchObject({ refreshes: 1, refreshTokenReuses: 1 });
    expect(simulator.registrations).toMatchObject([
      { clientId: client.client_id, name: "Sample Tool", hostIds: [HOST_ID], planAllowed: true, signIns: 1 },
    ]);
  });

  test("signs an account in again with its client id", async () => {
    const { client, tokens } = await register(simulator);
    const again = await attempt(simulator, { client_id: client.client_id, id_token_hint: tokens.id_token });
    const callback = await callbackOf(again);
    expect(callback.searchParams.has("client_id")).toBe(false);
    const second = await redeem(simulator, again, callback, client.client_id);
    expect(second.tokens.access_token).not.toBe(tokens.access_token);
    expect(simulator.registrations).toHaveLength(1);
    expect(simulator.stats.choosersSkipped).toBe(1);
    expect(simulator.violations).toEqual([]);
  });
});
