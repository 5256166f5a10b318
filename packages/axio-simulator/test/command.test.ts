import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { bundleScript } from "test-support/bundle-script";
import { expect, onTestFinished, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../../..");
const BIN = await bundleScript(resolve(import.meta.dirname, "../src/bin.ts"));

function run(...args: string[]): { lines: AsyncIterator<string>; ended: Promise<unknown[]>; stop(): void } {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [BIN, ...args], { cwd: ROOT, env });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stderr.resume();
  return { lines, ended: once(child, "exit"), stop: () => void child.kill("SIGINT") };
}

/** The first line that matches. Throws if the output ends before it. */
async function lineWith(lines: AsyncIterator<string>, pattern: RegExp): Promise<string> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) throw new Error(`No line with ${pattern}.`);
    if (pattern.test(value)) return value;
  }
}

test("--route chatgpt serves the documented route and prints violations", {
  timeout: 60_000,
}, async () => {
  const { lines, ended, stop } = run("--route", "chatgpt", "--port", "0");
  const line = await lineWith(lines, /^ {2}issuer/);
  const issuer = line.trim().split(/\s+/)[1] ?? "";
  const discovered = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  expect(discovered).toMatchObject({ token_endpoint: `${issuer}/api/accounts/oauth/token` });
  await fetch(`${issuer}/backend-api/codex/models`);
  expect(await lineWith(lines, /backend_path/)).toBe(
    "Request 2: a call of /backend-api/codex/models (backend_path)",
  );
  stop();
  expect(await ended).toEqual([0, null]);
});

test("an unknown route is an error with the usage", { timeout: 60_000 }, async () => {
  expect(await run("--route", "elsewhere").ended).toEqual([1, null]);
});

test("--scenario answers any prompt, and the printed variables connect a client", {
  timeout: 60_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "axio-scenario-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const scenario = join(folder, "scenario.json");
  await writeFile(scenario, JSON.stringify(["Prepared."]));
  const { lines, ended, stop } = run(
    ...["--route", "openai", "--port", "0", "--pace", "0", "--api-key", "sk-test", "--scenario", scenario],
  );
  const [, baseUrl = ""] = /=(http.*)$/.exec(await lineWith(lines, /export OPENAI_BASE_URL=/)) ?? [];
  expect(await lineWith(lines, /OPENAI_API_KEY/)).toBe("export OPENAI_API_KEY=sk-test");
  const response = await fetch(`${baseUrl}/responses`, {
    method: "POST",
    headers: { authorization: "Bearer sk-test", "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-4.1", input: "Anything" }),
  });
  expect(JSON.stringify(await response.json())).toContain("Prepared.");
  stop();
  expect(await ended).toEqual([0, null]);
});

test("a scenario that is not a list of responses is an error that names the file", {
  timeout: 60_000,
}, async () => {
  expect(await run("--scenario", "package.json").ended).toEqual([1, null]);
});
