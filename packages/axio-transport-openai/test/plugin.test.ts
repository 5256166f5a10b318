import type { JsonObject } from "axio";
import type { PluginHost } from "axio/plugin";
import { startMachine } from "test-support/cli-machine";
import { expect, onTestFinished, test } from "vitest";
import { COMMAND } from "../src/bin/command.ts";
import { provider } from "../src/plugin/index.ts";
import { asking, bodies, failureOf, simulate, textOf } from "./support.ts";

/** An app with a home of its own, and these settings for the provider. */
async function hostWith(settings: JsonObject, env: Record<string, string> = {}): Promise<PluginHost> {
  const machine = await startMachine(COMMAND);
  onTestFinished(() => machine[Symbol.asyncDispose]());
  return {
    appName: "axio",
    cwd: machine.home,
    env: { HOME: machine.home, ...env },
    settings,
    signal: new AbortController().signal,
    onWarning() {},
    requestPermission: async () => ({ allowed: false }),
  };
}

test("a server of the settings is a profile, with its models and its key from a variable", async () => {
  const simulator = await simulate({ dialect: "vllm", switches: { keyless: false } });
  const models = [{ id: "Qwen/Qwen3-8B", contextWindow: 32_768, inputPerMillion: 1, outputPerMillion: 2 }];
  const lab = { baseUrl: simulator.baseUrl, preset: "vllm", title: "Lab", keyVariable: "LAB_KEY", models };
  const host = await hostWith({ servers: { lab } }, { LAB_KEY: simulator.apiKey });
  const profiles = await provider.signIn?.profiles(host);
  expect(profiles?.find(({ name }) => name === "lab")?.account?.label).toBe(
    `Lab, API key …${simulator.apiKey.slice(-4)}`,
  );
  const transport = await provider.createTransport(host, { profile: "lab" });
  expect(transport.name).toBe("Lab");
  expect(transport.models.get("Qwen/Qwen3-8B").contextWindow).toBe(32_768);
  expect(await textOf(transport.stream(asking("say Hi", { model: "Qwen/Qwen3-8B" })))).toBe("Hi");
});

test("in a new profile, the user names the server: by its name or its address", async () => {
  const simulator = await simulate({ dialect: "ollama" });
  const host = await hostWith({});
  const asked: string[] = [];
  const problems: string[] = [];
  const login = (profile: string, servers: readonly string[], key: string) =>
    provider.signIn?.login(host, {
      profile,
      onProgress: (step) => {
        if (step.type === "input-rejected") problems.push(step.error.message);
      },
      readText: async ({ title }) => {
        asked.push(title);
        return servers[asked.length - 1] ?? "";
      },
      readSecret: async ({ isOptional }) => {
        asked.push(`a key${isOptional === true ? ", or nothing" : ""}`);
        return key;
      },
    });
  const mine = await login("mine", ["no-such-server", simulator.baseUrl], "");
  expect(problems).toEqual([expect.stringContaining("openrouter")]);
  expect(mine?.account.label).toContain("without a key");
  const question = expect.stringContaining("base URL");
  expect(asked).toEqual([question, question, "a key, or nothing"]);
  const transport = await provider.createTransport(host, { profile: "mine" });
  expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
  expect(bodies(simulator)).toHaveLength(1);
});

test("a sign-in that asks for the service stores another server in a profile of its own", async () => {
  const simulator = await simulate({ dialect: "ollama" });
  const host = await hostWith({});
  const answers = [simulator.baseUrl, ""];
  const login = (profile?: string) =>
    provider.signIn?.login(host, {
      profile,
      asksForService: true,
      readText: async ({ isOptional }) => (isOptional === true ? (answers.shift() ?? "") : ""),
      readSecret: async () => "",
    });
  const own = await login("default");
  expect(own).toMatchObject({ name: new URL(simulator.baseUrl).host.replace(":", "-"), isDefault: false });
  expect(own?.account.usageUrl).toBeNull();
  // An empty line keeps the server of the profile.
  expect((await login(own?.name))?.account.label).toBe(own?.account.label);
  expect(answers).toEqual([]);
});

test.each<readonly [string, JsonObject, string]>([
  ["a key", { apiKey: "sk-secret-0123456789" }, "no place for keys"],
  ["an unknown member", { baseURL: "https://example.com" }, "servers.lab.baseURL"],
  ["a wrong preset", { preset: "vlm" }, "servers.lab.preset"],
  ["a wrong address", { baseUrl: 7 }, "servers.lab.baseUrl"],
  ["wrong models", { baseUrl: "https://example.com", models: [{}] }, "servers.lab.models[0]"],
  ["no address", {}, "baseUrl"],
])(
  "%s in the settings of a server is an error that names it, without a secret",
  async (_name, lab, words) => {
    const host = await hostWith({ servers: { lab } });
    const error = await failureOf(async () => provider.createTransport(host, { profile: "lab" }));
    expect(error.code).toBe("invalid-argument");
    expect(error.message).toContain(words);
    expect(error.message).not.toContain("sk-secret");
  },
);
