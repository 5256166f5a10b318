import { join } from "node:path";
import { expectLastLine, lastLine } from "./cli-case.ts";
import { execute } from "./execute.ts";
import { openGateway } from "./gateway-cases.ts";
import { installPackage, prepareHome } from "./official-cli.ts";
import { startRefusingProxy } from "./refusing-proxy.ts";

/** The version of Claude Code that takes a turn. */
export const CLAUDE_CODE_VERSION = "2.1.332";

/** The package with the program itself. Unlike the package with the command, it needs no newer Node.js. */
const PACKAGE = "@anthropic-ai/claude-code-linux-x64";

const PROMPT =
  'call Bash {"command":"echo tool-$((40+2))","description":"Echoes"}\nthen\nsay It printed {{result 1}}\\nand that is all';

/** Lets Claude Code take a turn with a tool over the Messages API. Returns the problems. */
export async function runClaudeCode(): Promise<readonly string[]> {
  const directory = await installPackage(PACKAGE, CLAUDE_CODE_VERSION, `claude-code-${CLAUDE_CODE_VERSION}`);
  await using gateway = await openGateway("gpt-5.5");
  await using proxy = await startRefusingProxy();
  await using home = await prepareHome({ config: "", caPem: undefined, proxy: proxy.url, env: {} });
  const env = {
    ...home.env,
    ANTHROPIC_BASE_URL: gateway.baseURL.replace(/\/v1$/, ""),
    ANTHROPIC_AUTH_TOKEN: gateway.secret,
    ANTHROPIC_MODEL: "claude-axio-gpt-5.5",
    CLAUDE_CONFIG_DIR: join(home.home, "claude"),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
  };
  const args = ["-p", "--allowedTools", "Bash(echo:*)"];
  const run = await execute(join(directory, "claude"), args, { cwd: home.work, env }, PROMPT);
  return [
    ...(run.exitCode === 0 ? [] : [`exit code ${run.exitCode}: ${lastLine(run.stderr)}`]),
    ...(run.stdout.includes("It printed tool-42")
      ? []
      : [`its output does not contain the result of the tool: ${lastLine(run.stdout)}`]),
    ...expectLastLine(run, "and that is all"),
    ...gateway.problems(),
  ];
}
