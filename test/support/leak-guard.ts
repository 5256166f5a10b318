// A setup file of every test (vitest.config.ts), run for each file: fails a test file that leaves a handle open that keeps
// the process alive, or a change that the next file in its process would see. Idle connections of `fetch` are ignored.

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
const stateBefore = processState();

afterAll(async () => {
  // Fake timers of a test would stop this, too.
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  const patience = performance.now() + PATIENCE_MS;
  let left = leftOver();
  // Closing a handle may take several rounds of the event loop.
  while (left.length > 0 && performance.now() < patience) {
    await wait(INTERVAL_MS, undefined, { ref: false });
    left = leftOver();
  }
  if (left.length > 0) throw new Error(`The tests of this file left open: ${left.join(", ")}.`);
  const changed = changedState();
  if (changed.length > 0) throw new Error(`The tests of this file left changed: ${changed.join(", ")}.`);
});

/** The state of the process that files share. Libraries add globals and listeners of their own, so these may come. */
function processState(): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ["the working directory", process.cwd()],
    ["the exit code", process.exitCode],
    ...Object.entries(process.env).map(([name, value]) => [`the variable ${name}`, value] as const),
    ...["fetch", "Request", "Response", "WebSocket", "setTimeout", "Date", "performance", "console"].map(
      (name) => [`the global ${name}`, (globalThis as Readonly<Record<string, unknown>>)[name]] as const,
    ),
  ]);
}

function changedState(): readonly string[] {
  const now = processState();
  const names = new Set([...stateBefore.keys(), ...now.keys()]);
  return [...names].filter((name) => !Object.is(stateBefore.get(name), now.get(name)));
}

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
