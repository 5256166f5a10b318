import { Agent, AxioError, defineTool, MemoryContextStore, type Message, type StreamEvent } from "axio";
import type { Simulator } from "axio-simulator";
import { allClosed, requestsTo, transportTo } from "../support.ts";
import { outcomeAt, POINTS, type Point, type Row } from "./cells.ts";

/** How often a call is retried at most. */
export const MAX_RETRIES = 2;

/** How responses come. */
export type Channel = "sse" | "websocket";

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
  simulator: Simulator,
  row: Row,
  point: Point,
  attempts: "first" | "all",
  channel: Channel,
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
  const before = requestsOf(simulator);
  const warnings: AxioError[] = [];
  const outcome = outcomeAt(row, point);
  const code = "code" in outcome ? outcome.code : undefined;
  using transport = transportTo(simulator, {
    transport: channel,
    retry: { maxRetries: MAX_RETRIES },
    idleTimeoutMs: code === "stream-idle" ? SILENCE_MS : PATIENCE_MS,
    responseTimeoutMs: code === "response-timeout" ? SILENCE_MS : PATIENCE_MS,
    onWarning: (warning) => warnings.push(warning),
  });
  if (point === "upgrade") {
    const parameters = Object.fromEntries((row.parameters ?? "").split(" ").map((pair) => pair.split("=")));
    const fault = { name: row.fault, parameters };
    simulator.faults.add(fault, { target: "upgrade", times: attempts === "first" ? 1 : 1 + MAX_RETRIES });
  }
  const context = new MemoryContextStore();
  const events: StreamEvent[] = [];
  let thrown: AxioError | undefined;
  try {
    const agent = new Agent({ transport, tools: [lookup] });
    for await (const event of agent.runStream(promptOf(row, point, attempts), { context }))
      events.push(event);
  } catch (error) {
    if (!AxioError.is(error)) throw error;
    thrown = error;
  }
  simulator.faults.clear();
  transport.close();
  await allClosed(simulator);
  return {
    events,
    thrown,
    warnings,
    requests: requestsOf(simulator) - before,
    history: await context.history(),
    toolRuns,
  };
}

function requestsOf(simulator: Simulator): number {
  return requestsTo(simulator, "/responses").filter(
    ({ method, status }) => method !== "GET" || status !== 101,
  ).length;
}

function promptOf(row: Row, point: Point, attempts: "first" | "all"): string {
  const place = row.points.length > 2 ? ` at=${POINTS[point].at}` : "";
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
