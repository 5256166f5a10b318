import { type ChatGPTSimulator, startChatGPTSimulator } from "../packages/axio-simulator/src/index.ts";
import { endsWith, lastLine, NEW, OLD } from "./cli-cases.ts";
import { type CliHome, type CliRun, execPrompt, prepareHome } from "./official-cli.ts";
import { startRefusingProxy } from "./refusing-proxy.ts";

/** One thing that an official CLI does with a token of "Sign in with ChatGPT", as the documents describe it. */
interface PlanCase {
  readonly name: string;
  readonly versions: readonly string[];
  /** More lines of its configuration, before any table. */
  readonly config?: string;
  run(launcher: string, home: CliHome, simulator: ChatGPTSimulator): Promise<readonly string[]>;
}

const BOTH = [OLD, NEW];

/** Its agents bring the tool `tool_search`, which the route refuses. */
const WITHOUT_AGENTS = "features.multi_agent = false\n";

/** Every case, in the order of the table. */
export const PLAN_CASES: readonly PlanCase[] = [
  {
    name: "a turn with reasoning and text",
    versions: BOTH,
    config: WITHOUT_AGENTS,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "think Let me see\nsay Hello from the plan");
      return judge(simulator, run, "Hello from the plan", 1);
    },
  },
  {
    name: "a tool call and its result",
    versions: BOTH,
    config: WITHOUT_AGENTS,
    run: async (launcher, home, simulator) => {
      const script =
        'think I run it\ncall exec_command {"cmd":"echo tool-$((40+2))"}\nthen\nsay It printed {{result 1}}\\nand that is all';
      const run = await execPrompt(launcher, home, script);
      const sent = posts(simulator).at(-1)?.body.includes("tool-42") === true;
      return [
        ...judge(simulator, run, "and that is all", 2),
        ...(sent ? [] : ["the tool's output was not sent back"]),
      ];
    },
  },
  {
    name: "a stream that breaks off is asked for again",
    versions: BOTH,
    config: WITHOUT_AGENTS,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say Once more\nfail eof at=text attempts=1");
      return judge(simulator, run, "Once more", 2);
    },
  },
  {
    name: "every try after the plan's limit is noted",
    versions: BOTH,
    config: WITHOUT_AGENTS,
    run: async (launcher, home, simulator) => {
      const script = "say no\nfail failed code=subscription_sharing_usage_limit_exceeded at=text";
      const run = await execPrompt(launcher, home, script);
      const noted = simulator.violations.filter(({ kind }) => kind === "retry_after_usage_limit").length;
      const again = posts(simulator).length - 1;
      return [
        ...(run.exitCode === 0 ? ["it ended well"] : []),
        ...(noted === again ? [] : [`${noted} of ${again} tries were noted`]),
      ];
    },
  },
  {
    name: "a configuration with tool_search fails, as the documents say",
    versions: [NEW],
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say no");
      return [
        ...(run.exitCode === 0 ? ["it ended well"] : []),
        ...(/does not support the tool tool_search/.test(run.stderr) ? [] : ["it does not tell the reason"]),
        ...(posts(simulator).length === 1 ? [] : [`${posts(simulator).length} requests in the place of 1`]),
      ];
    },
  },
];

/** Runs a case with the provider that the documents describe; the problems it met. */
export async function runPlanCase(item: PlanCase, launcher: string): Promise<readonly string[]> {
  // It sends flat tools and members that the documents are silent about.
  await using simulator = await startChatGPTSimulator({ unknowns: "lenient" });
  await using proxy = await startRefusingProxy();
  await using home = await prepareHome({
    // Its plugins look for news elsewhere.
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
  return [...problems, ...[...proxy.hosts].map((host) => `it asked for ${host} and was refused`)];
}

function judge(simulator: ChatGPTSimulator, run: CliRun, text: string, requests: number): readonly string[] {
  const sent = posts(simulator);
  // Its originator is what the documents have an app name itself by.
  const violations = simulator.violations.filter(({ message }) => message !== "the header originator");
  return [
    ...(run.exitCode === 0 ? [] : [`exit code ${run.exitCode}: ${lastLine(run.stderr)}`]),
    ...endsWith(run, text),
    ...(sent.length === requests ? [] : [`${sent.length} requests in the place of ${requests}`]),
    ...violations.map(({ message }) => message),
  ];
}

function posts(simulator: ChatGPTSimulator): ChatGPTSimulator["requests"] {
  return simulator.requests.filter(({ method, path }) => method === "POST" && path === "/v1/responses");
}
