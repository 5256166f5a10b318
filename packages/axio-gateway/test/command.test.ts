import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import type { CliIo } from "axio-cli";
import { ChatGPTTransport } from "axio-transport-chatgpt";
import { expect, onTestFinished, test } from "vitest";
import { runGateway } from "../src/cli/main.ts";
import { createKey, Gateway } from "../src/index.ts";
import { LIMIT_TEXTS } from "../src/limits/key-limits.ts";

interface Machine {
  /** Runs the command. Resolves with its exit code and output. */
  run(
    ...argv: readonly string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  /** Starts the command. */
  start(...argv: readonly string[]): { readonly out: () => string; readonly stop: () => Promise<number> };
  readonly config: string;
}

async function machine(): Promise<Machine> {
  const config = await mkdtemp(join(tmpdir(), "axio-gateway-"));
  onTestFinished(() => rm(config, { recursive: true, force: true }));
  const start = (argv: readonly string[]) => {
    const abort = new AbortController();
    const texts = { out: "", err: "" };
    const stream = (name: "out" | "err"): PassThrough => {
      const pipe = new PassThrough();
      pipe.on("data", (chunk: Buffer) => {
        texts[name] += chunk.toString("utf8");
      });
      return pipe;
    };
    const io: CliIo = {
      stdin: Readable.from([]),
      stdout: stream("out"),
      stderr: stream("err"),
      env: { XDG_CONFIG_HOME: config, HOME: config, NO_COLOR: "1" },
      cwd: config,
      signal: abort.signal,
      interrupt: () => abort.abort(),
      now: Date.now,
    };
    return { code: runGateway(argv, io), abort, texts };
  };
  return {
    config,
    run: async (...argv) => {
      const { code, texts } = start(argv);
      return { code: await code, ...texts };
    },
    start: (...argv) => {
      const { code, abort, texts } = start(argv);
      return {
        out: () => texts.out,
        stop: () => {
          abort.abort();
          return code;
        },
      };
    },
  };
}

test("a key is shown once and stored as a hash that only the user can read", async () => {
  const { run, config } = await machine();
  const created = JSON.parse(
    (await run("keys", "create", "editor", "--tokens-per-day", "9", "--plan-percent", "20", "--json")).out,
  ) as {
    key: string;
  };
  expect(created.key).toMatch(/^axk_[\w-]{43}$/);
  const path = join(config, "axio", "gateway-keys.json");
  expect(await readFile(path, "utf8")).not.toContain(created.key);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const listed = (await run("keys", "list")).out;
  expect(listed).toContain("editor");
  expect(listed).toContain("9 tokens a day  20 % of the plan");
  expect((await run("keys", "create", "editor")).code).not.toBe(0);
  expect((await run("keys", "revoke", "editor")).code).toBe(0);
  expect((await run("keys", "list")).out).toContain("There are no keys");
});

test.each(Object.values(LIMIT_TEXTS))(
  "keys create sets the limit $option, and keys list shows it",
  async ({ option, unit }) => {
    const { run } = await machine();
    expect(await run("keys", "create", "editor", option, "9")).toMatchObject({ code: 0 });
    expect((await run("keys", "list")).out).toContain(`9 ${unit}`);
    expect((await run("keys", "create", "other", option, "0")).err).toContain("a number from 1");
  },
);

test("each command has help", async () => {
  const { run } = await machine();
  const help = await run("keys", "create", "--help");
  expect(help.code).toBe(0);
  for (const { option } of Object.values(LIMIT_TEXTS)) expect(help.out).toContain(option);
});

test("the first start creates a key, prints the variables of clients, and serves", async () => {
  const { start } = await machine();
  const gateway = start("--port", "0");
  await expect.poll(gateway.out, { timeout: 10_000 }).toContain("ANTHROPIC_BASE_URL");
  const [, url = "", secret = ""] =
    /OPENAI_BASE_URL=(\S+) OPENAI_API_KEY=(axk_\S+)/.exec(gateway.out()) ?? [];
  expect((await fetch(`${url}/models`, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(200);
  expect((await fetch(`${url}/models`)).status).toBe(401);
  expect(await gateway.stop()).toBe(0);
});

test.each([
  [["--provider", "nope"], "npm install axio-transport-nope"],
  [["--provider", "chatgpt"], "connected application only"],
  [["--listen", "0.0.0.0"], "--insecure-http"],
  [["--model-map", "x"], "FROM=TO"],
  [["--port", "70000"], "0 to 65535"],
  [["keys", "create", "editor", "--plan-percent", "101"], "1 to 100"],
  [["keys", "revoke", "none"], "keys list"],
  [["keys", "create"], "axio-gateway keys create --help"],
  [["keys", "create", "editor", "--tokens-a-day", "9"], "--tokens-per-day"],
])("%j says what to do", async (argv, advice) => {
  const { run } = await machine();
  const { code, err } = await run(...argv);
  expect(code).not.toBe(0);
  expect(err).toContain(advice);
});

test("Sign in with ChatGPT is refused, but for the connected application", () => {
  const transport = new ChatGPTTransport();
  const { key } = createKey({ name: "x" });
  expect(() => new Gateway({ transport, keys: [key] })).toThrow(/Sign in with ChatGPT/);
  expect(() => new Gateway({ transport, keys: [key], isConnectedApplication: true })).not.toThrow();
});

test.each(Object.values(LIMIT_TEXTS))("the README names $option", async ({ option }) => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  expect(readme).toContain(`\`${option}\``);
});
