// A setup file of every test (vitest.config.ts): fails a test file that leaves a handle open that keeps the process alive.
// Others, such as idle connections of `fetch`, are ignored.

import { setTimeout as wait } from "node:timers/promises";
import { afterAll, vi } from "vitest";

/** The handles that count, by Node's names. */
const KINDS: Readonly<Record<string, string>> = {
  TCPServerWrap: "TCP server",
  TCPSocketWrap: "TCP connection",
  PipeWrap: "pipe or local socket",
  ProcessWrap: "child process",
  FSEventWrap: "file watcher",
  Timeout: "timer",
};

const PATIENCE_MS = 2_000;
const INTERVAL_MS = 20;

const before = countActive();

afterAll(async () => {
  // Fake timers of a test would stop this, too.
  vi.useRealTimers();
  const patience = performance.now() + PATIENCE_MS;
  let left = leftOver();
  // Closing a handle may take several rounds of the event loop.
  while (left.length > 0 && performance.now() < patience) {
    await wait(INTERVAL_MS, undefined, { ref: false });
    left = leftOver();
  }
  if (left.length > 0) throw new Error(`The tests of this file left open: ${left.join(", ")}.`);
});

function leftOver(): readonly string[] {
  const now = countActive();
  return Object.entries(KINDS).flatMap(([type, name]) => {
    const count = (now.get(type) ?? 0) - (before.get(type) ?? 0);
    return count > 0 ? [`${count} × ${name}`] : [];
  });
}

function countActive(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}
