import { startSimulator } from "axio-simulator";
import { simulate } from "test-support/chatgpt-simulator";
import { converse, transportsOfAllRoutes } from "test-support/random-conversations";
import { repetitions } from "test-support/requirements";
import { expect, onTestFinished, test } from "vitest";

test("random conversations always go on, and lose or repeat no prompt and no tool result", async () => {
  const codex = await startSimulator();
  onTestFinished(() => codex.close());
  const transports = transportsOfAllRoutes(codex, await simulate());
  const conversations = repetitions({ short: 10, full: 25 });
  const { problems, turns } = await converse({ conversations, turns: 8, seed: 11, transports });
  for (const transport of transports) transport.close();
  expect(turns).toBe(8 * conversations);
  expect(problems).toEqual([]);
});
