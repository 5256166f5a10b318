import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChatGPTSimulator, startSimulator } from "axio-simulator";
import type { ProgramRun, RuntimeCase } from "./cases.ts";
import type { InstalledRuntime } from "./runtimes.ts";

/** After this time a program counts as one that does not end. */
const TIMEOUT_MS = 60_000;

/**
 * Runs a case on a runtime, with simulators and a home directory of its own.
 *
 * @param packages The directory in which the packages are installed.
 * @returns What is wrong, if anything.
 */
export async function runCase(
  { script, args, prepare, check }: RuntimeCase,
  runtime: InstalledRuntime,
  packages: string,
): Promise<string | undefined> {
  await using simulator = await startSimulator({ deviceIntervalSeconds: 1 });
  await using chatgpt = await startChatGPTSimulator({ autoApprove: true });
  const directory = await mkdtemp(join(tmpdir(), "axio-runtime-"));
  try {
    const context = { simulator, directory };
    await prepare?.(context);
    const path = join(packages, script);
    const child = spawn(runtime.path, [...runtime.args, path, ...(args?.(context) ?? [])], {
      cwd: directory,
      stdio: ["ignore", "pipe", "pipe"],
      // Without the proxies and certificates of this machine.
      env: {
        PATH: process.env["PATH"],
        HOME: directory,
        LANG: "C.UTF-8",
        XDG_CONFIG_HOME: join(directory, "config"),
        XDG_STATE_HOME: join(directory, "state"),
        AXIO_TEST_DIRECTORY: directory,
        AXIO_TEST_BASE_URL: simulator.baseUrl,
        AXIO_TEST_ISSUER: simulator.issuer,
        AXIO_TEST_ACCESS_TOKEN: simulator.issueCredentials().accessToken,
        AXIO_TEST_CHATGPT_BASE_URL: chatgpt.apiBaseUrl,
        AXIO_TEST_CHATGPT_ISSUER: chatgpt.issuer,
        AXIO_TEST_RUNTIME_ARGS: JSON.stringify(runtime.args),
        AXIO_TEST_MCP_SERVER: join(packages, "mcp-server.mjs"),
      },
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    const run = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      run.stdout += text;
      const [, userCode] = /^code (\S+)\n/.exec(text) ?? [];
      if (userCode !== undefined) simulator.decideDevice(userCode);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      run.stderr += text;
    });
    const [code] = (await once(child, "close")) as [ProgramRun["code"]];
    clearTimeout(timer);
    const problem = check({ ...run, code }, context);
    return problem === undefined ? undefined : `${problem}\n${run.stderr}`.trimEnd();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
