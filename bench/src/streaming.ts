import { createHash } from "node:crypto";
import { deltasOf, type Task } from "./answer.ts";
import type { ClientOptions } from "./client.ts";
import { CONTENDERS } from "./contenders.ts";
import type { ClientId, Measurement } from "./measure-client.ts";
import { measure } from "./processes.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** A time in milliseconds, and as a multiple of the floor's in the same round. */
export interface Cost {
  readonly ms: Spread;
  readonly ratio: Spread;
}

/** The times of one client. */
export interface StreamingResult {
  readonly id: ClientId;
  readonly runs: number;
  /** CPU time of the first response. */
  readonly first: Cost;
  /** CPU time of a response in a warm process. */
  readonly warm: Cost | undefined;
  /** CPU time of the process up to the end of the first response, including start and imports. */
  readonly whole: Cost;
}

/** The times of all clients, and the names of those that timed out. */
export interface StreamingResults {
  readonly results: readonly StreamingResult[];
  readonly cutOff: readonly ClientId[];
}

/** A client that needs longer is measured only once. */
const SLOW_CPU_MS = 10_000;

/** Options of a measurement. */
export interface Workload {
  readonly task: Task;
  /** How many responses one process reads. */
  readonly answers: number;
  readonly rounds: number;
  /** The clients to measure in addition to the floor. Default: all. */
  readonly clients?: readonly ClientId[];
  /** The client that the others are compared with. Default: `floor`. */
  readonly floor?: ClientId;
  /** The Node program of the clients. Default: that of this process. */
  readonly execPath?: string;
  /** A client that needs longer is stopped. */
  readonly timeoutMs: number;
}

interface Sample {
  readonly measurement: Measurement;
  readonly floor: Measurement;
}

/**
 * Measures all clients alternately, each time in a fresh process.
 *
 * @throws Error if a client did not deliver every delta and the whole text.
 */
export async function measureStreaming(
  workload: Workload,
  options: ClientOptions,
): Promise<StreamingResults> {
  const { rounds, timeoutMs, floor: floorId = "floor", clients = CONTENDERS.map(({ id }) => id) } = workload;
  const samples = new Map<ClientId, Sample[]>();
  const cutOff = new Set<ClientId>();
  for (let round = 0; round < rounds; round += 1) {
    const floor = await measureChecked(floorId, workload, options);
    if (floor === undefined) throw new Error(`The floor took more than ${timeoutMs / 1000} s.`);
    note(floorId, { measurement: floor, floor });
    for (const id of clients) {
      if (cutOff.has(id) || isSlow(samples.get(id))) continue;
      const measurement = await measureChecked(id, workload, options);
      if (measurement === undefined) cutOff.add(id);
      else note(id, { measurement, floor });
    }
  }
  function note(id: ClientId, sample: Sample): void {
    samples.set(id, [...(samples.get(id) ?? []), sample]);
  }
  const results = [...samples].map(([id, list]) => resultOf(id, list));
  return { results, cutOff: [...cutOff] };
}

/**
 * Verifies that a client which loses a delta is detected.
 *
 * @throws Error if it is not.
 */
export async function proveChecks(options: ClientOptions): Promise<void> {
  const order = { ...options, client: "floor", task: { kind: "deltas", count: 99 }, answers: 1 } as const;
  const measurement = await measure(order, 10_000);
  if (measurement === undefined) throw new Error("The server does not respond.");
  try {
    assertWhole("floor", { kind: "deltas", count: 100 }, measurement);
  } catch {
    return;
  }
  throw new Error("99 deltas passed for 100: the check checks nothing.");
}

async function measureChecked(
  client: ClientId,
  { task, answers, timeoutMs, execPath }: Workload,
  options: ClientOptions,
): Promise<Measurement | undefined> {
  const measurement = await measure({ ...options, client, task, answers }, timeoutMs, execPath);
  if (measurement !== undefined) assertWhole(client, task, measurement);
  return measurement;
}

function assertWhole(client: ClientId, task: Task, { answers }: Measurement): void {
  const expected = deltasOf(task);
  const sha256 = createHash("sha256").update(expected.join("")).digest("hex");
  for (const answer of answers) {
    if (answer.deltas !== expected.length)
      throw new Error(`${client} handed out ${answer.deltas} deltas instead of ${expected.length}.`);
    if (answer.sha256 !== sha256) throw new Error(`${client} handed out another text than the server sent.`);
  }
}

function isSlow(samples: readonly Sample[] = []): boolean {
  return samples.some(({ measurement }) => measurement.firstCpuMs > SLOW_CPU_MS);
}

function resultOf(id: ClientId, samples: readonly Sample[]): StreamingResult {
  const cost = (time: (measurement: Measurement) => number): Cost => ({
    ms: spreadOf(samples.map(({ measurement }) => time(measurement))),
    ratio: spreadOf(samples.map(({ measurement, floor }) => time(measurement) / time(floor))),
  });
  const hasWarm = samples.every(({ measurement }) => measurement.warmCpuMs !== undefined);
  return {
    id,
    runs: samples.length,
    first: cost(({ firstCpuMs }) => firstCpuMs),
    warm: hasWarm ? cost(({ warmCpuMs = Number.NaN }) => warmCpuMs) : undefined,
    whole: cost(({ processCpuMs }) => processCpuMs),
  };
}
