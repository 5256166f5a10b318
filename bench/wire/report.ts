import { BENCH_FOLDER, versionOf } from "../src/contenders.ts";
import { table } from "../src/markdown-table.ts";
import type { ClientId } from "./client-process.ts";
import { settingsBytes, TURNS } from "./conversation.ts";
import type { Traffic } from "./conversations.ts";
import type { FirstText } from "./first-text.ts";

/** The results of one run. */
export interface WireFindings {
  readonly date: string;
  readonly node: string;
  readonly rounds: number;
  /** The load average of the last minute, and the number of processors. */
  readonly load: number;
  readonly processors: number;
  readonly traffic: readonly Traffic[];
  readonly chats: readonly { readonly historyCharacters: number; readonly results: readonly FirstText[] }[];
}

/** axio's limit for a conversation over a WebSocket: a multiple of its new content. */
export const TRAFFIC_LIMIT = 1.12;

/** axio's limit for the time to the first text over server-sent events: the median as a multiple of the floor. */
export const FIRST_TEXT_LIMIT = 1.1;

const VERSIONS: Readonly<Record<string, string>> = Object.fromEntries(
  ["@mariozechner/pi-ai", "openai", "ai", "@ai-sdk/openai", "eventsource-parser"].map((name) => [
    name,
    `${name} ${versionOf(name, BENCH_FOLDER)}`,
  ]),
);

const NAMES: Readonly<Record<ClientId, string>> = {
  floor: `fetch + ${VERSIONS["eventsource-parser"]} + JSON.parse`,
  "axio-websocket-lite": "axio, WebSocket, gpt-6.1-sol",
  "axio-websocket": "axio, WebSocket",
  "axio-sse": "axio, SSE",
  openai: `${VERSIONS["openai"]}`,
  "ai-sdk": `${VERSIONS["ai"]} + ${VERSIONS["@ai-sdk/openai"]}`,
  "pi-ai-sse": `${VERSIONS["@mariozechner/pi-ai"]}, SSE`,
  "pi-ai-websocket": `${VERSIONS["@mariozechner/pi-ai"]}, WebSocket`,
};

/** Formats the results as Markdown. */
export function wireReport({ date, node, rounds, load, processors, traffic, chats }: WireFindings): string {
  const newBytes = traffic[0]?.newContentBytes ?? 0;
  return [
    `Measured ${date} with Node ${node}, with a load average of ${load.toFixed(1)} on ${processors} processors.`,
    `### Bytes of ${TURNS} tool turns\n\nNew content: ${kilobytes(newBytes)}, of which the instructions and tools are ${kilobytes(settingsBytes())}.\n\n${trafficTable(traffic)}`,
    ...chats.map(
      ({ historyCharacters, results }) =>
        `### Time to the first text, ${historyCharacters === 0 ? "a new conversation" : `after ${kilobytes(historyCharacters)} of conversation`}\n\n${chatTable(results)}`,
    ),
    `The times are medians of ${rounds} rounds, with the quartiles in brackets.`,
  ].join("\n\n");
}

/** Lists the exceeded limits. */
export function violations({ traffic, chats }: WireFindings): readonly string[] {
  const bytes = traffic.flatMap((row) => {
    const ratio = promisedRatio(row);
    if (ratio === undefined || ratio <= TRAFFIC_LIMIT) return [];
    return [
      `${NAMES[row.client]} sends ${ratio.toFixed(3)} times its new content; the limit is ${TRAFFIC_LIMIT}.`,
    ];
  });
  const times = chats.flatMap(({ historyCharacters, results }) => {
    const ratio = results.find(({ client }) => client === "axio-sse")?.ratio.median ?? Number.NaN;
    if (ratio <= FIRST_TEXT_LIMIT) return [];
    return [
      `axio needs ${ratio.toFixed(2)} times the floor to the first text after ${kilobytes(historyCharacters)}; the limit is ${FIRST_TEXT_LIMIT}.`,
    ];
  });
  return [...bytes, ...times];
}

/**
 * Returns the bytes that the limit refers to. A model that takes instructions and tools next to the input needs them with every
 * request, so they count as often.
 */
function promisedRatio({ client, bodyBytes, newContentBytes, requests }: Traffic): number | undefined {
  if (client === "axio-websocket-lite") return bodyBytes / newContentBytes;
  if (client === "axio-websocket") return bodyBytes / (newContentBytes + (requests - 1) * settingsBytes());
  return undefined;
}

function trafficTable(traffic: readonly Traffic[]): string {
  return table(
    ["", "Requests", "Bodies", "Times the new content", "Whole sockets", "Times the new content"],
    traffic.map(({ client, requests, bodyBytes, socketBytes, newContentBytes }) => [
      NAMES[client],
      String(requests),
      kilobytes(bodyBytes),
      (bodyBytes / newContentBytes).toFixed(2),
      kilobytes(socketBytes),
      (socketBytes / newContentBytes).toFixed(2),
    ]),
  );
}

function chatTable(results: readonly FirstText[]): string {
  return table(
    ["", "First text", "Times the floor"],
    results.map(({ client, milliseconds, ratio }) => [
      NAMES[client],
      `${milliseconds.median.toFixed(2)} ms (${milliseconds.lower.toFixed(2)} to ${milliseconds.upper.toFixed(2)})`,
      `${ratio.median.toFixed(2)} (${ratio.lower.toFixed(2)} to ${ratio.upper.toFixed(2)})`,
    ]),
  );
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
}
