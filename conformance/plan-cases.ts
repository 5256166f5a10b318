import { type ChatGPTSimulator, startChatGPTSimulator } from "../packages/axio-simulator/src/index.ts";
import { expectCount, expectLastLine, lastLine, posts } from "./cli-case.ts";
import type { ProcessRun } from "./execute.ts";
import { type CliHome, execPrompt, prepareHome } from "./official-cli.ts";
import { startRefusingProxy } from "./refusing-proxy.ts";

/** One thing that an official CLI does with a token of "Sign in with ChatGPT", as the documentation describes it. */
interface PlanCase {
  readonly name: string;
  /** Skips the oldest CLI. Default: false. */
  readonly newestOnly?: true;
  /** Additional lines of its configuration, before the first table. */
  readonly config?: string;
  /** @returns The problems it found. */
  run(launcher: string, home: CliHome, simulator: ChatGPTSimulator): Promise<readonly string[]>;
}

/** The agents of the CLI bring the tool `tool_search`, which the route refuses. */
const WITHOUT_AGENTS = "features.multi_agent = false\n";

/** Every case, in the order of the table. */
export const PLAN_CASES: readonly PlanCase[] = [
  {
    name: "a turn with reasoning and text",
    config: WITHOUT_AGENTS,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "think Let me see\nsay Hello from the plan");
      return expectSuccess(simulator, run, "Hello from the plan", 1);
    },
  },
  {
    name: "a tool call and its result",
    config: WITHOUT_AGENTS,
    run: async (launcher, home, simulator) => {
      const script =
        'think I run it\ncall exec_command {"cmd":"echo tool-$((40+2))"}\nthen\nsay It printed {{result 1}}\\nand that is all';
      const run = await execPrompt(launcher, home, script);
      const isSentBack = posts(simulator).at(-1)?.body.includes("tool-42") === true;
      return [
        ...expectSuccess(simulator, run, "and that is all", 2),
        ...(isSentBack ? [] : ["the tool's output was not sent back"]),
      ];
    },
  },
  {
    name: "a truncated stream is requested again",
    config: WITHOUT_AGENTS,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say Once more\nfail eof at=text attempts=1");
      return expectSuccess(simulator, run, "Once more", 2);
    },
  },
  {
    name: "each retry after the plan's limit is recorded as a violation",
    config: WITHOUT_AGENTS,
    run: async (launcher, home, simulator) => {
      const script = "say no\nfail failed code=subscription_sharing_usage_limit_exceeded at=text";
      const run = await execPrompt(launcher, home, script);
      const recorded = simulator.violations.filter(({ kind }) => kind === "retry_after_usage_limit").length;
      return [
        ...(run.exitCode === 0 ? ["it succeeded"] : []),
        ...expectCount("violations", recorded, posts(simulator).length - 1),
      ];
    },
  },
  {
    name: "a configuration with tool_search fails, as the documentation says",
    newestOnly: true,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say no");
      return [
        ...(run.exitCode === 0 ? ["it succeeded"] : []),
        ...(/does not support the tool tool_search/.test(run.stderr) ? [] : ["it does not name the reason"]),
        ...expectCount("requests", posts(simulator).length, 1),
      ];
    },
  },
];

/** Runs a case with the provider that the documentation describes, and returns the problems it found. */
export async function runPlanCase(item: PlanCase, launcher: string): Promise<readonly string[]> {
  // The CLI sends flat tools and members that the documentation does not mention.
  await using simulator = await startChatGPTSimulator({ unknowns: "lenient" });
  await using proxy = await startRefusingProxy();
  await using home = await prepareHome({
    // Plugins ask other hosts for news.
    config: `model = "gpt-5.5"
model_provider = "plan"
features.plugins = false
${item.config ?? ""}[model_providers.plan]
name = "ChatGPT plan"
base_url = "${simulator.apiBaseUrl}"
env_key = "ACCESS_TOKEN"
wire_api = "responses"
requires_openai_auth = false
supports_websockets = false
`,
    caPem: undefined,
    proxy: proxy.url,
    env: { ACCESS_TOKEN: simulator.issueTokens().accessToken },
  });
  const problems = await item.run(launcher, home, simulator);
  return [...problems, ...proxy.problems()];
}

function expectSuccess(
  simulator: ChatGPTSimulator,
  run: ProcessRun,
  text: string,
  requests: number,
): readonly string[] {
  // The documentation tells an app to name itself in this header.
  const violations = simulator.violations.filter(({ message }) => message !== "the header originator");
  return [
    ...(run.exitCode === 0 ? [] : [`exit code ${run.exitCode}: ${lastLine(run.stderr)}`]),
    ...expectLastLine(run, text),
    ...expectCount("requests", posts(simulator).length, requests),
    ...violations.map(({ message }) => message),
  ];
}
