import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openSessions, type SessionDatabase } from "axio-context-sqlite";
import { DurableAgent, type DurableEvent, LeaseEngine } from "axio-durable";
import { bundleScript } from "test-support/bundle-script";
import { FULL_RUN, needs, POSIX } from "test-support/requirements";
import { describe, expect, onTestFinished, test } from "vitest";
import { createModel, createTools } from "./support/crash-scenario.ts";

const WORKER = await bundleScript(fileURLToPath(new URL("./support/crashing-worker.ts", import.meta.url)));

const POINTS = [
  "after claim",
  "before startModelCall",
  "in response",
  "before settleModelCall",
  "after settleModelCall",
  "after claimToolCall",
  "before effect",
  "after effect",
  "after settleToolCall",
  "before context.append",
  "after context.append",
  "after events.append",
  "before save",
  "before end",
  "after end",
];

interface Outcome {
  readonly history: string;
  readonly text: string;
  readonly effects: readonly string[];
  readonly events: readonly DurableEvent[];
}

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "axio-durable-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
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

function createAgent(store: SessionDatabase, file: string): DurableAgent {
  const engine = new LeaseEngine(store.runs, { leaseMs: 600, pollMs: 20 });
  return new DurableAgent({ transport: createModel(), tools: createTools(file), store, engine });
}

/** Runs to the end. With a point, the first worker is killed there. */
async function run(point?: string, count = 1): Promise<Outcome> {
  const directory = temporaryDirectory();
  const [path, file] = [join(directory, "runs.db"), join(directory, "effects")];
  const store = await openSessions({ path });
  onTestFinished(() => store.close());
  const agent = createAgent(store, file);
  const { id, conversationId } = await agent.start("Do all three.");
  if (point !== undefined) {
    const process_ = spawn(process.execPath, [WORKER, path, file, point, String(count)], {
      stdio: "inherit",
    });
    onTestFinished(() => void process_.kill("SIGKILL"));
    const [, signal] = await once(process_, "exit");
    expect(signal).toBe("SIGKILL");
  }
  const worker = agent.work();
  const events: DurableEvent[] = [];
  for await (const { event } of agent.observe(id)) events.push(event);
  await worker.close();
  const history = JSON.stringify(await (await store.open(conversationId)).history());
  const effects = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  return { history, text: shownText(events), effects, events };
}

/** Compares a run whose worker was killed with one that was not disturbed. */
function verify(disturbed: Outcome, undisturbed: Outcome): void {
  expect(disturbed.text).toBe(undisturbed.text);
  expect(disturbed.events.at(-1)).toMatchObject({ type: "run-end", reason: "end", steps: 2 });
  const results = disturbed.events.flatMap((event) => (event.type === "tool-result" ? event.toolCallId : []));
  expect([...results].sort()).toEqual(["call-idempotent", "call-none", "call-once"]);
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
}

describe("A run whose worker is killed ends like one that was not disturbed", needs(POSIX), () => {
  test.each(POINTS)("%s", async (point) => {
    verify(await run(point), await run());
  });

  test.each([
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
    ["before save", 3],
  ] as const)("%s, time %i", needs(FULL_RUN), async (point, count) => {
    verify(await run(point, count), await run());
  });
});
