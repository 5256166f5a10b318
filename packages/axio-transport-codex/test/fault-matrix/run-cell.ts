import { Agent, AxioError, defineTool, MemoryContextStore, type Message, type StreamEvent } from "axio";
import type { Simulator } from "codex-simulator";
import { allClosed, requestsTo, transportTo } from "../support.ts";
import { POINTS, type Point, type Row } from "./cells.ts";

/** How many tries a call has at most. */
export const MAX_RETRIES = 2;

/** What came of a run. */
export interface CellRun {
  readonly events: readonly StreamEvent[];
  /** What the iteration threw. */
  readonly thrown: AxioError | undefined;
  /** The requests for an answer. */
  readonly requests: number;
  readonly history: readonly Message[];
  readonly toolRuns: number;
}

/** Runs an agent of two calls into a fault that strikes the first try, or every one. */
export async function runCell(
  simulator: Simulator,
  row: Row,
  point: Point,
  tries: "first" | "all",
): Promise<CellRun> {
  let toolRuns = 0;
  const lookup = defineTool({
    name: "lookup",
    description: "Looks up.",
    parameters: { type: "object", properties: { q: { type: "string" } } },
    execute: () => {
      toolRuns += 1;
      return "found";
    },
  });
  const before = requestsTo(simulator, "/responses").length;
  const transport = transportTo(simulator, {
    maxRetries: MAX_RETRIES,
    idleTimeoutMs: 150,
    connectTimeoutMs: row.fault === "stall_before_headers" ? 150 : 5_000,
  });
  const context = new MemoryContextStore();
  const events: StreamEvent[] = [];
  let thrown: AxioError | undefined;
  try {
    const agent = new Agent({ transport, tools: [lookup] });
    for await (const event of agent.runStream(promptOf(row, point, tries), context)) events.push(event);
  } catch (error) {
    if (!AxioError.is(error)) throw error;
    thrown = error;
  }
  await allClosed(simulator);
  return {
    events,
    thrown,
    requests: requestsTo(simulator, "/responses").length - before,
    history: await context.history(),
    toolRuns,
  };
}

function promptOf(row: Row, point: Point, tries: "first" | "all"): string {
  const place = row.points.length > 2 ? ` at=${POINTS[point].at}` : "";
  const attempts = tries === "first" ? " attempts=1" : "";
  const fault = `fail ${row.fault}${place}${attempts} ${row.parameters ?? ""}`;
  const isLater = point === "after-result";
  return [
    "think Let me look around here",
    "say Looking around for it",
    'call lookup {"q":"a needle"}',
    ...(isLater ? [] : [fault]),
    "then",
    "say It was {{result 1}} at last",
    ...(isLater ? [fault] : []),
  ].join("\n");
}
