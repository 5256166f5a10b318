import { stripVTControlCharacters } from "node:util";
import { jsonLines, startMachine } from "test-support/cli-machine";
import { expect, test } from "vitest";
import { COMMAND } from "../src/bin/command.ts";
import { bodiesOf, simulate } from "./support/simulator.ts";

const plain = (text: string): string => stripVTControlCharacters(text).replaceAll(/\s+/g, " ");

async function start() {
  const simulator = await simulate({ apiKey: "sk-ant-api03-0123456789abcdGOOD" });
  const machine = await startMachine(COMMAND);
  const env = { ANTHROPIC_BASE_URL: simulator.baseUrl };
  const run = (argv: readonly string[], options: Parameters<typeof machine.run>[1] = {}) =>
    machine.run(argv, { ...options, env: { ...env, ...options.env } });
  return { simulator, machine, run };
}

test("login checks and stores a key; status, models, ask and logout use it", async () => {
  const { simulator, machine, run } = await start();
  await using _ = machine;
  const login = await run(["login", "--api-key"], { stdin: ` "${simulator.apiKey}"\r\n` });
  expect([login.code, plain(login.stderr)]).toEqual([
    0,
    expect.stringContaining("Using the API key …GOOD of Anthropic."),
  ]);
  expect(simulator.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /v1/models"]);
  expect((await run(["status"])).stdout).toContain("API key …GOOD");
  expect((await run(["models"])).stdout).toContain("claude-sonnet-5-5");
  const ask = await run(["ask", "say Hello from Claude."]);
  expect([ask.code, ask.stdout.trim()]).toEqual([0, "Hello from Claude."]);
  const told = await run(["ask", "say Hi.", "--model", "claude-haiku-5-5", "--json"]);
  expect(jsonLines(told.stdout).at(-1)).toMatchObject({ type: "run-end", reason: "end" });
  expect(bodiesOf(simulator).map(({ model }) => model)).toEqual(["claude-sonnet-5-5", "claude-haiku-5-5"]);
  for (const { stdout, stderr } of [login, ask, told])
    expect(stdout + stderr).not.toContain(simulator.apiKey);
  expect((await run(["logout"])).code).toBe(0);
  const after = await run(["ask", "say Hi."]);
  expect([after.code === 0, plain(after.stderr)]).toEqual([
    false,
    expect.stringContaining("axio-anthropic login"),
  ]);
});

test("the key of the environment works without a sign-in", async () => {
  const { simulator, machine, run } = await start();
  await using _ = machine;
  const env = { ANTHROPIC_API_KEY: simulator.apiKey };
  expect((await run(["ask", "say Hello."], { env })).stdout.trim()).toBe("Hello.");
  expect((await run(["login", "--from-env", "--profile", "work"], { env })).code).toBe(0);
  expect((await run(["ask", "say Hello.", "--profile", "work"])).stdout.trim()).toBe("Hello.");
});

test.each([
  ["sk-ant-api03-0123456789abcWRONG", "does not accept the API key"],
  ["sk-ant-oat01-0123456789abcdef0", "token of a Claude subscription"],
  ["sk-proj-0123456789abcdef01234", "looks like one of OpenAI"],
  ["", "There is no API key"],
  ["two words", "blanks"],
])("the key %j is refused, and not stored: %s", async (key, words) => {
  const { simulator, machine, run } = await start();
  await using _ = machine;
  const login = await run(["login", "--api-key"], { stdin: `${key}\n` });
  expect([login.code === 0, plain(login.stderr)]).toEqual([false, expect.stringContaining(words)]);
  expect(simulator.requests.length).toBe(words.startsWith("does not") ? 1 : 0);
  if (key !== "") expect(login.stderr + login.stdout).not.toContain(key);
  expect((await run(["status"])).code).not.toBe(0);
});

test("a revoked key is an error that says what to do", async () => {
  const { simulator, machine, run } = await start();
  await using _ = machine;
  await run(["login", "--api-key"], { stdin: `${simulator.apiKey}\n` });
  simulator.revokeKey(simulator.apiKey);
  const ask = await run(["ask", "say Hi."]);
  expect([ask.code === 0, plain(ask.stderr)]).toEqual([
    false,
    expect.stringContaining("axio-anthropic login"),
  ]);
});

test("settings are options of the command", async () => {
  const { simulator, machine, run } = await start();
  await using _ = machine;
  const env = { ANTHROPIC_API_KEY: simulator.apiKey };
  const ask = await run(
    ["ask", "say Hi.", "--base-url", `${simulator.baseUrl}/v1/`, "--max-tokens", "500", "--effort", "low"],
    { env },
  );
  expect(ask.stdout.trim()).toBe("Hi.");
  expect(bodiesOf(simulator)[0]).toMatchObject({ max_tokens: 500 });
});
