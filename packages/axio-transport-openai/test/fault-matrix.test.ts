import { CHAT_FAULTS } from "axio-simulator";
import type { FaultTarget } from "test-support/fault-matrix/run-cell";
import { testCells } from "test-support/fault-matrix/verify-cell";
import { FULL_RUN, needs } from "test-support/requirements";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHAT_ROWS, RESPONSES_ROWS, SHORT_WEB_SOCKET_ROWS, WEB_SOCKET_ROWS } from "./fault-matrix/rows.ts";
import { openAITarget } from "./fault-matrix/target.ts";

test("the matrix has each fault of Chat Completions once, and over sixty of them", () => {
  const names = CHAT_ROWS.map(({ fault }) => fault);
  expect(names.filter((name) => !CHAT_FAULTS.has(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(60);
});

for (const [channel, rows, attempts, isLong] of [
  ["chat", CHAT_ROWS, "first", false],
  ["chat", CHAT_ROWS, "all", true],
  ["responses", RESPONSES_ROWS, "first", true],
  ["responses", RESPONSES_ROWS, "all", true],
  ["websocket", SHORT_WEB_SOCKET_ROWS, "first", false],
  ["websocket", WEB_SOCKET_ROWS, "first", true],
  ["websocket", WEB_SOCKET_ROWS, "all", true],
] as const) {
  const requirements = isLong ? [FULL_RUN] : [];
  describe(`over ${channel}, ${rows.length} faults of ${attempts} attempts`, needs(...requirements), () => {
    let target: FaultTarget;
    beforeAll(async () => {
      target = await openAITarget(channel);
    });
    afterAll(() => target[Symbol.asyncDispose]());
    testCells(
      rows,
      attempts,
      () => target,
      () => openAITarget(channel),
    );
  });
}
