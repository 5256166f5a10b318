import { CLAUDE_FAULTS, startAnthropicSimulator } from "axio-simulator";
import { everywhere, POINTS, type Points, type Row, UNDISTURBED } from "test-support/fault-matrix/cells";
import type { FaultTarget } from "test-support/fault-matrix/run-cell";
import { testCells } from "test-support/fault-matrix/verify-cell";
import { FULL_RUN, needs } from "test-support/requirements";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bodiesOf, transportTo } from "./support/simulator.ts";

/** Faults of streams at every point of a run of two steps. Those of whole responses are in `faults.test.ts`. */
const ROWS: readonly Row[] = [
  everywhere("eof", { is: "retried", code: "stream-truncated" }),
  everywhere("eof_inside_event", { is: "retried", code: "stream-truncated" }),
  everywhere("no_message_stop", { is: "retried", code: "stream-truncated" }),
  everywhere("stop_null", { is: "retried", code: "stream-truncated" }),
  everywhere("reset", { is: "retried", code: "network" }, { losesTail: true }),
  everywhere("stall", { is: "retried", code: "stream-idle" }),
  everywhere("garbage_json", { is: "retried", code: "protocol" }),
  everywhere("stream_error", { is: "retried", code: "server" }),
  everywhere("unknown_event", { is: "answer" }),
  everywhere("pings", { is: "answer" }),
];

/** The first fragment of an input is empty. */
const CLAUDE_POINTS: Points = {
  ...POINTS,
  arguments: { ...POINTS.arguments, emitted: POINTS.arguments.emitted.replace(" tool-input-delta", "") },
};

async function claudeTarget(): Promise<FaultTarget> {
  const simulator = await startAnthropicSimulator();
  return {
    points: CLAUDE_POINTS,
    undisturbed: UNDISTURBED,
    refreshes: 0,
    faults: simulator.faults,
    get stats() {
      return simulator.stats;
    },
    connect: (options) => transportTo(simulator, { model: "claude-opus-4-8", ...options }),
    requests: () => bodiesOf(simulator).length,
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}

test("the simulator has each fault", () => {
  expect(ROWS.map(({ fault }) => fault).filter((name) => !CLAUDE_FAULTS.has(name))).toEqual([]);
});

for (const [attempts, isLong] of [
  ["first", false],
  ["all", true],
] as const) {
  describe(`a fault of ${attempts} attempts`, needs(...(isLong ? [FULL_RUN] : [])), () => {
    let target: FaultTarget;
    beforeAll(async () => {
      target = await claudeTarget();
    });
    afterAll(() => target[Symbol.asyncDispose]());
    testCells(ROWS, attempts, () => target, claudeTarget);
  });
}
