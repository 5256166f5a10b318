import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DurableAgent, type DurableEvent, type DurableStore, LeaseEngine } from "axio-durable";
import { bundleScript } from "test-support/bundle-script";
import type { SeparateNetwork } from "test-support/separate-network";
import { expect, onTestFinished } from "vitest";
import { createModel, createTools, effectsOf } from "./crash-scenario.ts";
import { openPlace } from "./open-place.ts";

const WORKER = await bundleScript(fileURLToPath(new URL("./crashing-worker.ts", import.meta.url)));

/** The points at which a worker can be lost. */
export const POINTS = [
  "after claim",
  "before startModelCall",
  "after startModelCall",
  "in response",
  "before settleModelCall",
  "after settleModelCall",
  "before claimToolCall",
  "after claimToolCall",
  "before effect",
  "after effect",
  "before settleToolCall",
  "after settleToolCall",
  "before context.append",
  "after context.append",
  "before events.append",
  "after events.append",
  "before save",
  "before end",
  "after end",
] as const;

/** The points that are reached several times in a run, and which of those. */
export const LATER_POINTS = [
  ["before startModelCall", 2],
  ["before settleModelCall", 2],
  ["after settleModelCall", 2],
  ["after claimToolCall", 2],
  ["after claimToolCall", 3],
  ["before effect", 2],
  ["after effect", 2],
  ["after effect", 3],
  ["after settleToolCall", 2],
  ["after settleToolCall", 3],
  ["before context.append", 2],
  ["after context.append", 2],
  ["before save", 2],
] as const;

/** How a worker is lost: killed, or suspended. */
export type Loss = "SIGKILL" | "SIGSTOP";

interface Scenario {
  /** The path of a session file, or the URL of a database with a space. */
  readonly place: string;
  readonly leaseMs: number;
  /** Where the first worker is lost. Default: nowhere. */
  readonly point?: string | undefined;
  readonly count?: number | undefined;
  readonly loss?: Loss | undefined;
  /** Arguments of Node for the worker. Default: none. */
  readonly nodeArguments?: readonly string[] | undefined;
  /**
   * Runs the worker there. It is suspended at the point only until its network is cut: then it goes on, and the network comes
   * back when another worker has the run.
   */
  readonly network?: SeparateNetwork | undefined;
  /** The place for a worker in another network. Default: `place`. */
  readonly workerPlace?: string | undefined;
}

/** The traces of a run. */
export interface Outcome {
  readonly conversationId: string;
  readonly runId: string;
  readonly history: string;
  readonly text: string;
  readonly effects: readonly string[];
  readonly events: readonly DurableEvent[];
}

/** Creates a directory until the end of the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "axio-durable-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Opens a store until the end of the test. */
export async function openStore(place: string): Promise<DurableStore> {
  const { store, close } = await openPlace(place);
  onTestFinished(close);
  return store;
}

/** Starts a worker that is lost at a point, or never. */
export function startWorker(
  {
    place,
    workerPlace = place,
    leaseMs,
    point,
    count = 1,
    loss = "SIGKILL",
    nodeArguments = [],
    network,
  }: Scenario,
  file: string,
): ChildProcess {
  const args = [process.execPath, ...nodeArguments, WORKER, workerPlace, file, String(leaseMs)];
  if (point !== undefined) args.push(loss, point, String(count));
  const [program = "", ...rest] = [...(network?.enter ?? []), ...args];
  const worker = spawn(program, rest, { stdio: "inherit" });
  onTestFinished(() => void worker.kill("SIGKILL"));
  return worker;
}

/** Returns the text that a reader shows at the end: what was discarded is gone. */
function shownText(events: readonly DurableEvent[]): string {
  let done = "";
  let current = new Map<number, string>();
  for (const event of events) {
    if (event.type === "text-delta") current.set(event.index, (current.get(event.index) ?? "") + event.delta);
    else if (event.type === "block-end" && event.block.type === "text")
      current.set(event.index, event.block.text);
    else if (event.type === "retry") for (const index of event.discardedBlocks) current.delete(index);
    else if (event.type === "step-end") {
      done += [...current.values()].join("");
      current = new Map();
    }
  }
  return done;
}

/** Runs to the end. With a point, the first worker is lost there. */
export async function runToEnd(scenario: Scenario): Promise<Outcome> {
  const { place, leaseMs, point, loss = "SIGKILL", network } = scenario;
  const file = join(temporaryDirectory(), "effects");
  const store = await openStore(place);
  const engine = new LeaseEngine(store.runs, { leaseMs, pollMs: 20 });
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  // The next worker claims the run, and begins when the lost one is gone.
  const waiting: DurableStore = {
    runs: store.runs,
    events: store.events,
    create: () => store.create(),
    open: async (id) => {
      await begun;
      return store.open(id);
    },
  };
  const tools = createTools(store, file);
  const agent = new DurableAgent({ transport: createModel(), tools, store: waiting, engine });
  const { id, conversationId } = await agent.start("Do all of them.");
  let lost: ChildProcess | undefined;
  if (point !== undefined) {
    lost = startWorker(scenario, file);
    await untilLost(lost, loss);
  }
  const worker = agent.work();
  if (lost !== undefined && loss === "SIGSTOP") {
    const isTaken = async (): Promise<boolean> => {
      const run = await store.runs.get(id);
      return run?.epoch === 2 || run?.endedAt !== undefined;
    };
    if (network !== undefined) {
      await network.cut();
      lost.kill("SIGCONT");
      await expect.poll(() => network.unacknowledged(), { timeout: 20_000 }).toBeGreaterThan(0);
    }
    await expect.poll(isTaken, { timeout: 40_000 }).toBe(true);
    await network?.heal();
    // It goes on with what it did, which must have no effect.
    const exit = once(lost, "exit");
    lost.kill("SIGCONT");
    lost.kill("SIGTERM");
    expect(await exit).toEqual([0, null]);
  }
  begin();
  const events: DurableEvent[] = [];
  for await (const { event } of agent.observe(id)) events.push(event);
  await worker.close();
  const history = JSON.stringify(await (await store.open(conversationId)).history());
  const effects = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  return { conversationId, runId: id, history, text: shownText(events), effects, events };
}

async function untilLost(worker: ChildProcess, loss: Loss): Promise<void> {
  if (loss === "SIGKILL") {
    const [, signal] = await once(worker, "exit");
    expect(signal).toBe("SIGKILL");
    return;
  }
  // Linux tells the state of a process behind its name.
  const state = (): string => readFileSync(`/proc/${worker.pid}/stat`, "utf8").split(") ")[1]?.[0] ?? "";
  await expect.poll(state, { timeout: 20_000 }).toBe("T");
}

/** Compares a run whose worker was lost with one that was not disturbed. */
export async function verify(store: DurableStore, disturbed: Outcome, undisturbed: Outcome): Promise<void> {
  expect(disturbed.text).toBe(undisturbed.text);
  expect(disturbed.events.at(-1)).toMatchObject({ type: "run-end", reason: "end", steps: 2 });
  const names = effectsOf(store);
  const results = disturbed.events.flatMap((event) => (event.type === "tool-result" ? event.name : []));
  expect([...results].sort()).toEqual([...names].sort());
  const countOf = (effect: string): number =>
    disturbed.effects.filter((line) => line.startsWith(effect)).length;
  const isUnknown = disturbed.history.includes("outcome is unknown");
  expect(countOf("once")).toBeLessThanOrEqual(1);
  if (!isUnknown) expect(countOf("once")).toBe(1);
  for (const effect of ["none", "idempotent"]) {
    expect(countOf(effect)).toBeGreaterThanOrEqual(1);
    // Each repetition had the same key.
    expect(new Set(disturbed.effects.filter((line) => line.startsWith(effect))).size).toBe(1);
  }
  if (!isUnknown) expect(disturbed.history).toBe(undisturbed.history);
  const calls = await store.runs.toolCalls(disturbed.runId, 1);
  expect(calls.map(({ result }) => result !== undefined)).toEqual(names.map(() => true));
}
