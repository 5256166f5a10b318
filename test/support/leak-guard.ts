// A setup file of every test (vitest.config.ts): fails a test file that leaves something open that keeps a process alive.
// What does not, such as an idle connection of `fetch`, goes by itself.

import { setTimeout as wait } from "node:timers/promises";
import { afterAll, vi } from "vitest";

/** What counts, by the name that Node gives it. */
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
  // A clock that a test has stopped would stop this, too.
  vi.useRealTimers();
  const patience = performance.now() + PATIENCE_MS;
  let left = leftOver();
  // What a test has just closed may take the event loop some rounds.
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
