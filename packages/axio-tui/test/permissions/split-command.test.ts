import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomNumbers } from "test-support/random-numbers";
import { FULL_RUN, needs, type Requirement } from "test-support/requirements";
import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../src/permissions/pattern.ts";
import { splitCommand } from "../../src/permissions/split-command.ts";
import { temporaryDirectory } from "../support/project.ts";

const BASH: Requirement = { isMet: existsSync("/bin/bash"), missing: "no bash; install it" };

/** Text from which command lines are put together. `a`, `b` and `c` are the only commands. */
const TOKENS = [
  ..."a b c a1".split(" "),
  ...[
    "x",
    "-n",
    " ",
    " ",
    " ",
    "  ",
    "\t",
    "\n",
    "\n",
    "\\\n",
    ";",
    ";",
    "&&",
    "||",
    "|",
    "|&",
    "&",
    "(",
    ")",
    "{ ",
    ";}",
  ],
  ...[
    "$(",
    ")",
    "`",
    "`",
    "'",
    "'",
    '"',
    '"',
    "\\",
    "\\'",
    '\\"',
    "#",
    " #",
    "<<E\n",
    "<<'E'\n",
    "\nE\n",
    "<<<",
    "$x",
    "${x:-",
    "}",
  ],
  ...[
    "{a,b}",
    "a{,1}",
    "*",
    "if ",
    "then ",
    "else ",
    "fi",
    "while ",
    "do ",
    "done",
    "for i in ",
    "case x in ",
    "x)",
    ";;",
    "esac",
  ],
  ...[
    "! ",
    "time ",
    "$'a'",
    '$"a"',
    ">/dev/null",
    "2>&1",
    ">&2",
    "x=1 ",
    "x=",
    "$((1))",
    "[[ ",
    " ]]",
    "a() ",
    "break",
    "\r",
    "=",
  ],
] as const;

/** How many command lines one bash runs, so that none runs into its time limit on a busy machine. */
const BATCH = 500;

/** The calls of commands by a command line, each with its arguments. */
type Calls = readonly (readonly string[])[];

/** Runs command lines with bash. Returns the calls of each of them. */
function callsOf(lines: readonly string[], folder: string): readonly Calls[] {
  const calls: Calls[] = [];
  for (let index = 0; index < lines.length; index += BATCH) {
    calls.push(...callsOfBatch(lines.slice(index, index + BATCH), folder));
  }
  return calls;
}

function callsOfBatch(lines: readonly string[], folder: string): readonly Calls[] {
  // Each call succeeds or fails at random, so that both branches run and no loop is endless. A call is one write, also if
  // several commands run at once: bash writes at each line break, so a call contains no line break. It names its line, since
  // bash does not wait for a command that a subshell runs in the background.
  const report = (name: string): string =>
    `local w=("\${@//$'\\n'/$'\\x01'}"); printf '%s\\0' "$of_line" ${name} "\${w[@]/#/=}" '' >&9`;
  const prelude = ["a", "b", "c", "a1"]
    .map((name) => `${name}() { ${report(name)}; return $((RANDOM % 2)); }`)
    .join("\n");
  const runs = lines.map(
    (line, index) =>
      `of_line=${index}; (eval '${line.replaceAll("'", `'\\''`)}'; wait); printf 'end\\0\\0' >&9`,
  );
  const script = join(folder, "script");
  writeFileSync(script, [prelude, "RANDOM=7", ...runs].join("\n"));
  const { output } = spawnSync("/bin/bash", ["--noprofile", "--norc", script], {
    cwd: folder,
    env: { PATH: "/nonexistent" },
    stdio: [...Array.from({ length: 9 }, () => "ignore" as const), "pipe"],
    encoding: "utf8",
    timeout: 60_000,
  });
  const found = lines.map((): string[][] => []);
  let ended = 0;
  for (const record of (output[9] ?? "").split("\0\0").slice(0, -1)) {
    const [line = "", ...call] = record.split("\0");
    if (line === "end") ended += 1;
    else found[Number(line)]?.push(call.map((word) => word.replace(/^=/, "").replaceAll("\u0001", "\n")));
  }
  if (ended !== lines.length) throw new Error(`bash ran ${ended} of ${lines.length} lines.`);
  return found;
}

function randomLine(random: () => number): string {
  const length = 2 + Math.floor(random() * 14);
  const tokens = Array.from({ length }, () => TOKENS[Math.floor(random() * TOKENS.length)] ?? "");
  return `${random() < 0.5 ? "a " : ""}${tokens.join("")}`;
}

describe("splitCommand compared with bash", needs(BASH), () => {
  async function compare(count: number, seed: number): Promise<number> {
    const folder = await temporaryDirectory();
    const random = randomNumbers(seed);
    const lines = Array.from({ length: count }, () => randomLine(random)).filter(
      (line) => splitCommand(line).isCertain,
    );
    let checked = 0;
    for (const [index, calls] of callsOf(lines, folder).entries()) {
      const line = lines[index] ?? "";
      const { commands } = splitCommand(line);
      for (const call of calls) {
        checked += 1;
        const isKnown = commands.some(({ words }) =>
          words.some((word) => word.includes(UNKNOWN))
            ? words[0] === call[0] || words[0]?.includes(UNKNOWN) === true
            : JSON.stringify(words) === JSON.stringify(call),
        );
        expect(isKnown, `${JSON.stringify(line)} ran ${JSON.stringify(call)}`).toBe(true);
      }
    }
    return checked;
  }

  it("knows every command that runs", async () => {
    expect(await compare(1_000, 1)).toBeGreaterThan(20);
  });

  it("knows every command that runs, in many command lines", {
    ...needs(FULL_RUN),
    timeout: 600_000,
  }, async () => {
    await compare(4_000, 1);
    for (const seed of [2, 3, 4, 5, 6]) await compare(20_000, seed);
  });
});
