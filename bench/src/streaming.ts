import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { deltasOf, type Task } from "./answer.ts";
import { AskedProcess, TimeoutError } from "./asked-process.ts";
import type { ClientOptions } from "./client.ts";
import { CONTENDERS } from "./contenders.ts";
import type { Answer, ClientId, MeasureOrder, MeasureWord } from "./measure-client.ts";
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
  /** Elapsed time of a response in a warm process. */
  readonly warmElapsed: Cost | undefined;
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

/** A client that is not ready by then does not work. */
const START_TIMEOUT_MS = 60_000;

/** How many responses a process reads, of which the last third is warm. */
export const WARM_ANSWERS = 24;

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
  /** A client that needs longer to read a response is stopped. */
  readonly timeoutMs: number;
}

/** The responses of a client in one round, and those of the floor. */
interface Sample {
  readonly answers: readonly Answer[];
  readonly floor: readonly Answer[];
}

/**
 * Measures all clients, each in a fresh process in each round. Within a round they read one response each in turn, so that what
 * else the machine does at that time concerns all of them.
 *
 * @throws Error if a client did not deliver every delta and the whole text.
 */
export async function measureStreaming(
  workload: Workload,
  options: ClientOptions,
): Promise<StreamingResults> {
  const { rounds, floor: floorId = "floor", clients = CONTENDERS.map(({ id }) => id) } = workload;
  const samples = new Map<ClientId, Sample[]>();
  const cutOff = new Set<ClientId>();
  for (let round = 0; round < rounds; round += 1) {
    const measured = clients.filter((id) => !cutOff.has(id) && !isSlow(samples.get(id)));
    const answers = await measureRound([floorId, ...measured], workload, options);
    const floor = answers.get(floorId);
    if (floor === undefined) throw new Error(`The floor took more than ${workload.timeoutMs / 1000} s.`);
    for (const id of measured) if (!answers.has(id)) cutOff.add(id);
    for (const [id, own] of answers) samples.set(id, [...(samples.get(id) ?? []), { answers: own, floor }]);
  }
  const results = [...samples].map(([id, list]) => resultOf(id, list));
  return { results, cutOff: [...cutOff] };
}

/** Measures each client once. Those that timed out are missing. */
async function measureRound(
  ids: readonly ClientId[],
  { task, answers, timeoutMs, execPath }: Workload,
  options: ClientOptions,
): Promise<ReadonlyMap<ClientId, readonly Answer[]>> {
  const running = new Map(ids.map((id) => [id, startClient({ ...options, client: id, task }, execPath)]));
  const received = new Map<ClientId, Answer[]>(ids.map((id) => [id, []]));
  try {
    for (const child of running.values()) await child.next(START_TIMEOUT_MS);
    for (let turn = 0; turn < answers; turn += 1) {
      const order = turn % 2 === 0 ? [...running] : [...running].reverse();
      for (const [id, child] of order) {
        const answer = await nextAnswer(child, timeoutMs);
        if (answer === undefined) {
          child.stop();
          running.delete(id);
          received.delete(id);
        } else {
          assertWhole(id, task, answer);
          received.get(id)?.push(answer);
        }
      }
    }
  } finally {
    for (const child of running.values()) child.stop();
  }
  return received;
}

function startClient(order: MeasureOrder, execPath: string | undefined): AskedProcess<MeasureWord> {
  const script = fileURLToPath(new URL("./measure-client.js", import.meta.url));
  return new AskedProcess({ name: order.client, script, order, execPath });
}

async function nextAnswer(child: AskedProcess<MeasureWord>, timeoutMs: number): Promise<Answer | undefined> {
  child.ask();
  try {
    const word = await child.next(timeoutMs);
    if (word === "ready") throw new Error("A client was ready twice.");
    return word;
  } catch (error) {
    if (error instanceof TimeoutError) return undefined;
    throw error;
  }
}

/**
 * Verifies that a client which loses a delta is detected.
 *
 * @throws Error if it is not.
 */
export async function proveChecks(options: ClientOptions): Promise<void> {
  const child = startClient({ ...options, client: "floor", task: { kind: "deltas", count: 99 } }, undefined);
  try {
    await child.next(START_TIMEOUT_MS);
    const answer = await nextAnswer(child, 10_000);
    if (answer === undefined) throw new Error("The server does not respond.");
    try {
      assertWhole("floor", { kind: "deltas", count: 100 }, answer);
    } catch {
      return;
    }
  } finally {
    child.stop();
  }
  throw new Error("99 deltas passed for 100: the check checks nothing.");
}

function assertWhole(client: ClientId, task: Task, answer: Answer): void {
  const expected = deltasOf(task);
  const sha256 = createHash("sha256").update(expected.join("")).digest("hex");
  if (answer.deltas !== expected.length)
    throw new Error(`${client} handed out ${answer.deltas} deltas instead of ${expected.length}.`);
  if (answer.sha256 !== sha256) throw new Error(`${client} handed out another text than the server sent.`);
}

function isSlow(samples: readonly Sample[] = []): boolean {
  return samples.some(({ answers }) => (answers[0]?.cpuMs ?? 0) > SLOW_CPU_MS);
}

function resultOf(id: ClientId, samples: readonly Sample[]): StreamingResult {
  const first = costOf(samples, ({ cpuMs }) => cpuMs, firstOf);
  const hasWarm = samples.every(({ answers }) => answers.length > 1);
  return {
    id,
    runs: samples.length,
    first,
    warm: hasWarm ? costOf(samples, ({ cpuMs }) => cpuMs, lastThird) : undefined,
    warmElapsed: hasWarm ? costOf(samples, ({ elapsedMs }) => elapsedMs, lastThird) : undefined,
    whole: costOf(samples, ({ processCpuMs }) => processCpuMs, firstOf),
  };
}

/** The cost of each round, and its spread over all rounds. A round counts with the median of its responses. */
function costOf(
  samples: readonly Sample[],
  time: (answer: Answer) => number,
  select: (answers: readonly Answer[]) => readonly Answer[],
): Cost {
  const rounds = samples.map(({ answers, floor }) => {
    const own = select(answers).map(time);
    const least = select(floor).map(time);
    return {
      ms: spreadOf(own).median,
      ratio: spreadOf(own.map((value, index) => value / (least[index] ?? Number.NaN))).median,
    };
  });
  return {
    ms: spreadOf(rounds.map(({ ms }) => ms)),
    ratio: spreadOf(rounds.map(({ ratio }) => ratio)),
  };
}

function firstOf(answers: readonly Answer[]): readonly Answer[] {
  return answers.slice(0, 1);
}

/** The responses after the code is compiled: V8 compiles the HTTP parser inside `fetch` between the 7th and the 12th. */
function lastThird(answers: readonly Answer[]): readonly Answer[] {
  return answers.slice(-Math.ceil(answers.length / 3));
}
