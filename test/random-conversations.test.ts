import { startSimulator } from "axio-simulator";
import { simulate } from "test-support/chatgpt-simulator";
import { converse, transportsOfAllRoutes } from "test-support/random-conversations";
import { expect, onTestFinished, test } from "vitest";

test("random conversations always go on, and lose or repeat no prompt and no tool result", async () => {
  const codex = await startSimulator();
  onTestFinished(() => codex.close());
  const transports = transportsOfAllRoutes(codex, await simulate());
  const { problems, turns } = await converse({ conversations: 25, turns: 8, seed: 11, transports });
  for (const transport of transports) transport.close();
  expect(turns).toBe(200);
  expect(problems).toEqual([]);
});
