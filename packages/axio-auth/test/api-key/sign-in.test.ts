import { stripVTControlCharacters } from "node:util";
import { AxioError, type ErrorCode } from "axio";
import type { LoginProgress, ProviderSignIn } from "axio/plugin";
import { createApiKeySignIn } from "axio-auth/provider";
import { jsonLines, startMachine } from "test-support/cli-machine";
import { expect, test } from "vitest";
import { apiKeyProfiles } from "../../src/index.ts";

const GOOD = "sk-proj-0123456789abcdefGOOD";
const OTHER = "sk-proj-0123456789abcdefMORE";
const profiles = apiKeyProfiles("depot");

/** Keys that the service was asked about. */
let checked: string[] = [];

function signInWith(account?: string, failure?: ErrorCode): ProviderSignIn {
  checked = [];
  return createApiKeySignIn({
    title: "Sign in with a Depot key",
    keyTitle: "Depot key",
    keyUrl: "https://depot.example/keys",
    variables: ["DEPOT_KEY"],
    owner: "OpenAI",
    load: async () => ({
      profiles,
      check: async (_host, { apiKey }) => {
        checked.push(apiKey);
        if (failure !== undefined) throw new AxioError(failure, "It said no.");
        if (apiKey !== GOOD && apiKey !== OTHER)
          throw new AxioError("unauthenticated", "Depot does not accept the key.");
        return { account };
      },
    }),
  });
}

function machineOf(signIn: ProviderSignIn = signInWith()) {
  return startMachine({
    name: "axio-depot",
    version: "1.0.0",
    purpose: "Use a depot",
    providerName: "depot",
    provider: {
      title: "Depot",
      signIn,
      createTransport: () => {
        throw new AxioError("unexpected", "Not needed here.");
      },
    },
  });
}

const stored = async (home: string, name?: string) =>
  (await profiles.store(name, { env: { HOME: home } }).load())?.apiKey;

test("a key from a pipe is checked with one request and stored", async () => {
  await using machine = await machineOf();
  const login = await machine.run(["login", "--api-key"], { stdin: `  "${GOOD}"\r\n` });
  expect(login.code).toBe(0);
  expect(login.stderr).toContain("Using the API key …GOOD of OpenAI.");
  expect(checked).toEqual([GOOD]);
  expect(await stored(machine.home)).toBe(GOOD);
  const status = await machine.run(["status"]);
  expect(status.stdout).toContain("API key …GOOD");
  expect(login.stderr + login.stdout + status.stdout + status.stderr).not.toContain(GOOD);
});

test("a user who pastes a wrong key is told why and asked again, and sees no key", async () => {
  await using machine = await machineOf(signInWith("Acme"));
  const answers = ["", "sk-ant-api03-0123456789", "sk-wrong-0123456789", GOOD];
  let asked = 0;
  const login = await machine.run(["login"], {
    columns: 80,
    onStderr: (text, stdin) => {
      if (text.endsWith("Depot key (not shown): ")) stdin.write(`${answers[asked++]}\r`);
    },
  });
  expect(login.code).toBe(0);
  expect(asked).toBe(4);
  const shown = stripVTControlCharacters(login.stderr).replaceAll(/\s+/g, " ");
  expect(shown).toContain("https://depot.example/keys");
  expect(shown).toContain("There is no API key in the input");
  expect(shown).toContain("looks like one of Anthropic");
  expect(shown).toContain("Depot does not accept the key.");
  expect(shown).toContain("Signed in as Acme");
  for (const answer of answers.slice(1)) expect(login.stderr).not.toContain(answer);
  // A key of another provider is not sent.
  expect(checked).toEqual(["sk-wrong-0123456789", GOOD]);
});

test("a wrong key from a pipe fails with the reason, and stores nothing", async () => {
  await using machine = await machineOf();
  const login = await machine.run(["login", "--api-key"], { stdin: "sk-wrong-0123456789\n" });
  expect(login.code).not.toBe(0);
  expect(login.stderr.replaceAll(/\s+/g, " ")).toContain("Depot does not accept the key.");
  expect(await stored(machine.home)).toBeUndefined();
});

test("--from-env stores the key of the environment, in any profile", async () => {
  await using machine = await machineOf();
  const env = { DEPOT_KEY: ` ${GOOD}` };
  expect((await machine.run(["login", "--from-env", "--profile", "work"], { env })).code).toBe(0);
  expect(await stored(machine.home, "work")).toBe(GOOD);
  const missing = await machine.run(["login", "--from-env"]);
  expect(missing.code).not.toBe(0);
  expect(missing.stderr.replaceAll(/\s+/g, " ")).toContain("Set DEPOT_KEY");
});

test("status shows the key that counts, and that a stored one does not", async () => {
  await using machine = await machineOf();
  const env = { DEPOT_KEY: OTHER };
  const only = await machine.run(["status"], { env });
  expect(only).toMatchObject({ code: 0 });
  expect(only.stdout).toContain("API key …MORE");
  expect(only.stdout).toContain("the environment variable DEPOT_KEY");
  await machine.run(["login", "--api-key"], { stdin: `${GOOD}\n` });
  const both = (await machine.run(["status"], { env })).stdout.replaceAll(/\s+/g, " ");
  expect(both).toContain("The stored API key …GOOD is not used: DEPOT_KEY is set.");
  expect((await machine.run(["status", "--profile", "default"], { env })).stdout).toContain("…GOOD");
  const broken = await machine.run(["status", "--json"], { env: { DEPOT_KEY: "not a key" } });
  expect(jsonLines(broken.stdout)).toMatchObject([{ profiles: [{ error: { code: "invalid-argument" } }] }]);
});

test("logout deletes the key, and warns if the environment still has one", async () => {
  await using machine = await machineOf();
  await machine.run(["login", "--api-key"], { stdin: `${GOOD}\n` });
  const logout = await machine.run(["logout"], { env: { DEPOT_KEY: OTHER } });
  expect(logout.code).toBe(0);
  expect(logout.stderr.replaceAll(/\s+/g, " ")).toContain("DEPOT_KEY is set: its key is used from now on.");
  expect(await stored(machine.home)).toBeUndefined();
  expect((await machine.run(["status"])).code).toBe(3);
});

test("without a terminal, the error says how to pass a key", async () => {
  await using machine = await machineOf();
  const login = await machine.run(["login"], { stdin: "" });
  expect(login.code).not.toBe(0);
  expect(login.stderr.replaceAll(/\s+/g, " ")).toContain("login --from-env");
});

test.each<ErrorCode>(["forbidden", "not-found", "rate-limit", "usage-limit", "overloaded", "server"])(
  "a check that ends with %s says nothing about the key: it is stored, with a warning",
  async (code) => {
    await using machine = await machineOf(signInWith(undefined, code));
    const login = await machine.run(["login", "--api-key"], { stdin: `${GOOD}\n` });
    expect(login.code).toBe(0);
    expect(login.stderr.replaceAll(/\s+/g, " ")).toContain("could not be checked. It said no.");
    expect(await stored(machine.home)).toBe(GOOD);
  },
);

test.each<ErrorCode>(["network", "protocol", "unsupported-country", "response-timeout"])(
  "a check that ends with %s stores nothing",
  async (code) => {
    await using machine = await machineOf(signInWith(undefined, code));
    expect((await machine.run(["login", "--api-key"], { stdin: `${GOOD}\n` })).code).not.toBe(0);
    expect(await stored(machine.home)).toBeUndefined();
  },
);

test("a sign-in ends if no key is entered in time", async () => {
  await using machine = await machineOf();
  const progress: LoginProgress[] = [];
  const login = signInWith().login(
    {
      appName: "test",
      cwd: machine.home,
      env: { HOME: machine.home },
      settings: {},
      signal: new AbortController().signal,
      onWarning() {},
      requestPermission: async () => ({ allowed: false }),
    },
    {
      timeoutMs: 1,
      onProgress: (step) => progress.push(step),
      readSecret: ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    },
  );
  await expect(login).rejects.toMatchObject({ code: "login-timeout" });
  expect(progress).toEqual([]);
});
