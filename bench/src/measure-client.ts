// One client in its own process: reads one response for each message of the parent, and reports its cost.

import { createHash } from "node:crypto";
import { promptFor, type Task } from "./answer.ts";
import type { Ask, ClientOptions } from "./client.ts";

/** The start parameters of the process. */
export interface MeasureOrder extends ClientOptions {
  readonly client: ClientId;
  readonly task: Task;
}

/** One response. Times are in milliseconds. */
export interface Answer {
  /** CPU time of all threads since the response before: the compilers and the garbage collector also work after its end. */
  readonly cpuMs: number;
  /** From the request to the end of the response. */
  readonly elapsedMs: number;
  /** CPU time since the start of the process. */
  readonly processCpuMs: number;
  readonly deltas: number;
  readonly sha256: string;
}

/** A message to the parent: ready, after a small response that loaded the code and opened the connection; or a response. */
export type MeasureWord = "ready" | Answer;

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
  "codex/openai": () => import("./clients/codex/openai.ts"),
  "codex/ai-sdk": () => import("./clients/codex/ai-sdk.ts"),
  "codex/pi-ai": () => import("./clients/codex/pi-ai.ts"),
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

async function main({ client, task, ...options }: MeasureOrder): Promise<void> {
  const { connect } = (await CLIENTS[client]()) as ClientModule;
  const ask = await connect(options);
  const warmUp = await ask(promptFor(WARM_UP));
  if (warmUp.deltas !== WARM_UP.count) throw new Error(`The warm-up response had ${warmUp.deltas} deltas.`);
  let before = cpuMs();
  process.on("message", () => {
    void read(ask, task, before).then((answer) => {
      // Without the check of the text.
      before = cpuMs();
      say(answer);
    });
  });
  say("ready");
}

async function read(ask: Ask, task: Task, cpuBefore: number): Promise<Answer> {
  const startedAt = performance.now();
  const { deltas, text } = await ask(promptFor(task));
  const elapsedMs = performance.now() - startedAt;
  const processCpuMs = cpuMs();
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { cpuMs: processCpuMs - cpuBefore, elapsedMs, processCpuMs, deltas, sha256 };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function say(word: MeasureWord): void {
  process.send?.(word);
}

// Exit with the parent.
process.on("disconnect", () => process.exit(0));
await main(JSON.parse(process.argv[2] ?? "{}") as MeasureOrder);
