import { describe, expect, it } from "vitest";
import { readArgs } from "../../src/cli/args.ts";
import { nodeConditions } from "../../src/cli/node-conditions.ts";
import { joinPrompt } from "../../src/cli/piped-input.ts";

describe("the arguments of axio", () => {
  it.each([
    [[], { command: "chat", prompt: [], start: {}, plain: false, yes: false }],
    [
      ["What", "is", "this?"],
      { command: "chat", prompt: ["What", "is", "this?"], start: {}, plain: false, yes: false },
    ],
    [
      ["plugins", "of", "a", "car"],
      { command: "chat", prompt: ["plugins", "of", "a", "car"], start: {}, plain: false, yes: false },
    ],
    [["--", "--help"], { command: "chat", prompt: ["--help"], start: {}, plain: false, yes: false }],
    [
      ["-c", "-m", "gpt-5.5", "--plain", "-y"],
      {
        command: "chat",
        prompt: [],
        start: { session: { type: "last" }, model: "gpt-5.5" },
        plain: true,
        yes: true,
      },
    ],
    [
      ["--session", "a1", "-t", "codex", "-e", "high", "-p", "work", "-C", "/tmp"],
      {
        command: "chat",
        prompt: [],
        start: { session: { type: "id", id: "a1" }, transport: "codex", effort: "high", profile: "work" },
        folder: "/tmp",
        plain: false,
        yes: false,
      },
    ],
    [["plugins", "--json"], { command: "plugins", json: true, trust: false }],
    [["sessions", "--search", "oak tree"], { command: "sessions", json: false, search: "oak tree" }],
    [["help"], { command: "help" }],
    [["plugins", "-h"], { command: "help" }],
    [["-V"], { command: "version" }],
  ] as const)("%j", (argv, invocation) => {
    expect(readArgs(argv)).toEqual(invocation);
  });

  it.each([
    [["--modle", "x"], /--modle/, /axio --help/],
    [["--model"], /--model/, /axio --help/],
    [["--model", ""], /--model is empty/, /leave it out/],
    [["-c", "-s", "x"], /both say which session/, /one of them/],
    [["plugins", "--plain"], /--plain does not go with axio plugins/, /axio --help/],
    [["hello", "--json"], /--json does not go with a conversation/, /axio --help/],
  ])("%j are rejected with advice", (argv, message, advice) => {
    expect(() => readArgs(argv)).toThrow(
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
