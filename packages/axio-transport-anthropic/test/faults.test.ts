import { type AnthropicSimulator, CLAUDE_FAULTS, startAnthropicSimulator } from "axio-simulator";
import { FULL_RUN, needs } from "test-support/requirements";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HARMLESS, PERMANENT, RETRIED, SPECIAL } from "./faults/expected.ts";
import { type FaultRun, MAX_RETRIES, type Place, runFault } from "./faults/run-fault.ts";

let simulator: AnthropicSimulator;

beforeAll(async () => {
  simulator = await startAnthropicSimulator();
});

afterAll(() => simulator.close());

const byCode = (
  faults: Readonly<Record<string, readonly string[]>>,
): readonly (readonly [string, string])[] =>
  Object.entries(faults).flatMap(([code, names]) => names.map((name) => [name, code] as const));

/** Checks a run that succeeded, whatever happened on the way. */
function expectSuccess({ text, history, toolRuns, events }: FaultRun): void {
  expect(text).toBe("It was found at last");
  expect(toolRuns).toBe(1);
  expect(history.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant"]);
  expect(events.at(-1)).toMatchObject({ type: "run-end", reason: "end" });
}

test("the faults of the simulator are all covered here", () => {
  const covered = [
    ...HARMLESS,
    ...SPECIAL,
    ...byCode(RETRIED).map(([name]) => name),
    ...byCode(PERMANENT).map(([name]) => name),
  ];
  expect(covered.sort()).toEqual([...CLAUDE_FAULTS.keys()].sort());
});

function matrix(place: Place): void {
  test.each(HARMLESS)("%s changes nothing", async (name) => {
    const run = await runFault(simulator, name, place, "all");
    expect(run.outcome).toBe("ok");
    expectSuccess(run);
  });

  test.each(byCode(RETRIED))("%s is retried: %s", async (name, code) => {
    const once = await runFault(simulator, name, place, "first");
    expect([once.outcome, once.requests]).toEqual([`retries ${code}`, 3]);
    expectSuccess(once);
    const always = await runFault(simulator, name, place, "all");
    expect([always.outcome, always.requests]).toEqual([`retries ${code}, fails ${code}`, 1 + MAX_RETRIES]);
    expect(always.history.map(({ role }) => role)).toEqual(["user"]);
    expect(always.events.at(-1)).toMatchObject({ type: "run-end", reason: "error" });
  });

  test.each(byCode(PERMANENT))("%s fails at once: %s", async (name, code) => {
    const run = await runFault(simulator, name, place, "all");
    expect([run.outcome, run.requests, run.toolRuns]).toEqual([`fails ${code}`, 1, 0]);
  });
}

describe("a fault in the first response", () => matrix("text"));
describe("a fault in the place of the first response", needs(FULL_RUN), () => matrix("before"));

test("a refusal to stream tool input is repeated without it, once", async () => {
  const run = await runFault(simulator, "eager_streaming", "text", "first");
  expect(run.requests).toBe(3);
  expectSuccess(run);
});

test("a call whose end is missing is not run", async () => {
  const run = await runFault(simulator, "no_block_stop", "text", "all");
  expect([run.outcome, run.text, run.toolRuns]).toEqual(["ok", "Looking around for it", 0]);
  expect(run.events.at(-1)).toMatchObject({ type: "run-end", reason: "incomplete" });
});

test("input that is not JSON is an error for the model, which can go on", async () => {
  const run = await runFault(simulator, "malformed_input", "text", "all");
  expect([run.outcome, run.toolRuns]).toEqual(["ok", 0]);
  expect(run.text).toContain("not valid JSON");
});

test("a server that ignores stream is understood", async () => {
  const run = await runFault(simulator, "json_body", "text", "all");
  expect([run.outcome, run.text]).toEqual(["ok", "Whole."]);
});

test("a response that reached its limit ends the run", async () => {
  const run = await runFault(simulator, "stop", "text", "all");
  expect(run.events.at(-1)).toMatchObject({ type: "run-end", reason: "max-output-tokens" });
});
