import { Agent, defineTool, MemoryContextStore } from "axio";
import { CodexTransport, type Credentials, login, logout, MemoryCredentialStore } from "axio-transport-codex";
import {
  type IssuedTokens,
  type RecordedRequest,
  type Simulator,
  startSimulator,
} from "../packages/axio-simulator/src/index.ts";
import { type RequestKind, sortRequests } from "./request-kinds.ts";

const TOOL_PROMPT =
  'think I run it\nsay I run it.\ncall run {"command":"x"}\nthen\nsay It printed {{result 1}}';

/**
 * Runs our own transport through the turns of the official CLIs.
 *
 * @param requests Receives the first request of each kind.
 * @returns The problems it found.
 */
export async function runAxio(requests: Map<RequestKind, RecordedRequest>): Promise<readonly string[]> {
  const problems: string[] = [];
  const keep = (simulator: Simulator, model: "lite" | "not lite"): void => {
    for (const [kind, request] of sortRequests(simulator.requests, model)) {
      if (!requests.has(kind)) requests.set(kind, request);
    }
    problems.push(...simulator.complaints);
  };
  await turnWithTool(keep, problems, "gpt-6.1-sol", "lite");
  await turnWithTool(keep, problems, "gpt-6.1-sol", "lite", "websocket");
  await turnWithTool(keep, problems, "gpt-5.5", "not lite");
  await signInAndOut(keep);
  return problems;
}

type Keep = (simulator: Simulator, model: "lite" | "not lite") => void;

async function turnWithTool(
  keep: Keep,
  problems: string[],
  model: string,
  kind: "lite" | "not lite",
  by: "sse" | "websocket" = "sse",
): Promise<void> {
  await using simulator = await startSimulator();
  using transport = new CodexTransport({
    transport: by,
    credentials: new MemoryCredentialStore<Credentials>(
      credentialsOf(simulator.issueCredentials({ lifetimeSeconds: -10 })),
    ),
    baseUrl: simulator.baseUrl,
    issuer: simulator.issuer,
    retry: { maxRetries: 0 },
  });
  await transport.fetchModels();
  const run = defineTool({
    name: "run",
    description: "Runs a command.",
    inputSchema: { type: "object", properties: { command: { type: "string" } }, required: ["command"] },
    execute: () => "42",
  });
  const system = "Be brief.";
  const context = new MemoryContextStore();
  await transport.warmUp({ system, tools: [run], model, conversationId: context.id });
  const agent = new Agent({ system, tools: [run], transport });
  const { text: answer } = await agent.run(TOOL_PROMPT, { context, model });
  if (answer !== "It printed 42") problems.push(`${model}: the answer is ${JSON.stringify(answer)}`);
  keep(simulator, kind);
}

async function signInAndOut(keep: Keep): Promise<void> {
  await using simulator = await startSimulator({ deviceIntervalSeconds: 1 });
  const store = new MemoryCredentialStore<Credentials>();
  await login({
    method: "device",
    issuer: simulator.issuer,
    store,
    onProgress: (progress) => {
      if (progress.type === "device-code") void simulator.decideDevice(progress.userCode);
    },
  });
  await logout({ store, issuer: simulator.issuer });
  keep(simulator, "lite");
}

function credentialsOf(tokens: IssuedTokens): Credentials {
  const { accessToken, refreshToken, idToken, accountId, expiresAt } = tokens;
  return { accessToken, refreshToken, idToken, accountId, expiresAt };
}
