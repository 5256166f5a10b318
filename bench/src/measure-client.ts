import { createHash } from "node:crypto";
import { promptFor, type Task } from "./answer.ts";
import type { Ask, ClientOptions, Received } from "./client.ts";
import { spreadOf } from "./statistics.ts";

/** What one fresh process measured of one client. Times are of all its threads, in milliseconds of CPU. */
export interface Measurement {
  /** The first answer, after a small one that loaded the code and opened the connection. */
  readonly firstCpuMs: number;
  /** The middle one of the second half of the answers: by then the hot code is compiled. Absent where there was but one. */
  readonly warmCpuMs?: number;
  /** From the start of the process to the end of the first answer. */
  readonly processCpuMs: number;
  /** What came of each answer. */
  readonly answers: readonly { readonly deltas: number; readonly sha256: string }[];
}

/** What the parent asks of this process. */
export interface MeasureOrder extends ClientOptions {
  readonly client: ClientId;
  readonly task: Task;
  /** How many answers to measure. */
  readonly answers: number;
}

/** The clients that can be measured. */
export type ClientId = keyof typeof CLIENTS;

interface ClientModule {
  readonly connect: (options: ClientOptions) => Ask | Promise<Ask>;
}

const CLIENTS = {
  floor: () => import("./clients/floor.ts"),
  axio: () => import("./clients/axio.ts"),
  "pi-ai": () => import("./clients/pi-ai.ts"),
  openai: () => import("./clients/openai.ts"),
  "ai-sdk": () => import("./clients/ai-sdk.ts"),
} satisfies Record<string, () => Promise<ClientModule>>;

const WARM_UP = { kind: "deltas", count: 20 } as const;

async function measure({ client, task, answers, ...options }: MeasureOrder): Promise<Measurement> {
  const { connect } = (await CLIENTS[client]()) as ClientModule;
  const ask = await connect(options);
  const warmUp = await ask(promptFor(WARM_UP));
  if (warmUp.deltas !== WARM_UP.count) throw new Error(`The small answer brought ${warmUp.deltas} deltas.`);
  const received: Received[] = [];
  const times: number[] = [];
  let processCpuMs = 0;
  for (let number = 0; number < answers; number += 1) {
    const before = process.cpuUsage();
    received.push(await ask(promptFor(task)));
    times.push(milliseconds(process.cpuUsage(before)));
    if (number === 0) processCpuMs = milliseconds(process.cpuUsage());
  }
  const [firstCpuMs = 0] = times;
  const warm = answers === 1 ? [] : times.slice(answers / 2);
  return {
    firstCpuMs,
    ...(warm.length === 0 ? {} : { warmCpuMs: spreadOf(warm).median }),
    processCpuMs,
    answers: received.map(({ deltas, text }) => ({
      deltas,
      sha256: createHash("sha256").update(text).digest("hex"),
    })),
  };
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

const order = process.argv[2];
if (order === undefined || process.send === undefined) throw new Error("This is run by the benchmark.");
const measurement = await measure(JSON.parse(order) as MeasureOrder);
// Connections that are kept alive would keep the process.
process.send(measurement, () => process.exit());
