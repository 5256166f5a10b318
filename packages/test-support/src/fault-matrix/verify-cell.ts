import type { ErrorCode, Message, StreamEvent } from "axio";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { FULL_RUN, needs } from "../requirements.ts";
import { type Outcome, outcomeAt, POINTS, type Point, type Row, type UndisturbedRun } from "./cells.ts";
import { type CellRun, type FaultTarget, MAX_RETRIES, runCell } from "./run-cell.ts";

/** A fault at a point. */
interface Cell {
  readonly title: string;
  readonly row: Row;
  readonly point: Point;
}

/**
 * Creates a test for each row at each of its points. A run without long forms has that of `selectedPoint`.
 *
 * @param target Returns the target that the cells share. Those that wait for a timeout run at once, each with its own.
 */
export function testCells(
  rows: readonly Row[],
  attempts: "first" | "all",
  target: () => FaultTarget,
  createTarget: () => Promise<FaultTarget>,
): void {
  const selected: Cell[] = [];
  const others: Cell[] = [];
  for (const [turn, row] of rows.entries()) {
    const short = selectedPoint(row.points, attempts, turn);
    for (const point of row.points) {
      const cell = { title: `${row.fault}, ${POINTS[point].title}`, row, point };
      (point === short ? selected : others).push(cell);
    }
  }
  defineCells(selected, attempts, target, createTarget);
  if (others.length === 0) return;
  describe("at its other points", needs(FULL_RUN), () => defineCells(others, attempts, target, createTarget));
}

/** One point of a row, which takes turns; for a fault of all attempts only in every third row. */
function selectedPoint(points: readonly Point[], attempts: "first" | "all", turn: number): Point | undefined {
  return attempts === "first" || turn % 3 === 0 ? points[turn % points.length] : undefined;
}

function defineCells(
  cells: readonly Cell[],
  attempts: "first" | "all",
  target: () => FaultTarget,
  createTarget: () => Promise<FaultTarget>,
): void {
  const silent = cells.filter(({ row, point }) => isSilent(row, point));
  for (const cell of cells) {
    if (!silent.includes(cell)) test(cell.title, () => verifyCell(target(), cell.row, cell.point, attempts));
  }
  if (silent.length === 0) return;
  describe.concurrent("with an idle timeout", () => {
    // This clock stops while the process is suspended, so that a busy machine is not idle.
    beforeAll(() => {
      const toFake = ["setTimeout", "clearTimeout", "performance"] as const;
      vi.useFakeTimers({ toFake: [...toFake], shouldAdvanceTime: true, advanceTimeDelta: 1 });
    });
    afterAll(() => {
      vi.useRealTimers();
    });
    for (const { title, row, point } of silent) {
      test(title, async () => {
        await using own = await createTarget();
        await verifyCell(own, row, point, attempts);
      });
    }
  });
}

function isSilent(row: Row, point: Point): boolean {
  const outcome = outcomeAt(row, point);
  const code = "code" in outcome ? outcome.code : undefined;
  return code === "stream-idle" || code === "response-timeout" || row.fault === "completed_then_stall";
}

/** Runs a cell and compares the result with the table. */
async function verifyCell(
  target: FaultTarget,
  row: Row,
  point: Point,
  attempts: "first" | "all",
): Promise<void> {
  const outcome = outcomeAt(row, point);
  const run = await runCell(target, row, point, attempts);
  const expected = expectationOf(target, row, point, outcome, attempts);

  expect(codeOf(run)).toBe(expected.code);
  expect(run.requests).toBe(expected.requests);
  expect(run.toolRuns).toBe(expected.toolRuns);
  expect(shapeOf(run.history)).toEqual(expected.history);
  expect(run.events.at(-1)).toMatchObject({ type: "run-end", reason: expected.reason });
  expect(run.events.filter(({ type }) => type === "run-end")).toHaveLength(1);
  if (!row.reshaped && !row.losesTail) expect(typesOf(run.events)).toBe(expected.events);
  if (!row.losesTail) expectDiscards(run.events, target.points[point].discarded);
  expectEachTextOnce(run);
  expectCallsAnswered(run.history);
  expect(run.warnings.map(({ code }) => code)).toEqual(outcome.is === "other-way" ? ["network"] : []);
}

/** The errors that the same prompt would cause again, so that it is not kept. */
const REFUSES_PROMPT: ReadonlySet<ErrorCode> = new Set([
  "invalid-argument",
  "unsupported-content",
  "invalid-request",
  "context-length",
  "request-too-large",
  "content-policy",
]);

interface Expectation {
  readonly code: string | undefined;
  readonly reason: string;
  readonly requests: number;
  readonly toolRuns: number;
  readonly history: readonly string[];
  readonly events: string;
}

/** Returns the expected result of the whole run of a cell. */
function expectationOf(
  { points, undisturbed: usual, otherWay = usual, refreshes }: FaultTarget,
  row: Row,
  point: Point,
  outcome: Outcome,
  attempts: "first" | "all",
): Expectation {
  const { emitted } = points[point];
  const undisturbed = outcome.is === "other-way" ? otherWay : usual;
  const isLater = point === "after-result";
  const { first, second, tool, history } = undisturbed;
  const before = isLater ? [first, tool] : [];
  const repeated = emitted === "" || isBeforeEvents(row) ? [] : [emitted, "retry"];
  const rest = isLater ? [second] : [first, tool, second];
  const answered = {
    code: undefined,
    reason: "end",
    toolRuns: outcome.is === "answer" ? (outcome.toolRuns ?? 1) : 1,
    history,
  };
  switch (outcome.is) {
    case "other-way":
      // The rejected upgrade counts too.
      return { ...answered, requests: 3, events: join([...rest, "run-end"]) };
    case "answer":
      return { ...answered, requests: 2, events: join([...before, ...rest, "run-end"]) };
    case "stopped":
      return {
        code: undefined,
        reason: outcome.reason,
        requests: isLater ? 2 : 1,
        toolRuns: isLater ? 1 : 0,
        history: [
          ...history.slice(0, isLater ? 3 : 1),
          ...(outcome.blocks === "" ? [] : [`assistant: ${outcome.blocks}`]),
        ],
        events: join([
          ...before,
          emitted === "" ? limitsOf(undisturbed) : emitted,
          emitted.endsWith("text-delta") ? "block-end" : "",
          "step-end",
          "run-end",
        ]),
      };
    case "retried":
    case "refreshed":
      if (attempts === "first" && (outcome.is === "retried" || refreshes > 0)) {
        return {
          ...answered,
          requests: 3,
          events: join([...before, ...repeated, ...rest, "run-end"]),
        };
      }
      break;
    case "failed":
      break;
  }
  const retries = outcome.is === "retried" ? MAX_RETRIES : 0;
  const replays = outcome.is === "refreshed" ? refreshes : 0;
  return {
    code: outcome.code,
    reason: "error",
    requests: (isLater ? 1 : 0) + 1 + retries + replays + (isLater && row.blamesConnection ? 1 : 0),
    toolRuns: isLater ? 1 : 0,
    history: isLater ? history.slice(0, 3) : history.slice(0, REFUSES_PROMPT.has(outcome.code) ? 0 : 1),
    events: join([
      ...before,
      ...Array.from({ length: retries }, () => repeated).flat(),
      lastEvents(row, emitted || limitsOf(undisturbed)),
      "error",
      "run-end",
    ]),
  };
}

/** Returns the last events of a failed run. Rate limits of response headers are always emitted. */
function lastEvents(row: Row, emitted: string): string {
  if (isBeforeEvents(row)) return row.statesLimits === true ? "rate-limits" : "";
  return emitted;
}

/** Returns the event with which every response begins, if its headers state rate limits. */
function limitsOf({ first }: UndisturbedRun): string {
  return first.startsWith("rate-limits") ? "rate-limits" : "";
}

/** Whether the fault of a response comes before its first event. */
function isBeforeEvents(row: Row): boolean {
  return row.points.length <= 2;
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}

function codeOf({ events, thrown }: CellRun): string | undefined {
  const event = events.find(({ type }) => type === "error");
  expect(event?.type === "error" ? event.error : undefined).toBe(thrown);
  return thrown?.code;
}

/** Returns the types of the events, without repetitions. */
function typesOf(events: readonly StreamEvent[]): string {
  return events
    .map(({ type }) => type)
    .filter((type, index, types) => type !== types[index - 1])
    .join(" ");
}

function shapeOf(history: readonly Message[]): readonly string[] {
  return history.map(({ role, content }) => `${role}: ${content.map(({ type }) => type).join(" ")}`);
}

function expectDiscards(events: readonly StreamEvent[], discarded: readonly number[]): void {
  for (const event of events) {
    if (event.type === "retry") expect(event.discardedBlocks).toEqual(discarded);
  }
}

/** A display of deltas that honors `retry` shows the text of the history, once. */
function expectEachTextOnce({ events, history }: CellRun): void {
  let shown = "";
  let call = "";
  for (const event of events) {
    if (event.type === "retry") call = "";
    if (event.type === "text-delta") call += event.delta;
    if (event.type === "step-end") {
      shown += call;
      call = "";
    }
  }
  const stored = history
    .filter(({ role }) => role === "assistant")
    .flatMap(({ content }) => content.map((block) => (block.type === "text" ? block.text : "")))
    .join("");
  expect(shown).toBe(stored);
}

function expectCallsAnswered(history: readonly Message[]): void {
  const blocks = history.flatMap(({ content }) => content);
  const calls = blocks.flatMap((block) => (block.type === "tool-use" ? [block.id] : []));
  const results = blocks.flatMap((block) => (block.type === "tool-result" ? [block.toolCallId] : []));
  expect(results).toEqual(calls);
}
