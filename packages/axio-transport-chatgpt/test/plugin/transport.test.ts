import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AxioError } from "axio";
import type { PluginHost } from "axio/plugin";
import type { ChatGPTSimulator } from "axio-simulator";
import { expect, it, onTestFinished } from "vitest";
import { transport } from "../../src/plugin/index.ts";
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

/** Keeps a sign-in that nobody had to make. */
async function keep(host: PluginHost, simulator: ChatGPTSimulator, identityOnly = false): Promise<string> {
  const credentials = issued(simulator, { identityOnly });
  await CHATGPT_PROFILES.store(undefined, host).update(async () => credentials);
  return credentials.clientId;
}

it("says who is signed in, and that the plan is used", async () => {
  const simulator = await simulate();
  const { host } = await hostOf(simulator);
  expect(await transport.account?.(host, {})).toBeUndefined();
  await keep(host, simulator);
  expect(await transport.account?.(host, {})).toEqual({
    label: "robin@example.test",
    planUse: { isOn: true, label: "Using ChatGPT plan" },
  });
  expect(transport.usageUrl).toBe("https://chatgpt.com/settings/usage");
  // The service does not tell an app what is left.
  expect(transport.usage).toBeUndefined();
});

it("answers on the sign-in of its profile", async () => {
  const simulator = await simulate();
  const { host } = await hostOf(simulator);
  await keep(host, simulator);
  const opened = await transport.create(host, {});
  expect(opened.name).toBe("ChatGPT plan");
  expect(await textOf(opened.stream(asking("say Hello there")))).toContain("Hello there");
  opened.close?.();
});

it("knows an account whose plan is not used, and asks nothing in its name", async () => {
  const simulator = await simulate();
  const { host } = await hostOf(simulator);
  await keep(host, simulator, true);
  expect(await transport.account?.(host, {})).toMatchObject({
    planUse: { isOn: false, label: "ChatGPT plan not used" },
  });
  const opened = await transport.create(host, {});
  const error = await failureOf(textOf(opened.stream(asking("Hello"))));
  expect(error.code).toBe("not-entitled");
  expect(simulator.requests.filter(({ path }) => path.startsWith("/v1/"))).toEqual([]);
});

it("signs out, says what that achieved, and keeps the registration", async () => {
  const simulator = await simulate();
  const { host } = await hostOf(simulator);
  const clientId = await keep(host, simulator);
  expect(await transport.logout?.(host, {})).toBe("Signed out. The tokens are worthless now.");
  expect(await transport.account?.(host, {})).toBeUndefined();
  expect(await CHATGPT_PROFILES.store(undefined, host).load()).toMatchObject({ clientId, accessToken: "" });
});
