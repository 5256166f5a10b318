import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Simulator, startSimulator } from "axio-simulator";
import type { RunOptions } from "test-support/cli-machine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createMachine, pointAt, type TestMachine } from "./support.ts";

let simulator: Simulator;
let machine: TestMachine;
beforeEach(async () => {
  simulator = await startSimulator({ deviceIntervalSeconds: 1 });
  machine = await createMachine();
});
afterEach(async () => {
  await machine[Symbol.asyncDispose]();
  await simulator.close();
});

/** Acts like a user who enters the device code. */
function approving(): RunOptions {
  let approved = false;
  return {
    onStderr(text) {
      const userCode = /([A-Z0-9]{4}-[A-Z0-9]{5})/.exec(text)?.[1];
      if (userCode !== undefined && !approved) approved = simulator.decideDevice(userCode);
    },
  };
}

const bearer = (): string | undefined =>
  simulator.requests.filter(({ path }) => path.endsWith("/responses")).at(-1)?.headers["authorization"];
const tokenOf = async (file: string): Promise<string> =>
  JSON.parse(await readFile(join(machine.home, ".config/axio", file), "utf8")).credentials.accessToken;

test("use selects the default profile of all commands", async () => {
  await machine.signIn(simulator);
  await machine.signIn(simulator, "work");
  const ask = ["ask", "--model", "gpt-5.5", ...pointAt(simulator), "say Hi"];
  expect(await machine.run(["use", "work"])).toEqual({
    code: 0,
    stdout: "",
    stderr: "✓ work is the default now (~/.config/axio/codex-work.json).\n",
  });
  await machine.run(ask);
  expect(bearer()).toBe(`Bearer ${await tokenOf("codex-work.json")}`);
  const { stdout } = await machine.run(["status"]);
  expect(stdout).toMatch(/^● work {2}robin@example\.test, Plus plan {2}\(default\)\n[^●]*● default {2}/);
  expect(JSON.parse((await machine.run(["status", "--json"])).stdout)).toMatchObject({
    default: "work",
    profiles: [{ profile: "work" }, { profile: "default" }],
  });
  await machine.run([...ask, "--profile", "default"]);
  expect(bearer()).toBe(`Bearer ${await tokenOf("codex.json")}`);
  expect(await machine.run(["use", "default", "--json"])).toMatchObject({
    stdout: `${JSON.stringify({
      default: "default",
      store: join(machine.home, ".config/axio/codex.json"),
      signedIn: true,
    })}\n`,
  });
  await machine.run(ask);
  expect(bearer()).toBe(`Bearer ${await tokenOf("codex.json")}`);
});

test("use rejects unknown and invalid names, and lists the profiles", async () => {
  await machine.signIn(simulator, "work");
  const unknown = await machine.run(["use", "wrok"]);
  expect(unknown).toMatchObject({ code: 2 });
  expect(unknown.stderr).toContain("Profiles: default, work");
  expect((await machine.run(["use", "../../etc"])).stderr).toContain("cannot be the name of a profile");
  expect((await machine.run(["use"])).stderr).toContain("axio-codex use work");
  expect((await machine.run(["use", "a", "b"])).code).toBe(2);
  expect((await machine.run(["use", "a", "--store", "./x.json"])).stderr).toContain("cannot be stored in");
  expect((await machine.run(["status"])).stdout).toContain("work");
});

test("use warns about a profile without a sign-in", async () => {
  expect((await machine.run(["use", "default"])).stderr).toContain("You are not signed in there");
});

test("login --store codex-cli stores the sign-in in the official CLI's auth.json, under its profile", async () => {
  const login = [
    "login",
    "--device",
    "--profile",
    "shared",
    "--store",
    "codex-cli",
    "--issuer",
    simulator.issuer,
  ];
  const { code, stderr } = await machine.run(login, approving());
  expect(code).toBe(0);
  expect(stderr).toContain("Stored in ~/.codex/auth.json");
  const document = JSON.parse(await readFile(join(machine.home, ".codex/auth.json"), "utf8"));
  expect(document).toMatchObject({ auth_mode: "chatgpt", OPENAI_API_KEY: null });
  const status = await machine.run(["status", "--profile", "shared"]);
  expect(status.stdout).toContain("stored in  ~/.codex/auth.json");
  expect((await machine.run(["status"])).stdout).toContain("● shared  robin@example.test");
  const logout = await machine.run(["logout", "--profile", "shared", "--issuer", simulator.issuer]);
  expect(logout.stderr).toContain("Signed out");
});

test("--store codex-cli uses the sign-in of the official CLI without a login", async () => {
  const env = { CODEX_HOME: join(machine.home, "elsewhere") };
  const { accessToken, refreshToken, idToken, accountId } = simulator.issueCredentials();
  const tokens = {
    access_token: accessToken,
    refresh_token: refreshToken,
    id_token: idToken,
    account_id: accountId,
  };
  await mkdir(env.CODEX_HOME);
  await writeFile(join(env.CODEX_HOME, "auth.json"), JSON.stringify({ auth_mode: "chatgpt", tokens }));
  expect((await machine.run(["status", "--store", "codex-cli"], { env })).stdout).toContain(
    "● codex-cli  robin@example.test, Plus plan",
  );
  await machine.run(["use", "--store", "codex-cli"], { env });
  await machine.run(["ask", "--model", "gpt-5.5", ...pointAt(simulator), "say Hi"], { env });
  expect(bearer()).toBe(`Bearer ${accessToken}`);
});

test("login prints two lines if the official CLI has an API key", async () => {
  await mkdir(join(machine.home, ".codex"));
  await writeFile(
    join(machine.home, ".codex/auth.json"),
    '{"auth_mode":"apikey","OPENAI_API_KEY":"sk-secret"}',
  );
  const { code, stderr } = await machine.run(["login", "--device", "--store", "codex-cli"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/✗ The official CLI is signed in with an API key.*\n→ .*Run `codex login`/);
  expect(stderr).not.toContain("sk-secret");
});

test("a broken list of profiles causes an error, except with both --profile and --store", async () => {
  await machine.signIn(simulator, "work");
  await writeFile(join(machine.home, ".config/axio/codex.profiles.json"), "{");
  const { code, stderr } = await machine.run(["status"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /✗ The list of profiles in .*codex\.profiles\.json cannot be used.*\n→ Correct or delete it/,
  );
  expect((await machine.run(["status", "--profile", "work", "--store", "file"])).code).toBe(0);
  const login = await machine.run(
    ["login", "--device", "--profile", "work", "--store", "file", "--issuer", simulator.issuer],
    approving(),
  );
  expect(login.code).toBe(0);
  expect(login.stderr).toContain("! The list of profiles");
});
