import type { OpenAISimulator } from "axio-simulator";
import { jsonLines, type Machine, startMachine } from "test-support/cli-machine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { COMMAND } from "../src/bin/command.ts";
import { bodies, simulate } from "./support.ts";

let machine: Machine;
beforeEach(async () => {
  machine = await startMachine(COMMAND);
});
afterEach(() => machine[Symbol.asyncDispose]());

const flat = (text: string): string => text.replaceAll(/\s+/g, " ");

/** Signs in to a server at a URL, with its key. */
function login({ baseUrl, apiKey }: OpenAISimulator, ...more: readonly string[]) {
  return machine.run(["login", "--api-key", "--base-url", baseUrl, ...more], { stdin: `${apiKey}\n` });
}

test("a user signs in to OpenAI, lists the models, asks and signs out", async () => {
  const simulator = await simulate();
  const signedIn = await login(simulator, "--server", "openai");
  expect(signedIn).toMatchObject({ code: 0, stdout: "" });
  expect(signedIn.stderr).toContain(`Using the API key …${simulator.apiKey.slice(-4)} of OpenAI.`);
  expect(signedIn.stderr).toContain("~/.config/axio/openai.json");
  expect(flat((await machine.run(["status"])).stdout)).toContain("OpenAI, API key");
  const models = jsonLines((await machine.run(["models", "--json"])).stdout);
  expect(JSON.stringify(models)).toContain("gpt-6.2-sol");
  expect(JSON.stringify(models)).not.toContain("text-embedding");
  expect(await machine.run(["ask", "say Ahoy."])).toMatchObject({ code: 0, stdout: "Ahoy.\n" });
  expect(bodies(simulator)[0]).toMatchObject({ model: "gpt-6.2-sol", store: false });
  expect((await machine.run(["logout"])).code).toBe(0);
  expect((await machine.run(["status"])).code).toBe(3);
  const refused = await machine.run(["ask", "say Ahoy."]);
  expect(refused.code).toBe(3);
  expect(flat(refused.stderr)).toContain("axio-openai login");
});

test("several servers are used side by side, each under its name", async () => {
  const [openai, router, local] = await Promise.all([
    simulate(),
    simulate({ dialect: "openrouter" }),
    simulate({ dialect: "vllm" }),
  ]);
  await login(openai, "--server", "openai");
  await login(router, "--server", "openrouter");
  // A server of one's own needs no key.
  const own = await machine.run(["login", "--api-key", "--base-url", local.baseUrl, "--profile", "lab"], {
    stdin: "\n",
  });
  expect(own.code).toBe(0);
  const status = jsonLines((await machine.run(["status", "--json"])).stdout);
  expect(status).toMatchObject([
    { default: "default", profiles: [{ profile: "default" }, { profile: "lab" }, { profile: "openrouter" }] },
  ]);
  for (const [option, name, simulator] of [
    ["--server", "openai", openai],
    ["--server", "openrouter", router],
    ["--profile", "lab", local],
  ] as const) {
    expect(await machine.run(["ask", option, name, `say I am ${name}.`])).toMatchObject({
      code: 0,
      stdout: `I am ${name}.\n`,
    });
    expect(bodies(simulator)).toHaveLength(1);
  }
  await machine.run(["use", "lab"]);
  expect(await machine.run(["ask", "say Here."])).toMatchObject({ code: 0, stdout: "Here.\n" });
  expect(bodies(local)).toHaveLength(2);
});

test("the key of the environment is enough, and goes only to its server", async () => {
  const simulator = await simulate({ dialect: "openrouter" });
  const env = { OPENROUTER_API_KEY: simulator.apiKey };
  const options = ["--server", "openrouter", "--base-url", simulator.baseUrl];
  expect(await machine.run(["ask", ...options, "say Hello."], { env })).toMatchObject({ code: 0 });
  expect(flat((await machine.run(["status"], { env })).stdout)).toContain("OpenRouter, API key");
  const other = await machine.run(["ask", "say Hello."], { env });
  expect(other.code).toBe(3);
});

test("a key that the server rejects is not stored", async () => {
  const simulator = await simulate();
  const refused = await machine.run(
    ["login", "--api-key", "--server", "openai", "--base-url", simulator.baseUrl],
    { stdin: "sk-wrong-0123456789abcdef\n" },
  );
  expect(refused.code).not.toBe(0);
  expect(flat(refused.stderr)).toContain("does not accept the API key");
  expect(refused.stderr).not.toContain("sk-wrong-0123456789abcdef");
  expect((await machine.run(["status"])).code).toBe(3);
});

test("a revoked key is reported with the way out", async () => {
  const simulator = await simulate();
  await login(simulator, "--server", "openai");
  simulator.revokeKey(simulator.apiKey);
  const refused = await machine.run(["ask", "say Hello."]);
  expect(refused.code).toBe(3);
  expect(flat(refused.stderr)).toContain("OpenAI does not accept the API key");
  expect(flat(refused.stderr)).toContain("axio-openai login");
});

test("an unknown server is an error that lists the known ones", async () => {
  for (const command of [["ask", "Hi"], ["login", "--from-env"], ["models"]]) {
    const { code, stderr } = await machine.run([...command, "--server", "openrooter"]);
    expect(code).not.toBe(0);
    expect(flat(stderr)).toContain('There is no server "openrooter"');
    expect(flat(stderr)).toContain("openrouter");
  }
});

test("http to another machine is refused before anything is sent", async () => {
  const { code, stderr } = await machine.run(["login", "--api-key", "--base-url", "http://192.0.2.1/v1"], {
    stdin: "key-0123456789abcdef\n",
  });
  expect(code).not.toBe(0);
  expect(flat(stderr)).toContain("https://");
});

test("a wrong address is reported before the user is asked for a key", async () => {
  for (const url of ["/v1", "nonsense", "ftp://example.com"]) {
    const { code, stderr } = await machine.run(
      ["login", "--api-key", "--server", "openai", "--base-url", url],
      { stdin: "key-0123456789abcdef\n" },
    );
    expect(code).not.toBe(0);
    expect(stderr).not.toContain("not shown");
    expect(flat(stderr)).toMatch(/https:/);
  }
});

test("a key is checked at the address in OPENAI_BASE_URL, to which requests go, and status shows it", async () => {
  const simulator = await simulate();
  const env = { OPENAI_BASE_URL: simulator.baseUrl, OPENAI_API_KEY: simulator.apiKey };
  const login = await machine.run(["login", "--from-env"], { env });
  expect(login).toMatchObject({ code: 0 });
  expect(simulator.requests.map(({ path, status }) => [path, status])).toEqual([["/v1/models", 200]]);
  expect(flat((await machine.run(["status"], { env })).stdout)).toContain(simulator.baseUrl);
});

test("the name of a server may be a base URL, and the commands that are shown name its profile", async () => {
  const simulator = await simulate();
  const profile = new URL(simulator.baseUrl).host.replace(":", "-");
  const signedIn = await machine.run(["login", "--api-key", "--server", simulator.baseUrl], {
    stdin: `${simulator.apiKey}\n`,
  });
  expect(signedIn.code).toBe(0);
  expect(flat(signedIn.stderr)).toContain(`axio-openai ask --profile ${profile} `);
  expect(await machine.run(["ask", "--profile", profile, "say Ahoy."])).toMatchObject({ stdout: "Ahoy.\n" });
  const signedOut = await machine.run(["logout", "--profile", profile]);
  expect(signedOut.code).toBe(0);
  // It is no key of OpenAI.
  expect(signedOut.stderr).not.toContain("openai.com");
});

test("without a key, a server that needs one is not said to refuse one", async () => {
  const simulator = await simulate();
  const asked = await machine.run(["ask", "say Hi"], { env: { OPENAI_BASE_URL: simulator.baseUrl } });
  expect(asked.code).toBe(3);
  expect(flat(asked.stderr)).toContain("got no API key that it accepts.");
});

test("signing out with a key does not speak of tokens", async () => {
  expect((await machine.run(["--help"])).stdout).toContain("sign out, and delete the key");
});
