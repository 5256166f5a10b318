import { FAULTS } from "axio-simulator";
import { ROWS } from "test-support/fault-matrix/cells";
import type { FaultTarget } from "test-support/fault-matrix/run-cell";
import { testCells } from "test-support/fault-matrix/verify-cell";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codexTarget } from "./fault-matrix/target.ts";

let target: FaultTarget;
beforeAll(async () => {
  target = await codexTarget("sse");
});
afterAll(() => target[Symbol.asyncDispose]());

test("the matrix covers at least sixty faults of the simulator, each once", () => {
  const names = ROWS.map(({ fault }) => fault);
  expect(names.filter((name) => !FAULTS.has(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(60);
});

describe.each(["first", "all"] as const)("a fault of %s attempts", (attempts) => {
  testCells(
    ROWS,
    attempts,
    () => target,
    () => codexTarget("sse"),
  );
});
