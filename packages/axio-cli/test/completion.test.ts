import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Option } from "commander";
import { needs, type Requirement } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { type CompletedCommand, type CompletedProgram, completionScript } from "../src/completion.ts";

const run = promisify(execFile);

const COMMANDS: readonly CompletedCommand[] = [
  {
    name: "login",
    summary: "sign in: it's [quick]",
    options: [
      new Option("--device", "on another device, with a $(code)"),
      new Option("-t, --transport <mode>", 'how: it\'s "quoted"').choices(["sse", "websocket"]),
      new Option("--file <path>", "a file"),
    ],
  },
  { name: "logout", summary: "sign out", options: [] },
  { name: "config", summary: "settings", options: [], choices: ["model", "effort"] },
];

const PROGRAM: CompletedProgram = {
  name: "axio-x",
  commands: COMMANDS,
  options: [
    new Option("-p, --print", "answer one prompt"),
    new Option("-o, --output <form>", "what is printed").choices(["text", "json"]),
    new Option("--no-session", "store nothing"),
  ],
};

async function installed(shell: string): Promise<Requirement> {
  const isMet = await run(shell, ["-c", "exit 0"]).then(
    () => true,
    () => false,
  );
  return { isMet, missing: `no ${shell}; install it` };
}

/** The start of a command line, and what completes its last word. */
const CASES: readonly (readonly [line: string, expected: readonly string[]])[] = [
  ["axio-x lo", ["login", "logout"]],
  ["axio-x login --d", ["--device"]],
  ["axio-x login --transport ", ["sse", "websocket"]],
  ["axio-x login -t w", ["websocket"]],
  ["axio-x config m", ["model"]],
  ["axio-x --o", ["--output"]],
  ["axio-x -p --out", ["--output"]],
  ["axio-x -p -o ", ["text", "json"]],
  ["axio-x -p --output j", ["json"]],
  ["axio-x explain this --no", ["--no-session"]],
];

describe("bash", needs(await installed("bash")), () => {
  test.each(CASES)("completes %j", async (line, expected) => {
    const words = line.split(" ");
    const script = `${completionScript("bash", PROGRAM)}
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}
      _axio_x; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await run("bash", ["--norc", "-c", script]);
    expect(stdout.trim().split("\n")).toEqual(expected);
  });
});

describe("fish", needs(await installed("fish")), () => {
  test.each(CASES)("completes %j", async (line, expected) => {
    const script = `${completionScript("fish", PROGRAM)}
      complete -C '${line}'`;
    const { stdout } = await run("fish", ["--no-config", "-c", script]);
    const found = stdout.trim().split("\n");
    expect(found.map((row) => row.split("\t")[0]).sort()).toEqual([...expected].sort());
  });
});

describe("zsh", needs(await installed("zsh")), () => {
  test("reads the script without an error, and knows the function", async () => {
    const script = `autoload -Uz compinit; compinit -u -D
      ${completionScript("zsh", PROGRAM)}
      print -r -- $_comps[axio-x]`;
    const { stdout, stderr } = await run("zsh", ["--no-rcs", "-c", script]);
    expect([stdout.trim(), stderr]).toEqual(["_axio_x", ""]);
  });
});
