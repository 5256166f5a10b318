import { BENCH_FOLDER, versionOf } from "../contenders.ts";
import type { ClientId } from "../measure-client.ts";
import { streamingTable } from "../report.ts";
import type { StreamingResults } from "../streaming.ts";
import type { Wire } from "./wires.ts";

/** An API of this benchmark: one with keys, or the Codex backend. */
export type MeasuredApi = Wire | "codex";

/** Returns a client of an API. Those of the Codex backend that run on every Node have no prefix. */
export function clientOf(api: MeasuredApi, name: "floor" | "axio"): ClientId {
  return api === "codex" ? name : `${api}/${name}`;
}

/** The results of one API on one version of Node. */
export interface ApiResult {
  readonly wire: MeasuredApi;
  readonly node: string;
  readonly streaming: StreamingResults;
}

/** The results of one run. */
export interface ApiFindings {
  readonly date: string;
  readonly cpu: string;
  readonly rounds: number;
  /** The load average of the last minute, and the number of processors. */
  readonly load: number;
  readonly processors: number;
  readonly results: readonly ApiResult[];
}

/** axio's limits: the median as a multiple of the floor. */
export const API_LIMITS = { warm: 1, whole: 1.15 } as const;

const TITLES: Readonly<Record<MeasuredApi, string>> = {
  chat: "Chat Completions API",
  messages: "Messages API",
  codex: "Codex backend",
};

/** Formats the results as Markdown that is readable in a terminal. */
export function apiReport({ date, cpu, rounds, load, processors, results }: ApiFindings): string {
  return [
    `Measured ${date} on ${cpu}, with a load average of ${load.toFixed(1)} on ${processors} processors; ${rounds} rounds.`,
    ...results.map(resultTable),
  ].join("\n\n");
}

/** Formats the result of one API on one version of Node. */
export function resultTable({ wire, node, streaming }: ApiResult): string {
  return `### 20,000 deltas over the ${TITLES[wire]}, Node ${node}\n\n${streamingTable(streaming, nameOf)}`;
}

/** Lists the exceeded limits. */
export function violations({ results }: ApiFindings): readonly string[] {
  return results.flatMap(({ wire, node, streaming }) => {
    const axio = streaming.results.find(({ id }) => id === clientOf(wire, "axio"));
    return (["warm", "whole"] as const).flatMap((member) => {
      const ratio = axio?.[member]?.ratio.median ?? Number.NaN;
      if (ratio <= API_LIMITS[member]) return [];
      const what = member === "warm" ? "when warm" : "for the whole process";
      return [
        `axio needs ${ratio.toFixed(2)} times the floor ${what} over the ${TITLES[wire]} on Node ${node}; the limit is ${API_LIMITS[member]}.`,
      ];
    });
  });
}

/** The packages of each client, by the name in which they are installed here. */
const PACKAGES: Partial<Record<ClientId, readonly string[]>> = {
  axio: ["axio-transport-codex"],
  "chat/axio": ["axio-transport-openai"],
  "messages/axio": ["axio-transport-anthropic"],
  "codex/openai": ["openai-7"],
  "codex/ai-sdk": ["ai-7", "@ai-sdk/openai-4"],
  "codex/pi-ai": ["@earendil-works/pi-ai"],
  "chat/openai": ["openai-7"],
  "chat/ai-sdk": ["ai-7", "@ai-sdk/openai-compatible"],
  "chat/pi-ai": ["@mariozechner/pi-ai"],
  "messages/anthropic": ["@anthropic-ai/sdk"],
  "messages/ai-sdk": ["ai-7", "@ai-sdk/anthropic"],
  "messages/pi-ai": ["@mariozechner/pi-ai"],
};

function nameOf(id: ClientId): string {
  const packages = PACKAGES[id] ?? ["eventsource-parser"];
  // axio runs from its built packages.
  if (id.endsWith("axio")) return packages.join();
  const names = packages.map((name) => `${name.replace(/-[47]$/, "")} ${versionOf(name, BENCH_FOLDER)}`);
  return packages.includes("eventsource-parser") ? `fetch + ${names.join()} + JSON.parse` : names.join(" + ");
}
