import { FAULTS } from "axio-simulator";
import { ROWS } from "test-support/fault-matrix/cells";
import type { FaultTarget } from "test-support/fault-matrix/run-cell";
import { testCells } from "test-support/fault-matrix/verify-cell";
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

describe.each(["first", "all"] as const)("a fault of %s attempts", (attempts) => {
  testCells(
    [...MESSAGE_ROWS, ...UPGRADE_ROWS],
    attempts,
    () => target,
    () => codexTarget("websocket"),
  );
});
