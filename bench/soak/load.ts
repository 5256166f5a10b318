// 1,000 concurrent streams in one process: memory and CPU time per stream, and the 99th percentile of the time to the first event,
// compared with bare `fetch` in the same round. Each opens its own connections.
// Run: npm run bench:load, or npm run bench:load -- chat for Chat Completions.

import { setTimeout as wait } from "node:timers/promises";
import { type CompletionTransport, userMessage } from "axio";
import { CodexTransport } from "axio-transport-codex";
import { ServerTransport } from "axio-transport-openai";
import { spreadOf } from "../src/statistics.ts";
import { spawnOpenAISimulator, spawnSimulator } from "./spawn-simulator.ts";

const STREAMS = 1_000;
/** Long enough for all streams to be open at once. */
const PROMPT = "say Hello\nwait 8s\nsay world";
const ROUNDS = 5;
/** The limits: the heap of a stream in KB, and the medians of CPU time and of the 99th percentile as multiples of bare `fetch`. */
const LIMITS = { heapKb: 60, ratio: 1.3 } as const;

interface Round {
  /** Time to the first event of each stream. */
  readonly firstMs: readonly number[];
  /** Peak memory above the start, in KB per stream. */
  readonly heapKb: number;
  readonly rssKb: number;
  /** CPU time of this process in milliseconds per stream. It hardly depends on the load of the machine. */
  readonly cpuMs: number;
}

type OneStream = (onFirst: () => void) => Promise<void>;

const collect = globalThis.gc;
if (collect === undefined) throw new Error("Run this with --expose-gc.");
const gc = collect;

let captured: { readonly url: string; readonly init: RequestInit } | undefined;
const capture: typeof fetch = (url, init) => {
  // The same request for bare fetch, without the signal.
  const { signal: _, ...rest } = init ?? {};
  captured ??= { url: String(url), init: rest as RequestInit };
  return fetch(url, init);
};
const { connect, delta, close } = process.argv[2] === "chat" ? await startChat() : await startCodex();

const streamWith = async (transport: CompletionTransport, onFirst: () => void): Promise<void> => {
  let first = true;
  const request = { system: "You are a test.", messages: [userMessage(PROMPT)], tools: [] };
  for await (const event of transport.stream(request)) {
    if (first && event.type === "text-delta") {
      first = false;
      onFirst();
    }
  }
};
const viaFetch: OneStream = async (onFirst) => {
  if (captured === undefined) throw new Error("There is no request to repeat.");
  const response = await fetch(captured.url, captured.init);
  const decoder = new TextDecoder();
  let first = true;
  for await (const chunk of response.body ?? []) {
    if (first && decoder.decode(chunk, { stream: true }).includes(delta)) {
      first = false;
      onFirst();
    }
  }
};

await streamWith(connect({ fetch: capture }), () => undefined);
const transport = connect({});
const viaTransport: OneStream = (onFirst) => streamWith(transport, onFirst);
const rounds: [string, OneStream][] = [
  ["fetch", viaFetch],
  ["axio", viaTransport],
];
console.log(`${STREAMS} streams at once, ${ROUNDS} rounds, time to the first event in ms`);
const found: { readonly axio: Round; readonly fetch: Round }[] = [];
// Round 0 warms up.
for (let round = 0; round <= ROUNDS; round += 1) {
  const pair: Record<string, Round> = {};
  // The second one runs in a warmer process, so they alternate.
  for (const [name, stream] of round % 2 === 0 ? [...rounds].reverse() : rounds) {
    const measured = await measure(stream);
    pair[name] = measured;
    const { firstMs, heapKb, rssKb, cpuMs } = measured;
    console.log(
      `${round} ${name.padEnd(5)} p50 ${percentile(firstMs, 50).toFixed(0)}  p99 ${percentile(firstMs, 99).toFixed(0)}  ` +
        `heap ${heapKb.toFixed(0)} KB per stream, resident ${rssKb.toFixed(0)} KB, cpu ${cpuMs.toFixed(2)} ms`,
    );
  }
  const { axio, fetch: bare } = pair;
  if (round > 0 && axio !== undefined && bare !== undefined) found.push({ axio, fetch: bare });
}
await close();
process.exit(reportLimits() ? 0 : 1);

/** Prints what the limits apply to, and returns whether all are met. */
function reportLimits(): boolean {
  const ratioOf = (value: (round: Round) => number): number =>
    spreadOf(found.map(({ axio, fetch: bare }) => value(axio) / value(bare))).median;
  const figures: readonly (readonly [name: string, value: number, limit: number])[] = [
    ["heap of a stream in KB", spreadOf(found.map(({ axio }) => axio.heapKb)).median, LIMITS.heapKb],
    ["CPU time, times bare fetch", ratioOf(({ cpuMs }) => cpuMs), LIMITS.ratio],
    ["99th percentile, times bare fetch", ratioOf(({ firstMs }) => percentile(firstMs, 99)), LIMITS.ratio],
  ];
  for (const [name, value, limit] of figures)
    console.log(`${value <= limit ? "met   " : "BROKEN"} ${name}: ${value.toFixed(2)}, limit ${limit}`);
  return figures.every(([, value, limit]) => value <= limit);
}

/** A simulator, how to connect to it, and the text that marks a delta on its wire. */
interface Started {
  connect(options: { readonly fetch?: typeof fetch }): CompletionTransport;
  readonly delta: string;
  close(): Promise<void>;
}

async function startCodex(): Promise<Started> {
  const { credentials, baseUrl, issuer, close } = await spawnSimulator();
  return {
    connect: (options) => new CodexTransport({ credentials, baseUrl, issuer, model: "gpt-5.5", ...options }),
    delta: "output_text.delta",
    close,
  };
}

async function startChat(): Promise<Started> {
  const { baseUrl, apiKey, close } = await spawnOpenAISimulator();
  return {
    connect: (options) =>
      new ServerTransport({ baseUrl, apiKey, model: "gpt-4.1", server: "openai", api: "chat", ...options }),
    delta: '"content":"Hello"',
    close,
  };
}

/**
 * Waits until the connections of earlier streams are closed. The server closes those that are idle for five seconds, and a request
 * that is sent on one at that moment fails. Bare `fetch` does not repeat it.
 */
async function allClosed(): Promise<void> {
  while (process.getActiveResourcesInfo().includes("TCPSocketWrap")) await wait(100);
}

async function measure(stream: OneStream): Promise<Round> {
  await allClosed();
  gc();
  const before = process.memoryUsage();
  const cpuBefore = process.cpuUsage();
  const firstMs: number[] = [];
  const all = Array.from({ length: STREAMS }, () => {
    const begunAt = performance.now();
    return stream(() => firstMs.push(performance.now() - begunAt));
  });
  const done = Promise.all(all);
  while (firstMs.length < STREAMS) await wait(20);
  gc();
  const held = process.memoryUsage();
  await done;
  const cpu = process.cpuUsage(cpuBefore);
  return {
    cpuMs: (cpu.user + cpu.system) / 1000 / STREAMS,
    firstMs,
    heapKb: (held.heapUsed - before.heapUsed) / 1024 / STREAMS,
    rssKb: (held.rss - before.rss) / 1024 / STREAMS,
  };
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
}
