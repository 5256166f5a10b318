import { createHash } from "node:crypto";
import { promptFor, type Task } from "./answer.ts";
import type { Ask, ClientOptions, Received } from "./client.ts";
import { spreadOf } from "./statistics.ts";

/** The measurement of one client in a fresh process. Times are CPU time of all threads, in milliseconds. */
export interface Measurement {
  /** The first response, after a small one that loaded the code and opened the connection. */
  readonly firstCpuMs: number;
  /** The median of the second half of the responses, when hot code is compiled. Absent if there was only one. */
  readonly warmCpuMs?: number;
  /** From the start of the process to the end of the first response. */
  readonly processCpuMs: number;
  /** The result of each response. */
  readonly answers: readonly { readonly deltas: number; readonly sha256: string }[];
}

/** The task from the parent process. */
export interface MeasureOrder extends ClientOptions {
  readonly client: ClientId;
  readonly task: Task;
  /** How many responses to measure. */
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
  "chat/floor": () => import("./clients/chat/floor.ts"),
  "chat/axio": () => import("./clients/chat/axio.ts"),
  "chat/openai": () => import("./clients/chat/openai.ts"),
  "chat/ai-sdk": () => import("./clients/chat/ai-sdk.ts"),
  "chat/pi-ai": () => import("./clients/chat/pi-ai.ts"),
  "messages/floor": () => import("./clients/messages/floor.ts"),
  "messages/axio": () => import("./clients/messages/axio.ts"),
  "messages/anthropic": () => import("./clients/messages/anthropic.ts"),
  "messages/ai-sdk": () => import("./clients/messages/ai-sdk.ts"),
  "messages/pi-ai": () => import("./clients/messages/pi-ai.ts"),
} satisfies Record<string, () => Promise<ClientModule>>;

const WARM_UP = { kind: "deltas", count: 20 } as const;

async function measure({ client, task, answers, ...options }: MeasureOrder): Promise<Measurement> {
  const { connect } = (await CLIENTS[client]()) as ClientModule;
  const ask = await connect(options);
  const warmUp = await ask(promptFor(WARM_UP));
  if (warmUp.deltas !== WARM_UP.count) throw new Error(`The warm-up response had ${warmUp.deltas} deltas.`);
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
if (order === undefined || process.send === undefined) throw new Error("The benchmark starts this script.");
const measurement = await measure(JSON.parse(order) as MeasureOrder);
// Keep-alive connections would keep the process alive.
process.send(measurement, () => process.exit());
