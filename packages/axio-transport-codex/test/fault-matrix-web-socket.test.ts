import { FAULTS } from "axio-simulator";
import { ROWS, type Row } from "test-support/fault-matrix/cells";
import type { FaultTarget } from "test-support/fault-matrix/run-cell";
import { testCells } from "test-support/fault-matrix/verify-cell";
import { FULL_RUN, needs } from "test-support/requirements";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codexTarget } from "./fault-matrix/target.ts";
import { MESSAGE_ROWS, UPGRADE_ROWS } from "./fault-matrix/web-socket-cells.ts";

let target: FaultTarget;
beforeAll(async () => {
  target = await codexTarget("websocket");
});
afterAll(() => target[Symbol.asyncDispose]());

test("the matrix covers every fault that a WebSocket can have", () => {
  const names = [...MESSAGE_ROWS, ...UPGRADE_ROWS].map(({ fault }) => fault);
  expect(names.filter((name) => !FAULTS.has(name))).toEqual([]);
  const framings = ROWS.filter(({ fault }) => FAULTS.get(fault)?.effect.kind === "framing");
  const left = ROWS.filter((row) => !names.includes(row.fault) && !framings.includes(row));
  expect(left.map(({ fault }) => fault)).toEqual([]);
});

const rows = [...MESSAGE_ROWS, ...UPGRADE_ROWS];
// Each fault is tested over SSE, too.
const short = rows.filter((_, index) => index % 3 === 0);

describe.each(["first", "all"] as const)("a fault of %s attempts", (attempts) => {
  testRows(short);
  describe("in the other rows", needs(FULL_RUN), () => testRows(rows.filter((row) => !short.includes(row))));

  function testRows(tested: readonly Row[]): void {
    testCells(
      tested,
      attempts,
      () => target,
      () => codexTarget("websocket"),
    );
  }
});
