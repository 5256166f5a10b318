import { join } from "node:path";
import { MemoryCredentialStore } from "axio-auth";
import { createKey, type RequestFacts, startGateway } from "axio-gateway";
import { CodexTransport } from "axio-transport-codex";
import { startSimulator } from "../packages/axio-simulator/src/index.ts";
import { expectLastLine, lastLine } from "./cli-case.ts";
import { execute } from "./execute.ts";
import { execPrompt, installPackage, prepareHome } from "./official-cli.ts";
import { startRefusingProxy } from "./refusing-proxy.ts";

/** A turn of the official CLI through the gateway. */
export interface GatewayCase {
  readonly name: string;
  readonly model: string;
  readonly prompt: string;
  readonly lastLine: string;
  /** Uses a WebSocket. Default: server-sent events. */
  readonly webSocket?: true;
}

const TOOL_TURN =
  'think I run it\ncall exec_command {"cmd":"echo tool-$((40+2))"}\nthen\nsay It printed {{result 1}}\\nand that is all';

/** The turns that the official CLI takes through the gateway. */
export const GATEWAY_CASES: readonly GatewayCase[] = [
  { name: "a text", model: "gpt-5.5", prompt: "say Hello from here", lastLine: "Hello from here" },
  { name: "a tool call and its result", model: "gpt-5.5", prompt: TOOL_TURN, lastLine: "and that is all" },
  {
    name: "a tool call and its result over a WebSocket",
    model: "gpt-5.5",
    prompt: TOOL_TURN,
    lastLine: "and that is all",
    webSocket: true,
  },
];

/** A gateway before a simulator, for a case. */
export interface CaseGateway extends AsyncDisposable {
  readonly baseURL: string;
  readonly secret: string;
  /** The routes of the requests so far. */
  readonly routes: ReadonlySet<string>;
  /** The problems that the simulator saw. */
  readonly problems: () => readonly string[];
}

/** Opens a gateway before a simulator of the Codex backend. */
export async function openGateway(model: string): Promise<CaseGateway> {
  const simulator = await startSimulator();
  const transport = new CodexTransport({
    model,
    credentials: new MemoryCredentialStore(simulator.issueCredentials()),
    baseUrl: simulator.baseUrl,
    issuer: simulator.issuer,
  });
  const { key, secret } = createKey({ name: "client" });
  const routes = new Set<string>();
  const onRequest = ({ route }: RequestFacts): void => void routes.add(route);
  const gateway = await startGateway({ transport, keys: [key], drainMs: 1, onRequest });
  return {
    baseURL: gateway.baseURL,
    secret,
    routes,
    problems: () =>
      simulator.requests
        .filter(({ status }) => status === 400)
        .map(({ method, path }) => `the simulator refused ${method} ${path} as malformed`),
    [Symbol.asyncDispose]: async () => {
      await gateway.close();
      transport.close();
      await simulator.close();
    },
  };
}

/** Runs a case with the official CLI. Returns its problems. */
export async function runGatewayCase(
  { model, prompt, lastLine: expected, webSocket }: GatewayCase,
  launcher: string,
): Promise<readonly string[]> {
  await using gateway = await openGateway(model);
  // Without a sign-in of its own, the CLI looks for updates and plugins elsewhere. The proxy refuses.
  await using proxy = await startRefusingProxy();
  await using home = await prepareHome({
    config: [
      `model = "${model}"`,
      'model_provider = "axio"',
      "[model_providers.axio]",
      'name = "axio"',
      `base_url = "${gateway.baseURL}"`,
      'env_key = "AXIO_GATEWAY_KEY"',
      'wire_api = "responses"',
      `supports_websockets = ${webSocket === true}`,
      "",
    ].join("\n"),
    caPem: undefined,
    proxy: proxy.url,
    env: { AXIO_GATEWAY_KEY: gateway.secret },
  });
  const run = await execPrompt(launcher, home, prompt);
  const route = webSocket === true ? "/v1/responses (WebSocket)" : "/v1/responses";
  return [
    ...(gateway.routes.has(route) ? [] : [`the CLI did not use ${route}`]),
    ...(run.exitCode === 0 ? [] : [`exit code ${run.exitCode}: ${lastLine(run.stderr)}`]),
    ...expectLastLine(run, expected),
    ...gateway.problems(),
  ];
}

/** The version of opencode that takes a turn. */
export const OPENCODE_VERSION = "1.18.33";

/** Lets opencode take a turn with a tool over Chat Completions. Returns the problems. */
export async function runOpencode(): Promise<readonly string[]> {
  const directory = await installPackage(
    "opencode-linux-x64",
    OPENCODE_VERSION,
    `opencode-${OPENCODE_VERSION}`,
  );
  await using gateway = await openGateway("gpt-5.5");
  await using proxy = await startRefusingProxy();
  await using home = await prepareHome({ config: "", caPem: undefined, proxy: proxy.url, env: {} });
  const config = {
    autoupdate: false,
    share: "disabled",
    permission: { bash: "allow" },
    provider: {
      axio: {
        npm: "@ai-sdk/openai-compatible",
        name: "axio",
        options: { baseURL: gateway.baseURL, apiKey: gateway.secret },
        models: { "gpt-5.5": { name: "gpt-5.5", tool_call: true } },
      },
    },
  };
  const prompt =
    'call bash {"command":"echo tool-$((40+2))","description":"Echoes"}\nthen\nsay It printed {{result 1}}\\nand that is all';
  const env = {
    ...home.env,
    NO_COLOR: "1",
    OPENCODE_CONFIG_CONTENT: JSON.stringify(config),
    OPENCODE_DISABLE_AUTOUPDATE: "1",
    OPENCODE_DISABLE_MODELS_FETCH: "1",
  };
  const args = ["run", "--model", "axio/gpt-5.5"];
  const run = await execute(join(directory, "bin/opencode"), args, { cwd: home.work, env }, prompt);
  return [
    ...(run.exitCode === 0 ? [] : [`exit code ${run.exitCode}: ${lastLine(run.stderr)}`]),
    ...(run.stdout.includes("It printed tool-42")
      ? []
      : ["its output does not contain the result of the tool"]),
    ...expectLastLine(run, "and that is all"),
    ...gateway.problems(),
  ];
}
