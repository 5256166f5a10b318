import { fileURLToPath } from "node:url";
import { deltasOf } from "../src/answer.ts";
import { AskedProcess } from "../src/asked-process.ts";
import { type Quartiles, quartilesOf } from "../src/statistics.ts";
import type { FirstEvents } from "./client-process.ts";
import type { ProxyAddress, ProxyMetric, ProxyOrder, ProxyState } from "./proxy-process.ts";

const TIMEOUT_MS = 60_000;
const MODEL = "gpt-4.1";

/** A figure of axio, that of the floor, and their ratio in pairs. */
export interface Comparison {
  readonly floor: Quartiles;
  readonly axio: Quartiles;
  readonly ratio: Quartiles;
}

/** Runs a task with the upstream server. */
export async function withUpstream<T>(run: (baseUrl: string) => Promise<T>): Promise<T> {
  const server = new AskedProcess<number>({ name: "upstream", script: script("upstream"), order: {} });
  try {
    return await run(`http://127.0.0.1:${await server.next(TIMEOUT_MS)}/v1`);
  } finally {
    server.stop();
  }
}

/** Compares the first event through the in-process `fetch` with that of its transport, in CPU time and in elapsed time. */
export async function measureFirstEvents(
  upstream: string,
  rounds: number,
): Promise<{ readonly cpuMs: Comparison; readonly elapsedMs: Comparison }> {
  const warmUp = 100;
  const options = { name: "client", script: script("client-process"), order: { upstream } };
  const client = new AskedProcess<FirstEvents | "ready">(options);
  const found: FirstEvents[] = [];
  try {
    await client.next(TIMEOUT_MS);
    for (let round = 0; round < warmUp + rounds; round += 1) {
      client.ask();
      const word = await client.next(TIMEOUT_MS);
      if (word !== "ready" && round >= warmUp) found.push(word);
    }
  } finally {
    client.stop();
  }
  const by = (member: "cpuMs" | "elapsedMs"): Comparison =>
    compare(found.map(({ transport, fetch }) => [transport[member], fetch[member]]));
  return { cpuMs: by("cpuMs"), elapsedMs: by("elapsedMs") };
}

/** How many responses of how many deltas are read at once in each round. */
const AT_ONCE = 4;
const DELTAS = 1_000;

/** Compares the CPU time for each event of the gateway with that of a proxy which only passes bytes on, in microseconds. */
export async function measureEvents(upstream: string, rounds: number): Promise<Comparison> {
  const warmUp = 4;
  const servers = [
    new ServerProcess({ kind: "proxy", upstream }),
    new ServerProcess({ kind: "gateway", upstream }),
  ];
  const pairs: [number, number][] = [];
  try {
    const addresses = await Promise.all(servers.map((server) => server.address()));
    for (let round = 0; round < warmUp + rounds; round += 1) {
      const pair: [number, number] = [0, 0];
      for (const place of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        const [server, address] = [servers[place], addresses[place]];
        if (server === undefined || address === undefined) continue;
        const before = await server.state("cpu");
        await Promise.all(Array.from({ length: AT_ONCE }, () => readWhole(address)));
        pair[place] = (1000 * ((await server.state("cpu")) - before)) / (AT_ONCE * DELTAS);
      }
      if (round >= warmUp) pairs.push(pair);
    }
  } finally {
    for (const server of servers) server.stop();
  }
  return compare(pairs);
}

/** How many streams are open at once. */
export const STREAMS = 500;

/** Returns the heap of the gateway for each of {@link STREAMS} open streams, in bytes. */
export async function measureStreams(upstream: string): Promise<number> {
  const gateway = new ServerProcess({ kind: "gateway", upstream });
  try {
    const address = await gateway.address();
    for (let warmUp = 0; warmUp < 4; warmUp += 1) await readWhole(address);
    const before = await gateway.state("heap");
    const readers = await Promise.all(Array.from({ length: STREAMS }, () => openStream(address)));
    const bytes = await gateway.state("heap");
    await Promise.all(readers.map((reader) => reader.cancel()));
    return (bytes - before) / STREAMS;
  } finally {
    gateway.stop();
  }
}

/** A gateway or a proxy in its own process. */
class ServerProcess {
  readonly #process: AskedProcess<ProxyAddress | ProxyState>;

  constructor(order: ProxyOrder) {
    const execArgv = ["--expose-gc"];
    this.#process = new AskedProcess({ name: order.kind, script: script("proxy-process"), order, execArgv });
  }

  async address(): Promise<ProxyAddress> {
    return (await this.#process.next(TIMEOUT_MS)) as ProxyAddress;
  }

  async state(metric: ProxyMetric): Promise<ProxyState> {
    this.#process.ask(metric);
    return (await this.#process.next(TIMEOUT_MS)) as ProxyState;
  }

  stop(): void {
    this.#process.stop();
  }
}

async function request(
  { baseUrl, secret }: ProxyAddress,
  prompt: string,
): Promise<ReadableStream<Uint8Array>> {
  const response = await fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
    body: JSON.stringify({ model: MODEL, stream: true, messages: [{ role: "user", content: prompt }] }),
  });
  if (!response.ok || response.body === null)
    throw new Error(`The server responded with ${response.status}: ${await response.text()}`);
  return response.body;
}

/** Reads a response to its end, and checks that its text is complete. */
async function readWhole(address: ProxyAddress): Promise<void> {
  const body = await new Response(await request(address, `Stream ${DELTAS} deltas.`)).text();
  const text = body
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => (JSON.parse(line.slice(6)) as Chunk).choices[0]?.delta?.content ?? "")
    .join("");
  const expected = deltasOf({ kind: "deltas", count: DELTAS }).join("");
  if (text !== expected)
    throw new Error(`The server sent ${text.length} characters instead of ${expected.length}.`);
}

interface Chunk {
  readonly choices: readonly { readonly delta?: { readonly content?: string | null } }[];
}

/** Opens a stream that stays open, and reads its first text. */
async function openStream(address: ProxyAddress): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const reader = (await request(address, "Hold.")).getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error("A held stream ended.");
    if (/"content":"[^"]/.test(decoder.decode(value, { stream: true }))) return reader;
  }
}

function compare(pairs: readonly (readonly [floor: number, axio: number])[]): Comparison {
  return {
    floor: quartilesOf(pairs.map(([floor]) => floor)),
    axio: quartilesOf(pairs.map(([, axio]) => axio)),
    ratio: quartilesOf(pairs.map(([floor, axio]) => axio / floor)),
  };
}

function script(name: string): string {
  return fileURLToPath(new URL(`./dist/adapters/${name}.js`, import.meta.url));
}
