import { FAULTS, type Simulator, startSimulator } from "axio-simulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROWS } from "./fault-matrix/cells.ts";
import { testCells } from "./fault-matrix/verify-cell.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

test("the matrix covers at least sixty faults of the simulator, each once", () => {
  const names = ROWS.map(({ fault }) => fault);
  expect(names.filter((name) => !FAULTS.has(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(60);
});

describe.each(["first", "all"] as const)("a fault of %s attempts", (attempts) => {
  testCells(ROWS, attempts, "sse", () => simulator);
});
