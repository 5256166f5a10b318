import { FAULTS, type Simulator, startSimulator } from "axio-simulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROWS } from "./fault-matrix/cells.ts";
import { testCells } from "./fault-matrix/verify-cell.ts";
import { MESSAGE_ROWS, UPGRADE_ROWS } from "./fault-matrix/web-socket-cells.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

test("the matrix covers every fault that a WebSocket can have", () => {
  const names = [...MESSAGE_ROWS, ...UPGRADE_ROWS].map(({ fault }) => fault);
  expect(names.filter((name) => !FAULTS.has(name))).toEqual([]);
  const framings = ROWS.filter(({ fault }) => FAULTS.get(fault)?.effect.kind === "framing");
  const left = ROWS.filter((row) => !names.includes(row.fault) && !framings.includes(row));
  expect(left.map(({ fault }) => fault)).toEqual([]);
});

describe.each(["first", "all"] as const)("a fault of %s attempts", (attempts) => {
  testCells([...MESSAGE_ROWS, ...UPGRADE_ROWS], attempts, "websocket", () => simulator);
});
