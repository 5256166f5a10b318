import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ChatGPTSimulator, PLAN_SCOPE, startChatGPTSimulator } from "../src/index.ts";
import {
  attempt,
  callbackOf,
  RESOURCE,
  redeem,
  refresh,
  register,
  type SignedIn,
  send,
} from "./chatgpt-client.ts";

let simulator: ChatGPTSimulator;
beforeEach(async () => {
  simulator = await startChatGPTSimulator({ autoApprove: true });
});
afterEach(() => simulator.close());

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

describe("a refresh", () => {
  test("is refused for another client, an unknown client and another resource", async () => {
    const signedIn = await register(simulator);
    simulator.next("authorize", { account: "33333333-3333-4333-8333-333333333333" });
    const { client } = await register(simulator);
    const errorOf = async (change: Record<string, string>): Promise<unknown> =>
      (await send(simulator, refreshForm(signedIn, change)))[1]["error"];
    expect(await errorOf({ client_id: client.client_id })).toBe("invalid_grant");
    expect(await errorOf({ client_id: "oaiapp_unknown" })).toBe("invalid_client");
    expect(await errorOf({ refresh_token: "rt_unknown" })).toBe("invalid_refresh_token");
    expect(await errorOf({ resource: "https://api.example.test/v1" })).toBe("invalid_target");
    expect(simulator.refreshTokenState(signedIn.tokens.refresh_token ?? "")).toBe("live");
  });

  test("records scopes and the dynamic client as violations", async () => {
    const signedIn = await register(simulator);
    await send(simulator, refreshForm(signedIn, { scope: "openid" }));
    await send(simulator, refreshForm(signedIn, { client_id: "dynamic_agent_client" }));
    expect(simulator.violations.map(({ kind }) => kind)).toEqual([
      "scope_in_refresh",
      "dynamic_client_in_token_request",
    ]);
  });

  test("may withdraw the plan, or return the ID token of another user", async () => {
    const signedIn = await register(simulator);
    simulator.next("refresh", { scope: "without-plan", idToken: "other-subject" });
    const [, first] = await send(simulator, refreshForm(signedIn));
    expect(first["scope"]).not.toContain(PLAN_SCOPE);
    const payload = String(first["id_token"]).split(".")[1] ?? "";
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
      sub: "subj_another_user",
    });
    const [, second] = await send(
      simulator,
      refreshForm(signedIn, { refresh_token: String(first["refresh_token"]) }),
    );
    expect(second["scope"]).not.toContain(PLAN_SCOPE);
  });

  test("without a new refresh token keeps the old one valid", async () => {
    const signedIn = await register(simulator);
    simulator.next("refresh", { refreshToken: false });
    expect((await send(simulator, refreshForm(signedIn)))[1]).not.toHaveProperty("refresh_token");
    expect((await send(simulator, refreshForm(signedIn)))[0]).toBe(200);
  });

  test("with a used token is refused, and revokes the sign-in if a switch says so", async () => {
    const signedIn = await register(simulator);
    const fresh = await refresh(simulator, signedIn);
    expect(await send(simulator, refreshForm(signedIn))).toMatchObject([
      400,
      { error: "refresh_token_reused" },
    ]);
    expect(simulator.refreshTokenState(fresh.refresh_token ?? "")).toBe("live");
    simulator.next("refresh", { endSignInOnReuse: true });
    await send(simulator, refreshForm(signedIn));
    const next = refreshForm(signedIn, { refresh_token: fresh.refresh_token ?? "" });
    expect(await send(simulator, next)).toMatchObject([400, { error: "refresh_token_invalidated" }]);
    simulator.expireRefreshTokens();
    const expired = await register(simulator);
    simulator.expireRefreshTokens();
    expect(await send(simulator, refreshForm(expired))).toMatchObject([
      400,
      { error: "refresh_token_expired" },
    ]);
  });

  test("uses up its token if the response is lost, but not if it fails", async () => {
    const signedIn = await register(simulator);
    simulator.faults.add("unavailable", { target: "token" });
    await fetch(`${simulator.issuer}/api/accounts/oauth/token`, { method: "POST" });
    expect(simulator.refreshTokenState(signedIn.tokens.refresh_token ?? "")).toBe("live");
    const lost = { name: "reset_before_headers", parameters: { after: "true" } };
    simulator.faults.add(lost, { target: "token" });
    await expect(send(simulator, refreshForm(signedIn))).rejects.toThrow();
    expect(simulator.refreshTokenState(signedIn.tokens.refresh_token ?? "")).toBe("used");
  });

  test("is counted if another one of the same sign-in is in progress", async () => {
    await simulator.close();
    simulator = await startChatGPTSimulator({ autoApprove: true, tokenDelayMs: 100 });
    const signedIn = await register(simulator);
    const first = send(simulator, refreshForm(signedIn));
    await expect.poll(() => simulator.stats.refreshes).toBe(1);
    const [, second] = await send(simulator, refreshForm(signedIn));
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
    expect(await send(simulator, { ...form, token: "rt_unknown" }, "oauth/revoke")).toEqual([200, {}]);
    const revocation = { ...form, token: tokens.refresh_token ?? "" };
    expect(await send(simulator, revocation, "oauth/revoke")).toEqual([200, {}]);
    expect(await send(simulator, refreshForm(signedIn))).toMatchObject([
      400,
      { error: "refresh_token_invalidated" },
    ]);
    const models = await fetch(`${simulator.apiBaseUrl}/models`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(models.status).toBe(401);
    expect(simulator.stats.revocations).toBe(1);
    expect(simulator.violations).toEqual([]);
  });

  test("of an access token is a violation, and may fail first", async () => {
    const { client, tokens } = await register(simulator);
    simulator.faults.add("server_error", { target: "revoke" });
    const form = { client_id: client.client_id, token: tokens.access_token };
    expect((await send(simulator, form, "oauth/revoke"))[0]).toBe(500);
    expect((await send(simulator, form, "oauth/revoke"))[0]).toBe(200);
    expect(simulator.violations).toMatchObject([{ kind: "access_token_revoked" }]);
  });
});

test("a sign-in after a failed exchange uses the issued client id", async () => {
  const started = await attempt(simulator);
  const clientId = (await callbackOf(started)).searchParams.get("client_id") ?? "";
  const again = await attempt(simulator, { client_id: clientId });
  await redeem(simulator, again, await callbackOf(again), clientId);
  expect(simulator.registrations).toMatchObject([{ clientId, signIns: 2 }]);
  expect(simulator.violations).toEqual([]);
});
