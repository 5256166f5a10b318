import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Simulator } from "axio-simulator";

/** The outcome of a program. */
export interface ProgramRun {
  readonly stdout: string;
  readonly stderr: string;
  /** `null` if it was killed because it did not end. */
  readonly code: number | null;
}

/** The environment of a program. */
export interface CaseContext {
  readonly simulator: Simulator;
  /** An empty directory: the home of the user and the working directory. */
  readonly directory: string;
}

/** A program that must work on every runtime. */
export interface RuntimeCase {
  readonly name: string;
  /** The script below the directory in which the packages are installed. */
  readonly script: string;
  /** The arguments of the script. */
  readonly args?: (context: CaseContext) => readonly string[];
  /** Writes what the program needs. */
  readonly prepare?: (context: CaseContext) => Promise<void>;
  /** Returns what is wrong, if anything. */
  readonly check: (run: ProgramRun, context: CaseContext) => string | undefined;
}

/** The versions of undici that programs use next to the one of the runtime. */
export const UNDICI_VERSIONS = ["6", "7", "8"] as const;

/** The programs of users. The prompts script the simulator. */
export const CASES: readonly RuntimeCase[] = [
  program("ten-lines", prints("Ownership, in short.")),
  program(
    "tools",
    prints("3 | notes.txt:1:The code word is heron. | THE CODE WORD IS HERON.\n[Exit code 0]\n"),
  ),
  program("device-login", prints(/^code \w{4}-\w{5}\nrobin@example\.test: Signed in\.\n$/)),
  program("web-socket", (run, context) => {
    const { requests } = context.simulator;
    const upgrades = requests.filter(({ method, path }) => method === "GET" && path.endsWith("/responses"));
    const messages = requests.filter(({ method, path }) => method !== "GET" && path.endsWith("/responses"));
    const counts = `${upgrades.length} connections, ${messages.length} messages`;
    return (
      prints("One.\nTwo.\nThree.\n")(run, context) ??
      (counts === "2 connections, 4 messages" ? undefined : `There were ${counts}.`)
    );
  }),
  program("zstd", (run, context) => {
    const sent = context.simulator.requests.findLast(({ path }) => path.endsWith("/responses"));
    const isCompressed = sent?.headers["content-encoding"] === "zstd";
    return prints(`Read.\n${isCompressed ? "function" : "undefined"}\n`)(run, context);
  }),
  program("sessions", prints("true 4\n")),
  program("mcp", prints("hi\n")),
  ...UNDICI_VERSIONS.map((version) => ({
    name: `global dispatcher of undici ${version}`,
    script: "dispatcher.mjs",
    args: () => [version],
    check: prints("done\n"),
  })),
  program("chatgpt", prints("robin@example.test: Signed in.\n")),
  {
    name: "app, plain mode",
    script: "node_modules/axio-tui/dist/bin.js",
    args: () => [
      "--plain",
      "--provider",
      "codex",
      "--yes",
      'call shell {"command":"echo $((6 * 7))"}\nthen\nsay It is {{result 1}}',
    ],
    prepare: async (context) => {
      await storeCredentials(context);
      const { issuer, baseUrl } = context.simulator;
      const state = join(context.directory, "state/axio");
      await mkdir(state, { recursive: true });
      await writeFile(
        join(state, "settings.json"),
        JSON.stringify({ pluginSettings: { "providers/codex": { issuer, baseUrl } } }),
      );
    },
    check: prints(/^It is 42\s/),
  },
  {
    name: "command line",
    script: "node_modules/axio-transport-codex/dist/bin/main.js",
    args: ({ simulator }) => [
      "ask",
      "--base-url",
      simulator.baseUrl,
      "--issuer",
      simulator.issuer,
      "say Asked.",
    ],
    prepare: storeCredentials,
    check: prints("Asked.\n"),
  },
];

function program(name: string, check: RuntimeCase["check"]): RuntimeCase {
  return { name, script: `${name}.mjs`, check };
}

function prints(expected: string | RegExp): RuntimeCase["check"] {
  return ({ stdout, code }) => {
    const fits = typeof expected === "string" ? stdout === expected : expected.test(stdout);
    if (code === null) return "It did not end.";
    if (code === 0 && fits) return undefined;
    return `It ended with ${code} and printed ${JSON.stringify(stdout)}, not ${expected}.`;
  };
}

/** Signs in as `login` would. */
async function storeCredentials({ simulator, directory }: CaseContext): Promise<void> {
  const path = join(directory, "config/axio/codex.json");
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, JSON.stringify(simulator.issueCredentials()), { mode: 0o600 });
}
