import type { Simulator, SimulatorOptions } from "../packages/axio-simulator/src/index.ts";
import { type CliHome, type CliRun, execPrompt, runCli } from "./official-cli.ts";

/** What should have been so and was not; empty means that the case passed. */
export interface Finding {
  readonly problems: readonly string[];
}

/** One thing that an official CLI does against the simulator. */
export interface CliCase {
  readonly name: string;
  readonly versions: readonly string[];
  readonly options?: SimulatorOptions;
  /** Seconds of life of the access token it starts with; `"signed out"` for none. Default: the usual life. */
  readonly start?: number | "signed out";
  /** Sign-in and sign-out speak http also where the turn needs https. */
  readonly http?: true;
  /** What the simulator's list makes it use. Default `lite`. */
  readonly model?: "not lite";
  run(launcher: string, home: CliHome, simulator: Simulator): Promise<Finding>;
}

export const OLD = "0.144.6";
export const NEW = "0.169.0";
const BOTH = [OLD, NEW];

const MODEL = {
  slug: "gpt-simulated",
  displayName: "Simulated",
  visibility: "list",
  priority: 1,
  contextWindow: 272_000,
  maxContextWindow: 272_000,
  efforts: ["low", "medium", "high"],
  defaultEffort: "medium",
  lite: false,
  serviceTiers: [],
  minimalClientVersion: "0.0.1",
} as const;

/** Every case, in the order of the table. */
export const CLI_CASES: readonly CliCase[] = [
  {
    name: "a turn with reasoning and text",
    versions: BOTH,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "think Let me see\nsay Hello from the simulator");
      return judge(simulator, run, [endsWith(run, "Hello from the simulator")]);
    },
  },
  {
    name: "a tool call and its result",
    versions: BOTH,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(
        launcher,
        home,
        'think I run it\nsay I run it.\ncall exec_command {"cmd":"echo tool-$((40+2))"}\nthen\nthink Good\nsay It printed {{result 1}}\\nand that is all',
      );
      const ran = posts(simulator).at(-1)?.body.includes("tool-42") === true;
      return judge(simulator, run, [
        endsWith(run, "and that is all"),
        run.stdout.includes("tool-42") ? [] : ["the answer does not quote the tool"],
        ran ? [] : ["the tool's output was not sent back"],
      ]);
    },
  },
  {
    name: "a model of the simulator's /models, not lite",
    versions: BOTH,
    options: { models: [MODEL] },
    model: "not lite",
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say From the list");
      const model = (posts(simulator).at(-1)?.json as { model?: string } | undefined)?.model;
      return judge(simulator, run, [
        endsWith(run, "From the list"),
        model === MODEL.slug ? [] : [`it asked for ${String(model)}: the list was not understood`],
      ]);
    },
  },
  {
    name: "a stream that breaks off is asked for again",
    versions: BOTH,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say Once more\nfail eof at=text attempts=1");
      return judge(simulator, run, [
        endsWith(run, "Once more"),
        posts(simulator).length === 2 ? [] : [`${posts(simulator).length} requests in the place of 2`],
      ]);
    },
  },
  {
    name: "the usage limit ends the turn at once",
    versions: BOTH,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say no\nfail usage_limit_reached");
      return {
        problems: [
          ...(run.exitCode === 0 ? ["it ended well"] : []),
          ...(/usage limit/i.test(run.stderr) ? [] : ["it does not name the usage limit"]),
          ...(posts(simulator).length === 1 ? [] : [`${posts(simulator).length} requests in the place of 1`]),
        ],
      };
    },
  },
  {
    name: "a token near its end is refreshed before the turn",
    versions: BOTH,
    start: 120,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say Refreshed");
      return judge(simulator, run, [
        endsWith(run, "Refreshed"),
        simulator.stats.refreshes === 1 ? [] : [`${simulator.stats.refreshes} refreshes in the place of 1`],
      ]);
    },
  },
  {
    name: "sign-in with a device code, then sign-out",
    versions: BOTH,
    start: "signed out",
    http: true,
    options: { deviceIntervalSeconds: 1 },
    run: async (launcher, home, simulator) => {
      const watching = new AbortController();
      const approving = approveWhenAsked(simulator, watching.signal);
      const login = await runCli(launcher, home, [
        "login",
        "--device-auth",
        "--experimental_issuer",
        simulator.issuer,
      ]);
      watching.abort();
      await approving;
      const status = await runCli(launcher, home, ["login", "status"]);
      const logout = await runCli(launcher, home, ["logout"]);
      return {
        problems: [
          ...(login.exitCode === 0 ? [] : [`login: ${lastLine(login.stderr)}`]),
          ...(/Logged in using ChatGPT/.test(status.stdout + status.stderr) ? [] : ["status: not signed in"]),
          ...(logout.exitCode === 0 ? [] : [`logout: ${lastLine(logout.stderr)}`]),
          ...(simulator.stats.revocations === 1 ? [] : ["the session was not revoked"]),
        ],
      };
    },
  },
];

/** What holds of every turn that should end well. */
export function judge(simulator: Simulator, run: CliRun, more: readonly (readonly string[])[]): Finding {
  const refused = simulator.requests.filter(({ status }) => status === 400);
  return {
    problems: [
      ...(run.exitCode === 0 ? [] : [`exit code ${run.exitCode}: ${lastLine(run.stderr)}`]),
      ...more.flat(),
      ...refused.map(({ method, path }) => `the simulator refused ${method} ${path} as malformed`),
      ...simulator.complaints,
    ],
  };
}

export function endsWith(run: CliRun, text: string): string[] {
  return lastLine(run.stdout) === text ? [] : [`the last line is ${JSON.stringify(lastLine(run.stdout))}`];
}

export function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}

/** The requests for an answer. */
export function posts(simulator: Simulator): Simulator["requests"] {
  return simulator.requests.filter(
    ({ method, path }) => method === "POST" && path.endsWith("/codex/responses"),
  );
}

/** Approves the device sign-in as soon as the CLI polls for it. */
export async function approveWhenAsked(simulator: Simulator, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const poll = simulator.requests.find(({ path }) => path.endsWith("/deviceauth/token"));
    const code = (poll?.json as { user_code?: string } | undefined)?.user_code;
    if (code !== undefined && simulator.decideDevice(code)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
