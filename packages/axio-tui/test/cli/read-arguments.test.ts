import { PassThrough } from "node:stream";
import { openOutput } from "axio-cli/internal";
import { describe, expect, it } from "vitest";
import { joinPrompt } from "../../src/cli/piped-input.ts";
import { type Invocation, readArguments } from "../../src/cli/read-arguments.ts";
import { nodeConditions } from "../../src/cli/run-process.ts";

function read(argv: readonly string[]): Invocation {
  const output = openOutput(new PassThrough(), {}, false);
  return readArguments(argv, "1.2.3", { out: output, err: output });
}

const CHAT = { command: "chat", prompt: [], start: {}, plain: false, screenReader: false, access: {} };
const SCRIPT = { output: "text", isStored: true, fork: false, attach: [], system: {} };

describe("the arguments of axio", () => {
  it.each([
    [[], CHAT],
    [["What", "is", "this?"], { ...CHAT, prompt: ["What", "is", "this?"] }],
    [["plugins", "of", "a", "car"], { ...CHAT, prompt: ["plugins", "of", "a", "car"] }],
    [["--", "--help"], { ...CHAT, prompt: ["--help"] }],
    [
      ["-c", "-m", "gpt-5.5", "--plain", "-y"],
      { ...CHAT, start: { session: { type: "last" }, model: "gpt-5.5" }, plain: true, access: { yes: true } },
    ],
    [
      ["--resume", "a1", "-P", "codex", "-e", "high", "--profile", "work", "-C", "/tmp"],
      {
        ...CHAT,
        start: { session: { type: "id", id: "a1" }, provider: "codex", effort: "high", profile: "work" },
        folder: "/tmp",
      },
    ],
    [["-p", "trust"], { ...CHAT, prompt: ["trust"], script: SCRIPT }],
    [["-p", "--resume", "last"], { ...CHAT, start: { session: { type: "last" } }, script: SCRIPT }],
    [
      [
        "Fix it",
        "-o",
        "json",
        "--allow",
        "shell: make *",
        "--allow",
        "write: src/**",
        "--deny",
        "read: .env",
      ],
      {
        ...CHAT,
        prompt: ["Fix it"],
        access: { allow: ["shell: make *", "write: src/**"], deny: ["read: .env"] },
        script: { ...SCRIPT, output: "json" },
      },
    ],
    [
      [
        "-p",
        "--no-session",
        "--no-tools",
        "--max-steps",
        "3",
        "--timeout",
        "1.5m",
        "--trust",
        "--mode",
        "plan",
      ],
      {
        ...CHAT,
        access: { mode: "plan", trust: true },
        script: { ...SCRIPT, isStored: false, tools: [], maxSteps: 3, timeoutMs: 90_000 },
      },
    ],
    [
      ["--tools", "read_file, search", "--attach", "a.png", "--append-system", "Be brief.", "--fork", "-c"],
      {
        ...CHAT,
        start: { session: { type: "last" } },
        script: {
          ...SCRIPT,
          fork: true,
          tools: ["read_file", "search"],
          attach: ["a.png"],
          system: { addition: "Be brief." },
        },
      },
    ],
    [["plugins", "--json"], { command: "plugins", json: true, trust: false }],
    [["trust"], { command: "trust", action: "list", json: false }],
    [
      ["trust", "grant", "--json", "-C", "/tmp"],
      { command: "trust", action: "grant", json: true, folder: "/tmp" },
    ],
    [["trust", "revoke"], { command: "trust", action: "revoke", json: false }],
    [["trust", "me"], { ...CHAT, prompt: ["trust", "me"] }],
    [["sessions", "--search", "oak tree"], { command: "sessions", json: false, search: "oak tree" }],
    [["runs"], { command: "runs", action: "list", id: "", json: false }],
    [
      ["runs", "deny", "a1", "--reason", "No.", "-d", "chat.db"],
      { command: "runs", action: "deny", id: "a1", json: false, reason: "No.", database: "chat.db" },
    ],
    [["runs", "fast", "enough"], { ...CHAT, prompt: ["runs", "fast", "enough"] }],
    [["runs", "stop", "after", "a", "while"], { ...CHAT, prompt: ["runs", "stop", "after", "a", "while"] }],
    [
      ["completion", "bash"],
      { command: "print", text: expect.stringContaining("list show follow stop approve deny") },
    ],
    [["completion", "bash"], { command: "print", text: expect.stringContaining("-W 'text json events'") }],
    [["completion", "of", "a", "task"], { ...CHAT, prompt: ["completion", "of", "a", "task"] }],
    [["help", "me", "out"], { ...CHAT, prompt: ["help", "me", "out"] }],
    [["--screen-reader", "-y"], { ...CHAT, screenReader: true, access: { yes: true } }],
    [["help"], { command: "print", text: expect.stringContaining("Usage: axio [options]") }],
    [["-h"], { command: "print", text: expect.stringContaining("Exit codes:") }],
    [["plugins", "-h"], { command: "print", text: expect.stringContaining("Usage: axio plugins [options]") }],
    [["-V"], { command: "print", text: "1.2.3\n" }],
  ] as const)("%j", (argv, invocation) => {
    expect(read(argv)).toEqual(invocation);
  });

  it.each([
    [["--modell", "x"], /'--modell'/, /Did you mean --model\?/],
    [["--model"], /'-m, --model <id>' argument missing/, /axio --help/],
    [["--model", ""], /--model.*It is empty\. Omit the option/, /axio --help/],
    [["-c", "-r", "x"], /--continue' cannot be used with option '-r, --resume/, /axio --help/],
    [["--no-session", "-c"], /--no-session' cannot be used with option '-c, --continue/, /axio --help/],
    [["-p", "--fork"], /--fork has no session to copy/, /--resume ID/],
    [["-p", "--output", "xml"], /'xml' is invalid.*text, json, events/, /axio --help/],
    [["-p", "--allow", "make"], /A rule is wrong: it must be "tool: pattern"/, /axio --help/],
    [["-p", "--timeout", "soon"], /90s, 10m or 2h/, /axio --help/],
    [["-p", "--max-steps", "0"], /an integer from 1 on/, /axio --help/],
    [["-p", "--tools", "a,,b"], /A name is empty/, /axio --help/],
    [["plugins", "--plain"], /unknown option '--plain'/i, /axio plugins --help/],
    [["hello", "--json"], /unknown option '--json'/i, /axio --help/],
    [["-x", "y"], /unknown option '-x'/i, /Put -- before words that begin with a dash: axio -- /],
  ])("%j are rejected with advice", (argv, message, advice) => {
    expect(() => read(argv)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(message),
        advice: expect.stringMatching(advice),
      }),
    );
  });
});

it("piped input belongs to the prompt", () => {
  expect(joinPrompt(["Review", "this."], "diff\n")).toBe("Review this.\n\ndiff");
  expect(joinPrompt(["-"], "Hello\n")).toBe("Hello");
  expect(joinPrompt(["Say", "-", "twice"], "it")).toBe("Say it twice");
  expect(joinPrompt(["Say", "it"], undefined)).toBe("Say it");
});

it("plugins are resolved with the conditions of the process", () => {
  expect(
    nodeConditions(
      ["--import", "x", "--conditions=a", "-C", "b"],
      "--max-old-space-size=9 -C=c --conditions d",
    ),
  ).toEqual(["a", "b", "c", "d"]);
  expect(nodeConditions([], undefined)).toEqual([]);
});
