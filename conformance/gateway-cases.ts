import { MemoryCredentialStore } from "axio-auth";
import { createKey, startGateway } from "axio-gateway";
import { CodexTransport } from "axio-transport-codex";
import { startSimulator } from "../packages/axio-simulator/src/index.ts";
import { expectLastLine, lastLine } from "./cli-case.ts";
import { execPrompt, prepareHome } from "./official-cli.ts";
import { startRefusingProxy } from "./refusing-proxy.ts";

/** A turn of the official CLI through the gateway. */
export interface GatewayCase {
  readonly name: string;
  readonly model: string;
  readonly prompt: string;
  readonly lastLine: string;
}

const TOOL_TURN =
  'think I run it\ncall exec_command {"cmd":"echo tool-$((40+2))"}\nthen\nsay It printed {{result 1}}\\nand that is all';

/** The turns that the official CLI takes through the gateway. */
export const GATEWAY_CASES: readonly GatewayCase[] = [
  { name: "a text", model: "gpt-5.5", prompt: "say Hello from here", lastLine: "Hello from here" },
  { name: "a tool call and its result", model: "gpt-5.5", prompt: TOOL_TURN, lastLine: "and that is all" },
];

/** Runs a case. Returns its problems. */
export async function runGatewayCase(
  { model, prompt, lastLine: expected }: GatewayCase,
  launcher: string,
): Promise<readonly string[]> {
  await using simulator = await startSimulator();
  // Without a sign-in of its own, the CLI looks for updates and plugins elsewhere. The proxy refuses.
  await using proxy = await startRefusingProxy();
  const transport = new CodexTransport({
    model,
    credentials: new MemoryCredentialStore(simulator.issueCredentials()),
    baseUrl: simulator.baseUrl,
    issuer: simulator.issuer,
  });
  const { key, secret } = createKey({ name: "codex" });
  const gateway = await startGateway({ transport, keys: [key], drainMs: 1 });
  await using home = await prepareHome({
    config: [
      `model = "${model}"`,
      'model_provider = "axio"',
      "[model_providers.axio]",
      'name = "axio"',
      `base_url = "${gateway.baseURL}"`,
      'env_key = "AXIO_GATEWAY_KEY"',
      'wire_api = "responses"',
      "",
    ].join("\n"),
    caPem: undefined,
    proxy: proxy.url,
    env: { AXIO_GATEWAY_KEY: secret },
  });
  const run = await execPrompt(launcher, home, prompt);
  await gateway.close();
  transport.close();
  const refused = simulator.requests.filter(({ status }) => status === 400);
  return [
    ...(run.exitCode === 0 ? [] : [`exit code ${run.exitCode}: ${lastLine(run.stderr)}`]),
    ...expectLastLine(run, expected),
    ...refused.map(({ method, path }) => `the simulator refused ${method} ${path} as malformed`),
  ];
}
