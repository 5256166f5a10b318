import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ChatGPTSimulator, ChatGPTSimulatorOptions } from "axio-simulator";
import {
  jsonLines,
  type Machine,
  type RunOptions,
  type RunResult,
  startMachine,
} from "test-support/cli-machine";
import { expect, onTestFinished, test } from "vitest";
import { COMMAND } from "../../src/bin/command.ts";
import { type Expected, simulate } from "../support.ts";

const TEAM = "22222222-2222-4222-8222-222222222222";

interface Bench {
  readonly simulator: ChatGPTSimulator;
  readonly machine: Machine;
  /** Runs a command against the simulator, with a browser that follows its switches at once. */
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Returns the path of a file in axio's directory. */
  file(name: string): string;
}

async function bench(options: ChatGPTSimulatorOptions & Expected = {}): Promise<Bench> {
  const simulator = await simulate(options);
  const machine = await startMachine(COMMAND);
  onTestFinished(() => machine[Symbol.asyncDispose]());
  const pages: Promise<unknown>[] = [];
  return {
    simulator,
    machine,
    file: (name) => join(machine.home, ".config/axio", name),
    async run(argv, runOptions = {}) {
      const [command = ""] = argv;
      const servers = ["login", "logout"].includes(command)
        ? ["--issuer", simulator.issuer]
        : ["models", "usage", "ask"].includes(command)
          ? ["--issuer", simulator.issuer, "--base-url", simulator.apiBaseUrl]
          : [];
      const result = await machine.run([...argv, ...servers], {
        env: { NO_COLOR: "1" },
        openBrowser: async (url) => {
          pages.push(fetch(url).then((page) => page.text()));
          return true;
        },
        ...runOptions,
      });
      await Promise.allSettled(pages);
      return result;
    },
  };
}

test("login shows that the plan is used and where to manage it, with a notice the first time", async () => {
  const { run, file, simulator } = await bench();
  const first = await run(["login"]);
  expect(first).toMatchObject({ code: 0, stdout: "" });
  expect(first.stderr).toContain("Continue with ChatGPT");
  expect(first.stderr).toContain("Signed in as robin@example.test");
  expect(first.stderr).toContain("You're using your ChatGPT plan");
  expect(first.stderr).toContain("Using ChatGPT plan. Manage usage: https://chatgpt.com/settings/usage");
  expect((await stat(file("chatgpt.json"))).mode & 0o777).toBe(0o600);
  expect((await stat(file("chatgpt.host.json"))).mode & 0o777).toBe(0o600);
  expect(simulator.registrations).toMatchObject([{ name: "axio" }]);

  const second = await run(["login"]);
  expect(second.stderr).not.toContain("You're using your ChatGPT plan");
  expect(second.stderr).toContain("Using ChatGPT plan");
  expect(simulator.registrations[0]?.hostIds).toHaveLength(1);
});

test("status shows the account without a request", async () => {
  const { run, simulator } = await bench();
  expect((await run(["status"])).code).toBe(3);
  await run(["login"]);
  const requests = simulator.requests.length;
  const { stdout, code } = await run(["status"]);
  expect(code).toBe(0);
  expect(stdout).toContain("robin@example.test");
  expect(stdout).toMatch(/registration +oaiapp_/);
  expect(stdout).toContain("Using ChatGPT plan. Manage usage: https://chatgpt.com/settings/usage");
  const json = jsonLines((await run(["status", "--json"])).stdout)[0];
  expect(json).toMatchObject({ signedIn: true, profiles: [{ usesPlan: true, refreshable: true }] });
  expect(simulator.requests).toHaveLength(requests);
});

test("a user who declines the plan is signed in, and can enable it later", async () => {
  const { run, simulator } = await bench();
  simulator.next("authorize", { decision: "identity-only" });
  const declined = await run(["login"]);
  expect(declined.code).toBe(0);
  expect(declined.stderr).toContain("ChatGPT plan not used. Enable it: axio-chatgpt login --enable-plan");
  expect(declined.stderr).not.toContain("Using ChatGPT plan");
  const response = await run(["ask", "say Hello"]);
  expect(response.code).toBe(1);
  expect(response.stderr).toContain("--enable-plan");
  expect((await run(["login", "--enable-plan"])).stderr).toContain("Using ChatGPT plan");
  expect(await run(["ask", "say Hello"])).toMatchObject({ code: 0, stdout: "Hello\n" });
});

test("several accounts are stored side by side, with one default", async () => {
  const { run, simulator } = await bench();
  await run(["login"]);
  simulator.next("authorize", { account: TEAM });
  await run(["login", "--profile", "team"]);
  const { stdout } = await run(["status"]);
  // Both have the same e-mail address and different client ids.
  const ids = [...stdout.matchAll(/oaiapp_\w+/g)].map(([id]) => id);
  expect(new Set(ids).size).toBe(2);
  expect(stdout).toMatch(/default.*\(default\)/);
  await run(["use", "team"]);
  expect((await run(["status"])).stdout).toMatch(/team.*\(default\)/);
  expect((await run(["ask", "say Hello"])).stdout).toBe("Hello\n");
  expect(simulator.registrations).toHaveLength(2);
});

test("logout reports the result, and keeps the registration", async () => {
  const { run, simulator, file } = await bench();
  await run(["login"]);
  expect((await run(["logout"])).stderr).toContain("Signed out. The tokens are revoked.");
  expect((await run(["status"])).code).toBe(3);
  expect(await run(["ask", "say Hello"])).toMatchObject({ code: 3 });
  await run(["login"]);
  simulator.faults.add("server_error", { target: "revoke", times: 3 });
  const unconfirmed = await run(["logout"]);
  expect(unconfirmed.stderr).toContain("did not confirm");
  expect(unconfirmed.stderr).toContain("disconnect the app in the settings of ChatGPT");
  expect(simulator.registrations).toHaveLength(1);
  await run(["logout", "--forget"]);
  await expect(readFile(file("chatgpt.json"))).rejects.toMatchObject({ code: "ENOENT" });
  // The host id remains.
  await readFile(file("chatgpt.host.json"));
});

test("models lists the models, and usage names the usage page", async () => {
  const { run } = await bench();
  await run(["login"]);
  expect((await run(["models"])).stdout).toContain("gpt-5.6-sol");
  expect((await run(["usage"])).stdout).toBe("Manage usage: https://chatgpt.com/settings/usage\n");
});

test("a used-up plan names the usage page first", async () => {
  const { run } = await bench();
  await run(["login"]);
  const { code, stderr } = await run([
    "ask",
    "fail status code=subscription_sharing_usage_limit_exceeded status=429",
  ]);
  expect(code).toBe(4);
  expect(stderr).toMatch(/^. Manage usage: https:\/\/chatgpt\.com\/settings\/usage/m);
});

test("login over SSH explains the tunnel before the URL, and accepts a port", async () => {
  const { run } = await bench();
  const { stderr, code } = await run(["login", "--browser"], {
    env: { NO_COLOR: "1", SSH_CONNECTION: "10.0.0.1 5 10.0.0.2 22" },
  });
  expect(code).toBe(0);
  const [, port] = /ssh -N -L (\d+):127\.0\.0\.1:\1 /.exec(stderr) ?? [];
  expect(stderr).toContain(encodeURIComponent(`http://127.0.0.1:${port}/auth/callback`));
  expect(stderr.indexOf("ssh -N")).toBeLessThan(stderr.indexOf("/api/accounts/authorize"));
  const wrong = await run(["login", "--port", "99999"]);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("is not a port") });
});

test("login --paste accepts the whole URL", async () => {
  const { run, simulator } = await bench();
  let pasted = false;
  const result = await run(["login", "--paste", "--port", "4712"], {
    columns: 200,
    onStderr(text, stdin) {
      const [url] = /http:\/\/127\.0\.0\.1:\d+\/api\/accounts\/authorize\S+/.exec(text) ?? [];
      if (url === undefined || pasted || !text.includes("Paste the address:")) return;
      pasted = true;
      void fetch(url, { redirect: "manual" }).then((response) =>
        stdin.write(`${response.headers.get("location")}\n`),
      );
    },
  });
  expect(result.code).toBe(0);
  expect(simulator.registrations).toHaveLength(1);
});
