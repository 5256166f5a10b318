import { type Simulator, startSimulator } from "../../packages/axio-simulator/src/index.ts";
import { startClient } from "./child.ts";
import type { Target } from "./client.ts";
import type { ClientId } from "./client-process.ts";
import { LAST_ANSWER, newContentBytes, TURNS } from "./conversation.ts";
import { startRelay } from "./relay.ts";

/** The bytes that one client sent in the conversation. */
export interface Traffic {
  readonly client: ClientId;
  /** The number of requests or messages. */
  readonly requests: number;
  /** The JSON of the bodies. */
  readonly bodyBytes: number;
  /** Everything sent to the server, including headers, frames and other requests. */
  readonly socketBytes: number;
  readonly newContentBytes: number;
}

/** The clients, in order. */
export const CONVERSING: readonly ClientId[] = [
  "axio-websocket-lite",
  "axio-websocket",
  "pi-ai-websocket",
  "axio-sse",
  "pi-ai-sse",
  "openai",
  "ai-sdk",
];

const TIMEOUT_MS = 60_000;

/**
 * Runs the conversation with each client and counts the bytes that it sends.
 *
 * @throws Error if a client does not finish, or uses another kind of connection.
 */
export async function measureConversations(): Promise<readonly Traffic[]> {
  const traffic: Traffic[] = [];
  for (const client of CONVERSING) traffic.push(await measureConversation(client));
  return traffic;
}

async function measureConversation(client: ClientId): Promise<Traffic> {
  await using simulator = await startSimulator();
  const relay = await startRelay(Number(new URL(simulator.origin).port));
  const target = { ...targetOf(simulator), baseUrl: `http://127.0.0.1:${relay.port}/backend-api/codex` };
  const child = startClient({ client, target, task: { kind: "converse" } });
  try {
    const word = await child.next(TIMEOUT_MS);
    if (word.kind !== "text" || word.text !== LAST_ANSWER) {
      throw new Error(`${client} ended the conversation with ${JSON.stringify(word).slice(0, 200)}.`);
    }
    return {
      client,
      ...askedFor(client, simulator),
      socketBytes: relay.bytes,
      newContentBytes: newContentBytes(callIdOf(simulator)),
    };
  } finally {
    child.stop();
    relay.close();
  }
}

/** Returns an account of the simulator. pi-ai cannot read tokens with characters that are in base64url but not in base64. */
export function targetOf(simulator: Simulator): Target {
  for (;;) {
    const { accessToken, accountId } = simulator.issueCredentials();
    if (/[-_]/.test(accessToken.split(".")[1] ?? "")) continue;
    return { baseUrl: simulator.baseUrl, accessToken, accountId };
  }
}

function askedFor(client: ClientId, { requests }: Simulator): Pick<Traffic, "requests" | "bodyBytes"> {
  const way = client.includes("websocket") ? "MESSAGE" : "POST";
  const asked = requests.filter(({ method, path }) => method !== "GET" && path.endsWith("/responses"));
  if (asked.length !== TURNS + 1 || asked.some(({ method }) => method !== way)) {
    throw new Error(`${client} asked ${asked.map(({ method }) => method).join(" ")}.`);
  }
  return {
    requests: asked.length,
    bodyBytes: asked.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0),
  };
}

function callIdOf({ requests }: Simulator): string {
  const callId = /"call_id":"([^"]+)"/.exec(requests.at(-1)?.body ?? "")?.[1];
  if (callId === undefined) throw new Error("The last request has no tool result.");
  return callId;
}
