import { setTimeout as sleep } from "node:timers/promises";
import { Agent, AxioError, defineTool, MemoryContextStore, type Message, type StreamEvent } from "axio";
import type { ProviderTransport } from "axio/plugin";
import type { FaultQueue } from "axio-simulator";
import { outcomeAt, type Point, type Points, type Row, type UndisturbedRun } from "./cells.ts";

/** How often a call is retried at most. */
export const MAX_RETRIES = 2;

/** The options of a transport in a cell. */
export interface CellOptions {
  readonly retry: { readonly maxRetries: number; readonly baseDelayMs: number };
  readonly idleTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly onWarning: (warning: AxioError) => void;
}

/** A simulated service, and how a transport reaches it. */
export interface FaultTarget extends AsyncDisposable {
  readonly points: Points;
  readonly undisturbed: UndisturbedRun;
  /** The run without faults over server-sent events, if it differs from the one over a WebSocket. */
  readonly otherWay?: UndisturbedRun | undefined;
  /** How often credentials are refreshed and the request repeated after a 401. A key has no successor. */
  readonly refreshes: 0 | 1;
  readonly faults: Pick<FaultQueue, "add" | "clear">;
  readonly stats: { readonly openStreams: number };
  connect(options: CellOptions): ProviderTransport;
  /** The number of requests for a response so far, and of rejected upgrades. */
  requests(): number;
}

/** The idle timeout of cells that do not wait for it, and of those that do. */
const PATIENCE_MS = 30_000;
const SILENCE_MS = 250;

/** The result of a run. */
export interface CellRun {
  readonly events: readonly StreamEvent[];
  /** The error that the iteration threw. */
  readonly thrown: AxioError | undefined;
  /** The number of requests for a response, and of rejected upgrades. */
  readonly requests: number;
  readonly warnings: readonly AxioError[];
  readonly history: readonly Message[];
  readonly toolRuns: number;
}

/** Runs an agent of two steps with a fault in the first attempt, or in every one. */
export async function runCell(
  target: FaultTarget,
  row: Row,
  point: Point,
  attempts: "first" | "all",
): Promise<CellRun> {
  let toolRuns = 0;
  const lookup = defineTool({
    name: "lookup",
    description: "Looks up.",
    inputSchema: { type: "object", properties: { q: { type: "string" } } },
    execute: () => {
      toolRuns += 1;
      return "found";
    },
  });
  const before = target.requests();
  const warnings: AxioError[] = [];
  const outcome = outcomeAt(row, point);
  const code = "code" in outcome ? outcome.code : undefined;
  const transport = target.connect({
    retry: { maxRetries: MAX_RETRIES, baseDelayMs: 1 },
    idleTimeoutMs: code === "stream-idle" ? SILENCE_MS : PATIENCE_MS,
    responseTimeoutMs: code === "response-timeout" ? SILENCE_MS : PATIENCE_MS,
    onWarning: (warning) => warnings.push(warning),
  });
  if (point === "upgrade") {
    const parameters = Object.fromEntries((row.parameters ?? "").split(" ").map((pair) => pair.split("=")));
    const fault = { name: row.fault, parameters };
    target.faults.add(fault, { target: "upgrade", times: attempts === "first" ? 1 : 1 + MAX_RETRIES });
  }
  const context = new MemoryContextStore();
  const events: StreamEvent[] = [];
  let thrown: AxioError | undefined;
  try {
    const agent = new Agent({ transport, tools: [lookup] });
    for await (const event of agent.runStream(promptOf(target.points, row, point, attempts), { context }))
      events.push(event);
  } catch (error) {
    if (!AxioError.is(error)) throw error;
    thrown = error;
  }
  target.faults.clear();
  transport.close?.();
  await allClosed(target);
  return {
    events,
    thrown,
    warnings,
    requests: target.requests() - before,
    history: await context.history(),
    toolRuns,
  };
}

/**
 * Waits until the simulator sees no open stream: it hears of a closed socket a moment after the client. A count, and not
 * a clock, ends the wait, because a test may have stopped the clock.
 */
async function allClosed({ stats }: FaultTarget): Promise<void> {
  for (let polls = 0; stats.openStreams > 0; polls += 1) {
    if (polls === 10_000) throw new Error(`The simulator still has ${stats.openStreams} open streams.`);
    await sleep(1);
  }
}

function promptOf(points: Points, row: Row, point: Point, attempts: "first" | "all"): string {
  const place = row.points.length > 2 ? ` at=${points[point].at}` : "";
  const limit = attempts === "first" ? " attempts=1" : "";
  const fault = `fail ${row.fault}${place}${limit} ${row.parameters ?? ""}`;
  const isLater = point === "after-result";
  return [
    "think Let me look around here",
    "say Looking around for it",
    'call lookup {"q":"a needle"}',
    ...(isLater || point === "upgrade" ? [] : [fault]),
    "then",
    "say It was {{result 1}} at last",
    ...(isLater ? [fault] : []),
  ].join("\n");
}
