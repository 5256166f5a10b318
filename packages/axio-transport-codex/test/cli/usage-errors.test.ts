import { afterAll, beforeAll, expect, test } from "vitest";
import { VERSION } from "../../src/config.ts";
import { createMachine, type TestMachine } from "./support.ts";

let machine: TestMachine;
beforeAll(async () => {
  machine = await createMachine();
});
afterAll(() => machine[Symbol.asyncDispose]());

test("--version prints the version", async () => {
  expect(await machine.run(["--version"])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: "" });
});

test("--help lists all commands and exit codes, without colors in a pipe", async () => {
  const { code, stdout } = await machine.run(["--help"]);
  expect(code).toBe(0);
  for (const word of ["login", "logout", "status", "models", "usage", "ask", "130"]) {
    expect(stdout).toMatch(new RegExp(`^  ${word} `, "m"));
  }
  expect(stdout).not.toContain("\u001b");
});

test.each(["login", "logout", "status", "models", "usage", "ask"])(
  "%s --help shows its options on a narrow terminal",
  async (command) => {
    const { code, stdout } = await machine.run([command, "--help"], { columns: 30, env: { NO_COLOR: "1" } });
    expect(code).toBe(0);
    expect(stdout).toContain("--profile <name>");
    const table = stdout.slice(stdout.indexOf("\nOptions:"), stdout.indexOf("\nExamples:"));
    for (const line of table.split("\n")) expect(line.length).toBeLessThanOrEqual(30);
    expect(await machine.run(["help", command])).toMatchObject({ code: 0 });
  },
);

test.each([
  [["logni"], "Unknown command 'logni'", "Did you mean login?"],
  [["--profile", "status"], "Unknown option '--profile'", "axio-codex --help"],
  [["ask", "--modle", "x", "hi"], "Unknown option '--modle'", "Did you mean --model?"],
  [["ask", "-x"], "Unknown option '-x'", "axio-codex ask -- ..."],
  [["ask", "--model"], "argument missing", "--help"],
  [["ask", "--model=", "hi"], "argument '' is invalid. It is empty", "--help"],
  [["ask", "--transport", "websokcet", "x"], "argument 'websokcet' is invalid", "--help"],
  [["ask", "--transport", "tcp", "x"], "Allowed choices are sse, websocket, auto", "--help"],
  [["status", "now"], "Too many arguments for 'status'", "--help"],
  [["status", "--profile", "../x"], '"../x" cannot be the name of a profile', "Use letters"],
  [["status", "--store", "keychian"], 'There is no store "keychian"', "A path needs a slash"],
  [["login", "--device", "--paste"], "Option '--device' cannot be used with option '--paste'", "--help"],
  [["ask", "--store", "./a.json", "--profile", "b", "hi"], "both select a sign-in", "Leave one"],
  [["ask", "--image", "no-such.png", "hi"], 'There is no file "no-such.png"', "--image"],
  [["usage", "--base-url", "http://example.test"], "must begin with https://", ""],
])("%j exits with 2, and prints the problem and what to do", async (argv, problem, advice) => {
  const { code, stdout, stderr } = await machine.run(argv, { stdin: "" });
  expect(code).toBe(2);
  expect(stdout).toBe("");
  const lines = stderr.trimEnd().split("\n");
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain(problem);
  expect(lines[1]).toContain(advice);
});

test("prints the help to stderr without a command", async () => {
  const { code, stdout, stderr } = await machine.run([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("Commands");
});

test("prints wrong usage as an object to stdout with --json", async () => {
  const { code, stdout, stderr } = await machine.run(["status", "--jsno", "--json"]);
  expect(code).toBe(2);
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "invalid-argument" } });
});

test.each([
  ["nothing", "", "The prompt is empty"],
  ["blanks", " \n\t", "The prompt is empty"],
  ["another encoding", new Uint8Array([0x67, 0x72, 0xfc, 0xdf]), "not UTF-8"],
])("rejects a prompt of %s on stdin", async (_name, stdin, problem) => {
  const { code, stderr } = await machine.run(["ask"], { stdin });
  expect(code).toBe(2);
  expect(stderr).toContain(problem);
});

test("prints colors except with NO_COLOR and in pipes, and always with FORCE_COLOR", async () => {
  const isColored = async (options: object): Promise<boolean> =>
    (await machine.run(["--help"], options)).stdout.includes("\u001b[");
  expect(await isColored({})).toBe(false);
  expect(await isColored({ columns: 80 })).toBe(true);
  expect(await isColored({ columns: 80, env: { NO_COLOR: "1" } })).toBe(false);
  expect(await isColored({ columns: 80, env: { TERM: "dumb" } })).toBe(false);
  expect(await isColored({ env: { FORCE_COLOR: "1" } })).toBe(true);
  expect(await isColored({ columns: 80, env: { FORCE_COLOR: "0" } })).toBe(false);
});
