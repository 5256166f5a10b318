import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Simulator, startSimulator } from "axio-simulator";
import { jsonLines } from "test-support/cli-machine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { approveInBrowser, createMachine, type TestMachine } from "./support.ts";

let simulator: Simulator;
let machine: TestMachine;
beforeEach(async () => {
  simulator = await startSimulator({ deviceIntervalSeconds: 0 });
  machine = await createMachine();
});
afterEach(async () => {
  await machine[Symbol.asyncDispose]();
  await simulator.close();
});

const fileOf = (profile: string): string => join(machine.home, ".config/axio", `${profile}.json`);

test("login --device shows the URL, a QR code and the code, and the next command", async () => {
  let approved = false;
  const { code, stdout, stderr } = await machine.run(["login", "--device", "--issuer", simulator.issuer], {
    columns: 80,
    env: { NO_COLOR: "1" },
    onStderr(text) {
      const userCode = /│ {3}([A-Z0-9]{4}-[A-Z0-9]{4,5}) {3}│/.exec(text)?.[1];
      if (userCode !== undefined && !approved) approved = simulator.decideDevice(userCode);
    },
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toContain(`${simulator.origin}/codex/device`);
  expect(stderr).toMatch(/^█{25,}$/m);
  expect(stderr).toContain("✓ Signed in as robin@example.test (Plus plan).");
  expect(stderr).toContain("Stored in ~/.config/axio/codex.json");
  expect(stderr).toContain("Next: axio-codex status");
  expect((await stat(fileOf("codex"))).mode & 0o777).toBe(0o600);
});

test("login --device shows no QR code in a pipe or a narrow terminal", async () => {
  const show = async (columns?: number): Promise<string> => {
    let approved = false;
    const { stderr } = await machine.run(["login", "--device", "--issuer", simulator.issuer], {
      ...(columns === undefined ? {} : { columns }),
      onStderr(text) {
        const userCode = /([A-Z0-9]{4}-[A-Z0-9]{4,5})/.exec(text)?.[1];
        if (userCode !== undefined && !approved) approved = simulator.decideDevice(userCode);
      },
    });
    return stderr;
  };
  expect(await show()).not.toContain("██");
  expect(await show(24)).not.toContain("██");
});

test("login --browser --json prints each step without tokens", async () => {
  const { code, stdout, stderr } = await machine.run(
    ["login", "--browser", "--json", "--profile", "work", "--issuer", simulator.issuer],
    {
      async openBrowser(url) {
        const callback = await approveInBrowser(url);
        void fetch(callback).then((response) => response.text());
        return true;
      },
    },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const steps = jsonLines(stdout);
  expect(steps.map(({ type }) => type)).toEqual(["authorize", "exchanging", "signed-in"]);
  expect(steps.at(-1)).toMatchObject({
    profile: "work",
    email: "robin@example.test",
    plan: "plus",
    refreshable: true,
  });
  const stored = JSON.parse(await readFile(fileOf("codex-work"), "utf8"));
  expect(stdout).not.toContain(stored.credentials.accessToken);
  expect(stdout).not.toContain(stored.credentials.refreshToken);
});

test("login --paste on a terminal asks again after an unusable paste", async () => {
  let pastes = 0;
  const { code, stderr } = await machine.run(["login", "--paste", "--issuer", simulator.issuer], {
    columns: 80,
    env: { NO_COLOR: "1" },
    onStderr(text, stdin) {
      const prompts = text.split("Paste the address:").length - 1;
      if (prompts === 1 && pastes === 0) {
        pastes = 1;
        stdin.write(`${simulator.issuer}/nothing\r`);
      }
      if (text.includes("holds no code") && pastes === 1) {
        pastes = 2;
        const url = /http:\S+\/oauth\/authorize\S+/.exec(text)?.[0] ?? "";
        void approveInBrowser(url).then((callback) => stdin.write(`${callback}\r`));
      }
    },
  });
  expect(code).toBe(0);
  expect(stderr).toContain("Signed in as");
});

test("login --paste fails if the input ends", async () => {
  const { code, stderr } = await machine.run(["login", "--paste", "--issuer", simulator.issuer], {
    stdin: "",
  });
  expect(code).toBe(1);
  expect(stderr).toContain("The input ended too early.");
});

test("login prints two lines if the user declines", async () => {
  const { code, stderr } = await machine.run(["login", "--browser", "--issuer", simulator.issuer], {
    async openBrowser(url) {
      const callback = await approveInBrowser(url, "deny");
      void fetch(callback).then((response) => response.text());
      return true;
    },
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^✗ .*not approved.*\n→ .+\n$/m);
});

test("login exits with 130 after Ctrl-C, and stores nothing", async () => {
  const controller = new AbortController();
  const { code } = await machine.run(["login", "--device", "--issuer", simulator.issuer], {
    signal: controller.signal,
    onStderr: (text) => text.includes("enter this code") && controller.abort(),
  });
  expect(code).toBe(130);
  await expect(stat(fileOf("codex"))).rejects.toThrow("ENOENT");
});

test("login prints which account it may replace", async () => {
  await machine.signIn(simulator);
  const { code, stderr } = await machine.run(["login", "--browser", "--issuer", simulator.issuer], {
    async openBrowser(url) {
      void fetch(await approveInBrowser(url)).then((response) => response.text());
      return true;
    },
  });
  expect(code).toBe(0);
  expect(stderr).toContain("You are signed in as robin@example.test. Another account replaces it");
  expect(stderr).toContain("axio-codex login --profile NAME");
});

test("status exits with 3 for a token that has expired and cannot be refreshed", async () => {
  await machine.signIn(simulator, undefined, -5);
  expect((await machine.run(["status"])).code).toBe(0);
  const path = fileOf("codex");
  const document = JSON.parse(await readFile(path, "utf8"));
  document.credentials.refreshToken = "";
  await writeFile(path, JSON.stringify(document));
  const { code, stdout, stderr } = await machine.run(["status"]);
  expect(code).toBe(3);
  expect(stdout).toMatch(/^✗ default .*\n(?:.*\n)*.*expired .* ago, then sign in again/);
  expect(stderr).toBe("Sign in: axio-codex login\n");
  const json = await machine.run(["status", "--json"]);
  expect(json.code).toBe(3);
  expect(jsonLines(json.stdout)[0]).toMatchObject({ signedIn: false, profiles: [{ signedIn: false }] });
});

test("all times in JSON are Unix milliseconds", async () => {
  await machine.signIn(simulator);
  const point = ["--base-url", simulator.baseUrl, "--issuer", simulator.issuer];
  const outputs = [
    await machine.run(["status", "--json"]),
    await machine.run(["usage", "--json", ...point]),
    await machine.run(["login", "--browser", "--json", "--issuer", simulator.issuer], {
      async openBrowser(url) {
        void fetch(await approveInBrowser(url)).then((response) => response.text());
        return true;
      },
    }),
  ].flatMap(({ stdout }) => jsonLines(stdout));
  const times: number[] = [];
  JSON.stringify(outputs, (name, value: unknown) => {
    if (/At$/.test(name) && typeof value === "number") times.push(value);
    return value;
  });
  expect(times.length).toBeGreaterThan(3);
  for (const time of times) expect(Math.abs(time - Date.now())).toBeLessThan(40 * 24 * 3_600_000);
});

test("status exits with 3 without a sign-in, and names the login command", async () => {
  const { code, stdout, stderr } = await machine.run(["status"]);
  expect(code).toBe(3);
  expect(stdout).toBe("○ default  not signed in\n");
  expect(stderr).toBe("Sign in: axio-codex login\n");
  expect(await machine.run(["status", "--profile", "work"])).toMatchObject({
    code: 3,
    stderr: "Sign in: axio-codex login --profile work\n",
  });
});

test("status lists all profiles without a request, including unusable ones", async () => {
  await machine.signIn(simulator);
  await machine.signIn(simulator, "work", -60);
  await writeFile(fileOf("codex-odd"), "{ no json");
  const before = simulator.requests.length;
  const { code, stdout } = await machine.run(["status"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^● default {2}robin@example\.test, Plus plan {2}\(default\)\n {4}workspace {2}1{8}/,
  );
  expect(stdout).toMatch(/token {6}expires in (10 d|9 d 23 h), refreshed automatically/);
  expect(stdout).toMatch(/^✗ odd /m);
  expect(stdout).toMatch(/● work .*\n.*\n {4}token {6}expired 1 min ago, refreshed automatically/);
  expect(simulator.requests.length).toBe(before);
  const json = JSON.parse((await machine.run(["status", "--json"])).stdout);
  expect(json).toMatchObject({
    signedIn: true,
    profiles: [
      { profile: "default", signedIn: true, email: "robin@example.test", plan: "plus" },
      { profile: "odd", signedIn: false, error: { code: "credentials-malformed" } },
      { profile: "work", signedIn: true },
    ],
  });
  expect(JSON.stringify(json)).not.toContain("eyJ");
});

test("--store accepts the path of a file", async () => {
  const path = join(machine.home, "own.json");
  expect(await machine.run(["status", "--store", path, "--json"])).toMatchObject({ code: 3 });
  const spaced = await machine.run(["status", "--store", "./my file.json"]);
  expect(spaced.stderr).toBe("Sign in: axio-codex login --store './my file.json'\n");
  await writeFile(path, JSON.stringify(simulator.issueCredentials()), { mode: 0o600 });
  expect(await machine.run(["status", "--store", path])).toMatchObject({ code: 0 });
});

test("logout revokes and deletes the sign-in, and may be repeated", async () => {
  await machine.signIn(simulator);
  const first = await machine.run(["logout", "--issuer", simulator.issuer]);
  expect(first.code).toBe(0);
  expect(first.stderr).toContain("✓ Signed out. The tokens are revoked.");
  expect(simulator.stats.revocations).toBe(1);
  await expect(stat(fileOf("codex"))).rejects.toThrow("ENOENT");
  const again = await machine.run(["logout", "--json", "--issuer", simulator.issuer]);
  expect(again.code).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({ signedOut: false, revoked: false });
});
