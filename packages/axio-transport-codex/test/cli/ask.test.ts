import { readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Simulator, startSimulator } from "axio-simulator";
import { jsonLines, type RunOptions, type RunResult } from "test-support/cli-machine";
import { LINUX, needs } from "test-support/requirements";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createMachine, pointAt, type TestMachine } from "./support.ts";

let simulator: Simulator;
let machine: TestMachine;
beforeEach(async () => {
  simulator = await startSimulator();
  machine = await createMachine();
  await machine.signIn(simulator);
});
afterEach(async () => {
  await machine[Symbol.asyncDispose]();
  await simulator.close();
});

const ask = (argv: readonly string[], options?: RunOptions): Promise<RunResult> =>
  machine.run(["ask", ...pointAt(simulator), ...argv], options);

const lastBody = (): { readonly [name: string]: unknown } => {
  const request = simulator.requests.findLast(({ path }) => path.endsWith("/responses"));
  return request?.json as { readonly [name: string]: unknown };
};

test("prints the response to stdout unchanged, and reasoning and activity to stderr", async () => {
  const { code, stdout, stderr } = await ask(["think Let me see.\nsay One\\n\nsay \\tTwo\nsearch cats"]);
  expect(code).toBe(0);
  expect(stdout).toBe("One\n\n\tTwo\n");
  expect(stderr).toContain("Let me see.");
  expect(stderr).toContain("runs web search");
});

test("shows tool calls, which have no tools", async () => {
  const { stdout, stderr } = await ask(['call read_file {"path":"x"}\nthen\nsay done']);
  expect(stderr).toContain("calls read_file");
  expect(stderr).toContain("read_file failed");
  expect(stdout).toBe("done\n");
});

test("escapes control characters on a terminal, and leaves them unchanged in a pipe", async () => {
  const prompt = "say a\u001b]0;title\u0007b\u009b2Jc";
  expect((await ask([prompt], { columns: 80 })).stdout).toBe("a\\x1b]0;title\\x07b\\x9b2Jc\n");
  expect((await ask([prompt])).stdout).toBe("a\u001b]0;title\u0007b\u009b2Jc\n");
});

test("--json prints each event as a line", async () => {
  const { code, stdout, stderr } = await ask(["--json", "think Hm.\nsay Hi"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const events = jsonLines(stdout);
  expect(events.at(-1)).toMatchObject({ type: "run-end", reason: "end" });
  expect(events).toContainEqual({ type: "text-delta", index: 1, phase: "final", delta: "Hi" });
});

test.each([[[]], [["--json"]]])("retries before the first event are shown on stderr: %j", async (options) => {
  simulator.faults.add({ name: "rate_limit_ms", parameters: { "retry-after-ms": "1" } }, { times: 2 });
  const { code, stdout, stderr } = await ask([...options, "say Hi"]);
  expect(code).toBe(0);
  expect(stdout).toContain("Hi");
  expect(stderr.split("\n")).toEqual([
    expect.stringMatching(/^[·-] retrying 1 of 10 now: \w/),
    expect.stringMatching(/^[·-] retrying 2 of 10 now: \w/),
    "",
  ]);
});

test("reads piped input below the words, without a -", async () => {
  expect((await ask(["say words"], { stdin: "say piped" })).stdout).toBe("words\npiped\n");
  expect((await ask(["say words"], { stdin: "" })).stdout).toBe("words\n");
});

test("config keeps the default model and effort, which options override", async () => {
  const config = (...argv: string[]): Promise<RunResult> => machine.run(["config", ...argv]);
  expect((await config()).stdout).toMatch(/^model\s+not set\neffort\s+not set\nprofile\s+default\n$/);
  expect((await config("model", "gpt-5.5")).stdout).toBe("gpt-5.5\n");
  expect((await config("effort", "high")).code).toBe(0);
  await ask(["say x"]);
  expect(lastBody()).toMatchObject({ model: "gpt-5.5", reasoning: { effort: "high" } });
  await ask(["--effort", "low", "say x"]);
  expect(lastBody()).toMatchObject({ model: "gpt-5.5", reasoning: { effort: "low" } });
  expect(jsonLines((await config("--json")).stdout)).toEqual([
    { model: "gpt-5.5", effort: "high", profile: "default" },
  ]);
  expect((await config("--unset", "model")).code).toBe(1);
  expect(jsonLines((await config("--json")).stdout)[0]).not.toHaveProperty("model");
  expect(await config("modle", "x")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Settings: model, effort, profile"),
  });
  expect((await config("profile", "nowhere")).code).toBe(2);
});

test("an error names the address that failed", async () => {
  const { code, stderr } = await machine.run(["ask", "--base-url", `${simulator.origin}/wrong`, "say x"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`^✗ .*${simulator.origin}/wrong.*\n→ `, "m"));
});

test("reads the prompt from stdin, at the position of -", async () => {
  expect((await ask([], { stdin: "say from stdin\n" })).stdout).toBe("from stdin\n");
  expect((await ask(["say", "words", "-"], { stdin: "say stdin" })).stdout).toBe("words\nstdin\n");
  expect((await ask(["--", "-", "say words"], { stdin: "say stdin" })).stdout).toBe("stdin\nwords\n");
});

test("--model and --effort reach the request", async () => {
  await ask(["--model", "gpt-5.5", "--effort", "high", "say x"]);
  expect(lastBody()).toMatchObject({ model: "gpt-5.5", reasoning: { effort: "high" } });
});

test("--transport websocket uses a WebSocket, and the default server-sent events", async () => {
  expect(await ask(["--transport", "websocket", "say x"])).toMatchObject({ code: 0, stdout: "x\n" });
  expect(simulator.requests.map(({ method }) => method)).toContain("MESSAGE");
  const before = simulator.requests.length;
  expect((await ask(["--transport", "sse", "say y"])).stdout).toBe("y\n");
  expect((await ask(["say z"])).stdout).toBe("z\n");
  expect(simulator.requests.slice(before).map(({ method }) => method)).not.toContain("MESSAGE");
});

test("prints commentary before the response to stderr", async () => {
  const { stdout, stderr } = await ask([
    'say I will look.\ncall read_file {"path":"x"}\nthen\nsay It is there.',
  ]);
  expect(stdout).toBe("It is there.\n");
  expect(stderr).toContain("I will look.");
});

test("--continue continues the last conversation with its model", async () => {
  expect(await ask(["--continue", "say x"])).toMatchObject({ code: 2 });
  await ask(["--model", "gpt-5.5", "say first"]);
  expect((await ask(["--continue", "say second"])).code).toBe(0);
  const body = lastBody();
  expect(body["model"]).toBe("gpt-5.5");
  expect(JSON.stringify(body["input"])).toMatch(/say first.*first.*say second/);
  const path = join(machine.home, ".local/state/axio/codex-conversation-default.json");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(path, "utf8")).messages).toHaveLength(4);
  await writeFile(path, "[broken");
  expect((await ask(["--continue", "say x"])).stderr).toContain("The last conversation cannot be read.");
});

test("--image and --file detect types by content, not by name", async () => {
  const image = join(machine.home, "picture.jpg");
  const file = join(machine.home, "notes.md");
  await writeFile(image, Buffer.from("iVBORw0KGgoAAAANSUhEUg==", "base64"));
  await writeFile(file, "# Notes");
  expect((await ask(["--image", image, "--file", file, "say seen"])).stdout).toBe("seen\n");
  const input = JSON.stringify(lastBody()["input"]);
  expect(input).toContain("data:image/png;base64,iVBORw0KGgo");
  expect(input).toContain("data:text/markdown;base64,");
  expect(input).toContain('"filename":"notes.md"');
});

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUg==", "base64");

test.each<[string, string, string | Uint8Array | undefined, string, string]>([
  ["--image", "text.txt", "text", "is not a PNG, JPEG, WebP or GIF image", "use --file"],
  ["--image", "empty.png", "", "is empty", "Check the path"],
  ["--file", "thing.bin", "\u0000\u0001", "has an unknown type", "Convert it"],
  ["--file", "empty.pdf", "", "is empty", "Check the path"],
  ["--file", "picture.pdf", PNG, "is not a .pdf file", "use --image"],
  ["--file", "text.docx", "text", "is not a .docx file", "Rename it"],
  ["--file", "picture", PNG, "has an unknown type", "use --image"],
  ["--file", ".", undefined, "is a directory", "Name a file"],
])("rejects %s %s", async (option, name, content, problem, advice) => {
  const path = join(machine.home, name);
  if (content !== undefined) await writeFile(path, content);
  const { code, stderr } = await ask([option, path, "say x"]);
  expect(code).toBe(2);
  expect(stderr).toContain(problem);
  expect(stderr).toContain(advice);
  expect(simulator.requests.filter(({ path }) => path.endsWith("/responses"))).toEqual([]);
});

test("rejects an image of 30 MB before a request", async () => {
  const path = join(machine.home, "scan.png");
  await writeFile(path, PNG);
  await truncate(path, 30_000_000);
  const { code, stderr } = await ask(["--image", path, "say x"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/scan\.png" has 28\.7 MiB; at most 20 MiB can be sent\.\n→ Scale it down/);
  expect(simulator.requests).toEqual([]);
});

test("rejects an endless device", needs(LINUX), async () => {
  const { code, stderr } = await ask(["--image", "/dev/zero", "say x"]);
  expect(code).toBe(2);
  expect(stderr).toContain("has more than 20 MiB");
});

test("detects a PDF without an extension", async () => {
  const path = join(machine.home, "report");
  await writeFile(path, Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.from([0, 0xff])]));
  expect((await ask(["--file", path, "say seen"])).stdout).toBe("seen\n");
  expect(JSON.stringify(lastBody()["input"])).toContain("data:application/pdf;base64,");
});

test("exits with 2 for an unsupported reasoning effort, and lists the supported ones", async () => {
  const { code, stderr } = await ask(["--model", "gpt-5.5", "--effort", "ultra", "say x"]);
  expect(code).toBe(2);
  expect(stderr).toBe(
    '✗ The model gpt-5.5 has no reasoning effort "ultra".\n→ Choose one of: low, medium, high, xhigh.\n',
  );
  expect(simulator.requests.filter(({ path }) => path.endsWith("/responses"))).toEqual([]);
});

test("exits with 4 if a limit is reached, and prints when it resets", async () => {
  const { code, stderr } = await ask(["fail usage_limit_reached resets_in=9000"]);
  expect(code).toBe(4);
  expect(stderr).toMatch(/^✗ .+\n→ Try again in .+ Details: axio-codex usage/);
});

test("exits with 3 without a sign-in, and names the login command with the same options", async () => {
  const { code, stderr } = await machine.run(["ask", "--profile", "work", ...pointAt(simulator), "say x"]);
  expect(code).toBe(3);
  expect(stderr).toBe(
    `✗ You are not signed in.\n→ Sign in: axio-codex login --profile work --issuer ${simulator.issuer}\n`,
  );
});

test("--json prints a failure once, and only AXIO_DEBUG prints a stack", async () => {
  const { code, stdout, stderr } = await ask(["--json", "fail usage_limit_reached"]);
  expect(code).toBe(4);
  expect(stderr).toBe("");
  const failures = jsonLines(stdout).filter((line) => "error" in line);
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatchObject({ type: "error", error: { code: "usage-limit", plan: "plus" } });
  const debug = await ask(["fail usage_limit_reached"], { env: { AXIO_DEBUG: "1" } });
  expect(debug.stderr).toMatch(/^ {4}at /m);
});

test("models lists the models of the account, or the built-in list with a note", async () => {
  const { code, stdout } = await machine.run(["models", ...pointAt(simulator)], { columns: 80 });
  expect(code).toBe(0);
  expect(stdout).toMatch(/gpt-6\.1-sol .*272k tokens.*\[low\] medium/);
  const json = JSON.parse((await machine.run(["models", "--json", ...pointAt(simulator)])).stdout);
  expect(json).toMatchObject({
    source: "account",
    models: expect.arrayContaining([expect.objectContaining({ id: "gpt-6.1-sol", contextWindow: 272_000 })]),
  });
  const signedOut = await machine.run(["models", "--profile", "empty", ...pointAt(simulator)]);
  expect(signedOut).toMatchObject({ code: 0, stdout: expect.stringContaining("gpt-4.1") });
  expect(signedOut.stderr).toContain("This is the built-in list");
});

test("usage shows the plan and its windows", async () => {
  const { code, stdout } = await machine.run(["usage", ...pointAt(simulator)], {
    columns: 80,
    env: { NO_COLOR: "1" },
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Plus plan\n\nCodex\n {2}5 hours {2}█+░+ {2}12 % {2}resets in 2 h (29|30) min\n {2}week /,
  );
  const json = JSON.parse((await machine.run(["usage", "--json", ...pointAt(simulator)])).stdout);
  expect(json).toMatchObject({ plan: "plus", limits: [{ id: "codex" }] });
});
