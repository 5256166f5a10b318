import { setTimeout as sleep } from "node:timers/promises";
import { messageText, type TransportEvent } from "axio";
import { ScriptedTransport, stepEnd, textAnswer } from "axio/testing";
import { type Quartiles, quartilesOf } from "../src/statistics.ts";
import { startApp } from "./start-app.ts";

const DELTAS_PER_SECOND = 2_000;
const KEYS_PER_SECOND = 20;

/** The result of a flood. */
export interface FloodResult {
  readonly seconds: number;
  readonly deltas: number;
  readonly keysTyped: number;
  readonly keysLost: number;
  readonly framesPerSecond: number;
  /** The maximum number of frames in one second. */
  readonly mostFrames: number;
  /** From a key to the frame that shows it, in milliseconds. */
  readonly echoMs: Quartiles & { readonly p99: number; readonly max: number };
  /** The heap in bytes after a third of the time and at the end, after garbage collections. Includes the response. */
  readonly heap: readonly [number, number];
  /** CPU usage of the whole process as a share of one processor, including reading the screen. */
  readonly cpu: number;
  /** Whether the whole response was kept. */
  readonly isAnswerKept: boolean;
}

/** Streams a long response at 2,000 deltas per second while the user types. */
export async function measureFlood(seconds: number): Promise<FloodResult> {
  const deltas = Array.from({ length: seconds * DELTAS_PER_SECOND }, (_, index) => deltaOf(index));
  const transport = new ScriptedTransport([() => paced(deltas), textAnswer("Done.")]);
  const app = await startApp({ transport });
  const { terminal } = app;
  await terminal.until("The prompt", (rows) => rows.some((row) => row.includes("Bench")));
  terminal.type("go\r");
  await terminal.until("The answer", (rows) => rows.some((row) => row.includes("word0")));
  const typist = new Typist(seconds * KEYS_PER_SECOND);
  terminal.onFrame = () => typist.look(terminal.rows());
  const framesBefore = terminal.frameTimes.length;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  let early = 0;
  while (!typist.isDone) {
    typist.press((key) => terminal.type(key));
    if (early === 0 && typist.share > 1 / 3) early = heapUsed();
    const next = startedAt + typist.pressed * (1_000 / KEYS_PER_SECOND);
    await sleep(Math.max(0, next - performance.now()));
  }
  const late = heapUsed();
  const { user, system } = process.cpuUsage(cpuBefore);
  const elapsed = performance.now() - startedAt;
  const frames = terminal.frameTimes.slice(framesBefore);
  terminal.onFrame = () => undefined;
  await terminal.until(
    "The end of the answer",
    (rows) => !rows.some((row) => row.includes("Esc stops")),
    60_000,
  );
  terminal.type("\r");
  await terminal.until("The second answer", (rows) => rows.some((row) => row.includes("Done.")));
  const said = transport.requests[1]?.messages ?? [];
  const [answer, prompt] = [said.at(-2), said.at(-1)];
  const received = prompt === undefined ? "" : messageText(prompt);
  await app.leave();
  return {
    seconds,
    deltas: deltas.length,
    keysTyped: typist.text.length,
    keysLost: lost(typist.text, received),
    framesPerSecond: frames.length / (elapsed / 1_000),
    mostFrames: mostInASecond(frames),
    echoMs: typist.echo(),
    heap: [early, late],
    cpu: (user + system) / 1_000 / elapsed,
    isAnswerKept: answer !== undefined && messageText(answer) === deltas.join(""),
  };
}

/** Types text whose every substring is unique, and finds it on the screen. */
class Typist {
  readonly text: string;
  readonly #pressedAt: number[] = [];
  readonly #seenAt: number[] = [];
  #seen = 0;

  constructor(keys: number) {
    this.text = Array.from({ length: Math.ceil(keys / 4) }, (_, index) =>
      (index + 1_000).toString(16).padStart(4, "g"),
    )
      .join("")
      .slice(0, keys);
  }

  get pressed(): number {
    return this.#pressedAt.length;
  }

  get share(): number {
    return this.pressed / this.text.length;
  }

  get isDone(): boolean {
    return this.pressed >= this.text.length;
  }

  press(type: (key: string) => void): void {
    this.#pressedAt.push(performance.now());
    type(this.text[this.pressed - 1] ?? "");
  }

  /** Records the keys that a frame shows for the first time. */
  look(rows: readonly string[]): void {
    const shown = rows.join("").replace(/\s/g, "");
    const now = performance.now();
    for (let count = this.pressed; count > this.#seen; count -= 1) {
      if (!shown.includes(this.text.slice(Math.max(0, count - 12), count))) continue;
      for (; this.#seen < count; this.#seen += 1) this.#seenAt.push(now);
    }
  }

  echo(): FloodResult["echoMs"] {
    const times = this.#seenAt
      .map((at, index) => at - (this.#pressedAt[index] ?? at))
      .sort((left, right) => left - right);
    const at = (share: number): number => times[Math.floor(share * (times.length - 1))] ?? Number.NaN;
    return { ...quartilesOf(times), p99: at(0.99), max: at(1) };
  }
}

async function* paced(deltas: readonly string[]): AsyncGenerator<TransportEvent> {
  const startedAt = performance.now();
  let sent = 0;
  while (sent < deltas.length) {
    const due = Math.ceil(((performance.now() - startedAt) / 1_000) * DELTAS_PER_SECOND);
    for (; sent < Math.min(due, deltas.length); sent += 1) {
      yield { type: "text-delta", index: 0, delta: deltas[sent] ?? "" };
    }
    await sleep(1);
  }
  yield { type: "block-end", index: 0, block: { type: "text", text: deltas.join("") } };
  yield stepEnd();
}

/** Returns Markdown with paragraphs, lists and code, as models write it. */
function deltaOf(index: number): string {
  const within = index % 400;
  if (index > 0 && within === 0) return "\n\n## A part\n\n";
  if (within === 120) return "\n\n- an item\n- another one\n\n";
  if (within === 200) return "\n\n```ts\nconst value = 1;\n";
  if (within === 280) return "\n```\n\n";
  return within > 200 && within < 280 && within % 8 === 0 ? ` + ${index};\n` : `word${index} `;
}

function lost(typed: string, received: string): number {
  if (typed === received) return 0;
  let at = 0;
  for (const character of received) if (typed[at] === character) at += 1;
  return Math.max(1, typed.length - at);
}

function mostInASecond(times: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [last, time] of times.entries()) {
    while (time - (times[first] ?? time) >= 1_000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

function heapUsed(): number {
  if (globalThis.gc === undefined) throw new Error("Run this with --expose-gc.");
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
