import type { RetryNotice } from "axio-transport-kit";
import { expect, test } from "vitest";
import { asking, collect, failureOf, simulate, transportTo } from "./support.ts";

test("offline, a call ends after 3 quick retries, and each one is reported", async () => {
  const simulator = await simulate();
  const retries: RetryNotice[] = [];
  const transport = transportTo(simulator, {
    retry: { baseDelayMs: 1 },
    onRetry: (retry) => retries.push(retry),
  });
  await simulator.close();
  const error = await failureOf(collect(transport.stream(asking("say Hello"))));
  expect(error).toMatchObject({ code: "network", details: { connected: false } });
  expect(retries.map(({ attempt, maxRetries, delayMs }) => [attempt, maxRetries, delayMs])).toEqual([
    [1, 3, 1],
    [2, 3, 2],
    [3, 3, 4],
  ]);
  expect(retries[0]?.error.message).toContain("the connection was refused");
});
