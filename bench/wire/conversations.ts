import { type Simulator, startSimulator } from "../../packages/axio-simulator/src/index.ts";
import { ClientProcess } from "./child.ts";
import type { Target } from "./client.ts";
import type { ClientId } from "./client-process.ts";
import { LAST_ANSWER, newContentBytes, TURNS } from "./conversation.ts";
import { startRelay } from "./relay.ts";

/** What one client sent in the conversation, in bytes. */
export interface Traffic {
  readonly client: ClientId;
  /** How many requests or messages asked for an answer. */
  readonly requests: number;
  /** The JSON of their bodies. */
  readonly bodyBytes: number;
  /** All that went to the server, with headers, frames and every other request. */
  readonly socketBytes: number;
  readonly newContentBytes: number;
}

/** Who has the conversation, one after the other. */
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
 * Has each client have the conversation, and counts what it sends.
 *
 * @throws Error where one does not come to its end, or goes another way than it should.
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
  const child = new ClientProcess({ client, target, task: { kind: "converse" } });
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

/** An account of the simulator. pi-ai cannot read a token with a character that base64url has and base64 has not. */
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
  if (callId === undefined) throw new Error("The last request has no result of a tool.");
  return callId;
}
