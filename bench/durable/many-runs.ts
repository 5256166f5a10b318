import { setTimeout as sleep } from "node:timers/promises";
import { Agent, type TransportEvent } from "axio";
import { ScriptedTransport, stepEnd } from "axio/testing";
import {
  DurableAgent,
  type DurableEvent,
  type DurableStore,
  MemoryDurableStore,
  observeRun,
} from "axio-durable";
import { openPostgres, PostgresSessions } from "axio-postgres";
import type { PostgresServer } from "test-support/postgres";
import { cpuSince } from "./cpu-time.ts";

/** The cost of many runs at once in one process. */
export interface ManyRuns {
  readonly name: string;
  /** How much the heap of the process has grown for each run in the middle of its response, in bytes. */
  readonly memory: number;
  /** Milliseconds from an event of the model to an observer in the same process. */
  readonly local: readonly number[];
  /** The same for an observer that has only the database in common with the worker. */
  readonly remote: readonly number[];
  /** Writes of events, each a transaction, a second. Absent in memory. */
  readonly writes?: number | undefined;
  /** The CPU time of a text of the model, in milliseconds. */
  readonly cpu: number;
}

const TEXT_EVERY_MS = 50;
/** How many runs are observed. */
const OBSERVED = 20;

/** A model whose responses begin when all runs have sent their request. Each text is the time at which it was sent. */
function pacedModel(runs: number, texts: number) {
  let waiting = 0;
  let open: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    open = resolve;
  });
  const respond = async function* (): AsyncGenerator<TransportEvent> {
    waiting += 1;
    if (waiting === runs) open();
    await begun;
    // Not all at the same moment.
    await sleep(Math.random() * TEXT_EVERY_MS);
    for (let number = 0; number < texts; number += 1) {
      yield { type: "text-delta", index: 0, delta: `${performance.now()} ` };
      await sleep(TEXT_EVERY_MS);
    }
    yield { type: "block-end", index: 0, block: { type: "text", text: "done" } };
    yield stepEnd();
  };
  return { transport: new ScriptedTransport(Array.from({ length: runs }, () => respond)), begun };
}

/** Runs `count` agents at once, each with a response of `texts` texts, 20 a second: in memory, and durable. */
export async function measureManyRuns(
  server: PostgresServer,
  { count, texts }: { readonly count: number; readonly texts: number },
): Promise<readonly ManyRuns[]> {
  const connection = await server.createDatabase();
  await using database = await openPostgres({ connection, migrate: true });
  await using elsewhere = await openPostgres({ connection });
  return [
    await measureInMemory(count, texts),
    await measureDurable("Durable, store in memory", new MemoryDurableStore(), undefined, { count, texts }),
    await measureDurable(
      "Durable on PostgreSQL",
      new PostgresSessions(database),
      new PostgresSessions(elsewhere),
      { count, texts },
    ),
  ];
}

async function measureInMemory(count: number, texts: number): Promise<ManyRuns> {
  const before = memory();
  const { transport, begun } = pacedModel(count, texts);
  const local: number[] = [];
  const runs = Array.from({ length: count }, async (_, number) => {
    const delays = number < OBSERVED ? local : [];
    for await (const event of new Agent({ transport }).runStream("Tell me.")) addDelay(delays, event);
  });
  await begun;
  const cpu = process.cpuUsage();
  const grown = await inTheMiddle(texts, before);
  await Promise.all(runs);
  return {
    name: "In memory: `Agent`",
    memory: grown / count,
    local,
    remote: [],
    cpu: cpuSince(cpu) / count / texts,
  };
}

async function measureDurable(
  name: string,
  store: DurableStore,
  elsewhere: DurableStore | undefined,
  { count, texts }: { readonly count: number; readonly texts: number },
): Promise<ManyRuns> {
  const before = memory();
  const { transport, begun } = pacedModel(count, texts);
  let writes = 0;
  const { events } = store;
  const append: typeof events.append = (chunks) => {
    writes += 1;
    return events.append(chunks);
  };
  const counted: DurableStore = {
    runs: store.runs,
    events: {
      append,
      read: (runId, options) => events.read(runId, options),
      follow: (runId, onChange) => events.follow(runId, onChange),
      prune: (time) => events.prune(time),
    },
    create: () => store.create(),
    open: (id) => store.open(id),
  };
  const agent = new DurableAgent({ transport, store: counted });
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1) ids.push((await agent.start("Tell me.")).id);
  const local: number[] = [];
  const remote: number[] = [];
  const observed = ids
    .slice(0, OBSERVED)
    .flatMap((id) => [
      observe(agent.observe(id), local),
      ...(elsewhere === undefined ? [] : [observe(observeRun(elsewhere, id), remote)]),
    ]);
  const worker = agent.work({ concurrency: count });
  await begun;
  const [cpu, start, first] = [process.cpuUsage(), performance.now(), writes];
  const grown = await inTheMiddle(texts, before);
  await sleep(Math.max(0, start + texts * TEXT_EVERY_MS - performance.now()));
  const rate = ((writes - first) / (performance.now() - start)) * 1_000;
  await Promise.all(observed);
  for (const id of ids) for await (const _ of agent.observe(id));
  const used = cpuSince(cpu);
  await worker.close();
  return { name, memory: grown / count, local, remote, writes: rate, cpu: used / count / texts };
}

async function observe(
  events: AsyncIterable<{ readonly event: DurableEvent }>,
  delays: number[],
): Promise<void> {
  for await (const { event } of events) addDelay(delays, event);
}

function addDelay(delays: number[], event: DurableEvent): void {
  if (event.type === "text-delta") delays.push(performance.now() - Number(event.delta));
}

async function inTheMiddle(texts: number, before: number): Promise<number> {
  await sleep((texts * TEXT_EVERY_MS) / 2);
  return memory() - before;
}

function memory(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
