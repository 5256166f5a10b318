import type { Simulator } from "../packages/axio-simulator/src/index.ts";
import {
  type CliCase,
  expectCount,
  expectFailure,
  expectLastLine,
  expectSuccess,
  lastLine,
  posts,
} from "./cli-case.ts";
import { execPrompt, runCli } from "./official-cli.ts";

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

/** Turns, sign-in and sign-out, in the order of the table. */
export const CLI_CASES: readonly CliCase[] = [
  {
    name: "a turn with reasoning and text",
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "think Let me see\nsay Hello from the simulator");
      return expectSuccess(simulator, run, [expectLastLine(run, "Hello from the simulator")]);
    },
  },
  {
    name: "a tool call and its result",
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(
        launcher,
        home,
        'think I run it\nsay I run it.\ncall exec_command {"cmd":"echo tool-$((40+2))"}\nthen\nthink Good\nsay It printed {{result 1}}\\nand that is all',
      );
      const isSentBack = posts(simulator).at(-1)?.body.includes("tool-42") === true;
      return expectSuccess(simulator, run, [
        expectLastLine(run, "and that is all"),
        run.stdout.includes("tool-42") ? [] : ["the answer does not quote the tool"],
        isSentBack ? [] : ["the tool's output was not sent back"],
      ]);
    },
  },
  {
    name: "a model of the simulator's /models, not lite",
    options: { models: [MODEL] },
    model: "not lite",
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say From the list");
      const model = (posts(simulator).at(-1)?.json as { model?: string } | undefined)?.model;
      return expectSuccess(simulator, run, [
        expectLastLine(run, "From the list"),
        model === MODEL.slug ? [] : [`it asked for ${String(model)}: the list was not understood`],
      ]);
    },
  },
  {
    name: "a truncated stream is requested again",
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say Once more\nfail eof at=text attempts=1");
      return expectSuccess(simulator, run, [
        expectLastLine(run, "Once more"),
        expectCount("requests", posts(simulator).length, 2),
      ]);
    },
  },
  {
    name: "the usage limit ends the turn at once",
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say no\nfail usage_limit_reached");
      return expectFailure(run, /usage limit/i, [expectCount("requests", posts(simulator).length, 1)]);
    },
  },
  {
    name: "a token that expires soon is refreshed before the turn",
    start: 120,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say Refreshed");
      return expectSuccess(simulator, run, [
        expectLastLine(run, "Refreshed"),
        expectCount("refreshes", simulator.stats.refreshes, 1),
      ]);
    },
  },
  {
    name: "sign-in with a device code, then sign-out",
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
      return [
        ...(login.exitCode === 0 ? [] : [`login: ${lastLine(login.stderr)}`]),
        ...(/Logged in using ChatGPT/.test(status.stdout + status.stderr) ? [] : ["status: not signed in"]),
        ...(logout.exitCode === 0 ? [] : [`logout: ${lastLine(logout.stderr)}`]),
        ...expectCount("revocations", simulator.stats.revocations, 1),
      ];
    },
  },
];

/** Faults of the simulator. That the official CLI handles them shows that they are like the real ones. */
export const FAULT_CASES: readonly CliCase[] = [
  {
    name: "an overload (503) is retried until it passes",
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say After the overload\nfail overloaded attempts=1,2");
      return expectSuccess(simulator, run, [
        expectLastLine(run, "After the overload"),
        expectCount("requests", posts(simulator).length, 3),
      ]);
    },
  },
  {
    name: "an overload inside a stream ends the turn at once",
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say no\nfail failed:server_is_overloaded");
      return expectFailure(run, /capacity|overload|high demand/i, [
        expectCount("requests", posts(simulator).length, 1),
      ]);
    },
  },
  {
    name: "a rate limit inside a stream is retried after the delay that it names",
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(
        launcher,
        home,
        "say After the limit\nfail failed:rate_limit_exceeded attempts=1",
      );
      return expectSuccess(simulator, run, [
        expectLastLine(run, "After the limit"),
        expectCount("requests", posts(simulator).length, 2),
      ]);
    },
  },
  {
    name: "after a 401 it reads the file again, then refreshes, and repeats the request",
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say Refreshed\nfail token_invalidated attempts=1,2");
      const tokens = posts(simulator).map(({ headers }) => headers["authorization"]);
      return expectSuccess(simulator, run, [
        expectLastLine(run, "Refreshed"),
        expectCount("requests", tokens.length, 3),
        expectCount("tokens", new Set(tokens).size, 2),
        expectCount("refreshes", simulator.stats.refreshes, 1),
      ]);
    },
  },
];

/** Approves the device sign-in as soon as the CLI polls for it. */
export async function approveWhenAsked(simulator: Simulator, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const poll = simulator.requests.find(({ path }) => path.endsWith("/deviceauth/token"));
    const code = (poll?.json as { user_code?: string } | undefined)?.user_code;
    if (code !== undefined && simulator.decideDevice(code)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
