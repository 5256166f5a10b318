import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import {
  type AuthorizeSwitches,
  CHATGPT_ACCOUNTS,
  type ChatGPTSimulator,
  PLAN_SCOPE,
  startChatGPTSimulator,
} from "../src/index.ts";
import { attempt, callbackOf, redeem, register } from "./chatgpt-client.ts";

let simulator: ChatGPTSimulator;
beforeEach(async () => {
  simulator = await startChatGPTSimulator({ autoApprove: true });
});
afterEach(() => simulator.close());

const [personal, team, sam] = CHATGPT_ACCOUNTS.map(({ id }) => id);

async function membersOf(change: Record<string, string | undefined> = {}): Promise<Record<string, string>> {
  return Object.fromEntries((await callbackOf(await attempt(simulator, change))).searchParams);
}

describe("an authorization request", () => {
  test.each([
    ["client_id", { client_id: "" }],
    ["client_id", { client_id: "oaiapp_unknown" }],
    ["redirect_uri", { redirect_uri: "http://localhost:51789/auth/callback" }],
    ["redirect_uri", { redirect_uri: "http://127.0.0.1:51789/callback" }],
    ["redirect_uri", { redirect_uri: "https://app.example.test/auth/callback" }],
    ["response_type", { response_type: "token" }],
    ["state", { state: undefined }],
    ["nonce", { nonce: undefined }],
    ["code_challenge_method", { code_challenge_method: "plain" }],
    ["code_challenge", { code_challenge: undefined }],
    ["scope", { scope: "openid everything" }],
    ["scope", { scope: PLAN_SCOPE }],
    ["resource", { resource: "https://api.example.test/v1" }],
    ["ext_agent_host_id", { ext_agent_host_id: undefined }],
    ["ext_agent_host_id", { ext_agent_host_id: "robin@example.test" }],
    ["ext_agent_host_id", { ext_agent_host_id: "urn:uuid:3f0c6d1e-8a52-1b7e-9d64-1c2b7a90e5f1" }],
    ["prompt", { prompt: "none" }],
  ])("is refused on a page for its %s: %j", async (param, change) => {
    const answer = await fetch((await attempt(simulator, change)).url, { redirect: "manual" });
    const html = await answer.text();
    expect(answer.status).toBe(400);
    expect(html).toContain("invalid_authorize_request");
    expect(html).toContain(`(${param})`);
    expect(simulator.registrations).toEqual([]);
  });

  test.each([
    "urn:ietf:params:oauth:jwk-thumbprint:sha-256:NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
    "urn:uuid:3F0C6D1E-8A52-4B7E-9D64-1C2B7A90E5F1",
    "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
  ])("accepts the host id %s", async (hostId) => {
    await membersOf({ ext_agent_host_id: hostId });
    expect(simulator.registrations[0]?.hostIds).toEqual([hostId]);
  });

  test("without a host id is accepted if the options say so, and recorded as a violation", async () => {
    await using lenient = await startChatGPTSimulator({
      autoApprove: true,
      unknowns: { missing_host_id: "lenient" },
    });
    await callbackOf(await attempt(lenient, { ext_agent_host_id: undefined }));
    expect(lenient.violations).toMatchObject([{ kind: "missing_host_id", request: 1 }]);
  });
});

describe("the end of a sign-in", () => {
  test("the usual callback of a registration", async () => {
    expect(await membersOf()).toEqual({
      code: expect.stringMatching(/^ac_/),
      state: expect.any(String),
      client_id: simulator.registrations[0]?.clientId,
      scope: "chatgpt.tokens.use.direct email offline_access openid profile resource.invoke",
    });
  });

  test.each([
    [{ decision: "access_denied" }, { error: "access_denied" }],
    [{ decision: "server_error" }, { error: "server_error" }],
    [{ clientId: "dynamic" }, { client_id: "dynamic_agent_client" }],
    [{ clientId: "another" }, { client_id: "oaiapp_another_app" }],
    [{ iss: "wrong" }, { iss: "https://auth.example.test" }],
    [{ decision: "identity-only" }, { scope: "email offline_access openid profile resource.invoke" }],
  ] as const)("by switch: %j", async (change, members) => {
    simulator.next("authorize", change as Partial<AuthorizeSwitches>);
    expect(await membersOf()).toMatchObject(members);
    expect(await membersOf()).not.toMatchObject(members);
  });

  test.each([
    [{ clientId: "absent" }, "client_id"],
    [{ scope: false }, "scope"],
    [{ state: "absent" }, "state"],
  ] as const)("by switch, with a member missing: %j", async (change, member) => {
    simulator.set("authorize", change);
    expect(await membersOf()).not.toHaveProperty(member);
    expect(await membersOf()).not.toHaveProperty(member);
  });

  test("with a wrong state, with two client ids, and without a callback", async () => {
    simulator.next("authorize", { state: "wrong" });
    const started = await attempt(simulator);
    const callback = await callbackOf(started);
    expect(callback.searchParams.get("state")).not.toBe(started.state);
    simulator.next("authorize", { clientId: "twice" });
    const twice = await callbackOf(await attempt(simulator));
    expect(twice.searchParams.getAll("client_id")).toHaveLength(2);
    simulator.next("authorize", { decision: "never" });
    const answer = await fetch((await attempt(simulator)).url, { redirect: "manual" });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("No decision")]);
  });

  test.each(["same", "wrong-state"] as const)("after a stray callback: %s", async (extraCallback) => {
    const received: URL[] = [];
    const app = createServer((request, response) => {
      received.push(new URL(request.url ?? "", "http://127.0.0.1"));
      response.end();
    });
    await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void app.close());
    const port = (app.address() as AddressInfo).port;
    simulator.next("authorize", { extraCallback });
    const started = await attempt(simulator, { redirect_uri: `http://127.0.0.1:${port}/auth/callback` });
    const callback = await callbackOf(started);
    expect(callback.searchParams.get("state")).toBe(started.state);
    expect(received.map((url) => url.searchParams.get("state") === started.state)).toEqual([
      extraCallback === "same",
    ]);
  });
});

describe("an issued client id", () => {
  test("belongs to one account; each registration creates one, and a needless one is a violation", async () => {
    await membersOf();
    simulator.next("authorize", { account: sam });
    await membersOf();
    expect(simulator.violations).toEqual([]);
    await membersOf();
    expect(simulator.registrations.map(({ account }) => account.id)).toEqual([personal, sam, personal]);
    expect(new Set(simulator.registrations.map(({ clientId }) => clientId)).size).toBe(3);
    expect(simulator.violations).toMatchObject([{ kind: "second_registration", request: 3 }]);
  });

  test("keeps its name", async () => {
    const { client } = await register(simulator);
    await membersOf({ client_id: client.client_id, agent_name_hint: "Other" });
    expect(simulator.registrations[0]?.name).toBe("Sample Tool");
    expect(simulator.violations).toMatchObject([{ kind: "name_with_issued_client" }]);
  });

  test("refuses the hint of another user", async () => {
    const { tokens } = await register(simulator);
    simulator.next("authorize", { account: sam });
    const other = await register(simulator);
    const { url } = await attempt(simulator, {
      client_id: other.client.client_id,
      id_token_hint: tokens.id_token,
    });
    const answer = await fetch(url, { redirect: "manual" });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("(id_token_hint)")]);
  });

  test("keeps a refusal of the plan until the user is asked again", async () => {
    simulator.next("authorize", { decision: "identity-only" });
    const { client, tokens } = await register(simulator);
    expect(tokens.scope).not.toContain(PLAN_SCOPE);
    const again = { client_id: client.client_id };
    expect((await membersOf(again))["scope"]).not.toContain(PLAN_SCOPE);
    expect((await membersOf({ ...again, prompt: "consent" }))["scope"]).toContain(PLAN_SCOPE);
    expect((await membersOf(again))["scope"]).toContain(PLAN_SCOPE);
    expect(simulator.violations).toEqual([]);
  });
});

describe("the page", () => {
  beforeEach(async () => {
    await simulator.close();
    simulator = await startChatGPTSimulator();
  });

  /** Submits the form of the page, as a user does in a browser. */
  async function decide(url: URL, decision: string, account = personal ?? ""): Promise<Response> {
    const html = await (await fetch(url)).text();
    const action = /<form method="post" action="([^"]+)"/.exec(html)?.[1]?.replaceAll("&#38;", "&") ?? "";
    const body = new URLSearchParams({ account, decision });
    return fetch(new URL(action, url), { method: "POST", body, redirect: "manual" });
  }

  const locationOf = (answer: Response): URL => new URL(answer.headers.get("location") ?? "");

  test("names the app and offers every account and three decisions", async () => {
    const html = await (await fetch((await attempt(simulator)).url)).text();
    expect(html).toContain("<strong>Sample Tool</strong>");
    for (const { name } of CHATGPT_ACCOUNTS) expect(html).toContain(name.replace("'", "&#39;"));
    for (const decision of ["continue", "identity", "deny"]) expect(html).toContain(`value="${decision}"`);
  });

  test("signs in the selected account", async () => {
    const started = await attempt(simulator);
    const callback = locationOf(await decide(started.url, "continue", team));
    const { tokens } = await redeem(simulator, started, callback);
    expect(tokens.scope).toContain(PLAN_SCOPE);
    expect(simulator.registrations[0]?.account.id).toBe(team);
  });

  test("accepts only the identity, and a denial", async () => {
    const identity = locationOf(await decide((await attempt(simulator)).url, "identity"));
    expect(identity.searchParams.get("scope")).not.toContain(PLAN_SCOPE);
    const denied = locationOf(await decide((await attempt(simulator)).url, "deny"));
    expect(denied.searchParams.get("error")).toBe("access_denied");
    expect(simulator.registrations).toHaveLength(1);
  });

  test("asks again for an issued client id unless there is a hint", async () => {
    const started = await attempt(simulator);
    const { client, tokens } = await redeem(
      simulator,
      started,
      locationOf(await decide(started.url, "continue")),
    );
    const again = await attempt(simulator, { client_id: client.client_id });
    expect(await (await fetch(again.url)).text()).not.toContain('value="identity"');
    expect((await decide(again.url, "continue", sam)).status).toBe(400);
    expect(locationOf(await decide(again.url, "continue")).searchParams.has("code")).toBe(true);
    const hinted = await attempt(simulator, { client_id: client.client_id, id_token_hint: tokens.id_token });
    expect((await callbackOf(hinted)).searchParams.has("code")).toBe(true);
  });
});
