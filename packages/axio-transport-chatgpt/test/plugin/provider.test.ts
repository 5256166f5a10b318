import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AxioError } from "axio";
import type { PluginHost, ProviderAccount, ProviderSignIn } from "axio/plugin";
import type { ChatGPTSimulator } from "axio-simulator";
import { expect, it, onTestFinished } from "vitest";
import { provider } from "../../src/plugin/index.ts";
import { CHATGPT_PROFILES } from "../../src/profile-store.ts";
import { asking, failureOf, issued, simulate, textOf } from "../support.ts";

async function hostOf({ issuer, apiBaseUrl }: ChatGPTSimulator): Promise<{
  readonly host: PluginHost;
  readonly warnings: (AxioError | string)[];
}> {
  const home = await mkdtemp(join(tmpdir(), "axio-plugin-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const warnings: (AxioError | string)[] = [];
  const host: PluginHost = {
    appName: "Sample Tool",
    cwd: home,
    env: { XDG_CONFIG_HOME: home },
    settings: { issuer, baseUrl: apiBaseUrl },
    signal: new AbortController().signal,
    onWarning: (warning) => warnings.push(warning),
    requestPermission: async () => ({ allowed: false }),
  };
  return { host, warnings };
}

/** Stores a sign-in without a browser. */
async function store(host: PluginHost, simulator: ChatGPTSimulator, identityOnly = false): Promise<string> {
  const credentials = issued(simulator, { identityOnly });
  await CHATGPT_PROFILES.store(undefined, host).update(async () => credentials);
  return credentials.clientId;
}

function signIn(): ProviderSignIn {
  if (provider.signIn === undefined) throw new Error("There is no sign-in.");
  return provider.signIn;
}

async function account(host: PluginHost): Promise<ProviderAccount | undefined> {
  return (await signIn().profile(host, {})).account;
}

it("describes the account, and that the plan is used", async () => {
  const simulator = await simulate();
  const { host } = await hostOf(simulator);
  expect(await account(host)).toBeUndefined();
  const clientId = await store(host, simulator);
  expect(await account(host)).toMatchObject({
    label: "robin@example.test",
    id: clientId,
    isRefreshable: true,
    planUse: { isOn: true, label: "Using ChatGPT plan" },
  });
  expect(provider.usageUrl).toBe("https://chatgpt.com/settings/usage");
  // The service does not report rate limits.
  expect(provider.fetchRateLimits).toBeUndefined();
});

it("shows no credential through the contract", async () => {
  const simulator = await simulate();
  const { host } = await hostOf(simulator);
  await store(host, simulator);
  const {
    accessToken = "",
    refreshToken = "",
    idToken = "",
  } = (await CHATGPT_PROFILES.store(undefined, host).load()) ?? {};
  const seen = JSON.stringify([await signIn().profiles(host), await signIn().profile(host, {})]);
  for (const secret of [accessToken, refreshToken, idToken]) {
    expect(secret).not.toBe("");
    expect(seen).not.toContain(secret);
  }
});

it("creates a transport on the sign-in of the profile", async () => {
  const simulator = await simulate();
  const { host } = await hostOf(simulator);
  await store(host, simulator);
  const transport = await provider.createTransport(host, {});
  expect(transport.name).toBe("ChatGPT plan");
  expect(await textOf(transport.stream(asking("say Hello there")))).toContain("Hello there");
  transport.close?.();
});

it("sends no request for an account whose plan is not used", async () => {
  const simulator = await simulate();
  const { host } = await hostOf(simulator);
  await store(host, simulator, true);
  expect(await account(host)).toMatchObject({
    planUse: { isOn: false, label: "ChatGPT plan not used" },
  });
  const transport = await provider.createTransport(host, {});
  const error = await failureOf(textOf(transport.stream(asking("Hello"))));
  expect(error.code).toBe("not-entitled");
  expect(simulator.requests.filter(({ path }) => path.startsWith("/v1/"))).toEqual([]);
});

it("signs out and keeps the registration", async () => {
  const simulator = await simulate();
  const { host } = await hostOf(simulator);
  const clientId = await store(host, simulator);
  expect(await signIn().logout(host, {})).toMatchObject({ signedOut: true, revoked: true });
  expect(await account(host)).toBeUndefined();
  expect(await CHATGPT_PROFILES.store(undefined, host).load()).toMatchObject({ clientId, accessToken: "" });
});

it("declares the stores that the profiles have", async () => {
  const simulator = await simulate();
  const { host } = await hostOf(simulator);
  for (const { name } of signIn().stores) {
    const { location } = await signIn()
      .profile(host, { profile: "work", store: name })
      .catch(() => ({ location: "" }));
    expect(location).not.toBe("");
  }
});
