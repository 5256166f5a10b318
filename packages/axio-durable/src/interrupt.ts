import type { ProlongedLease } from "axio/runs";
import type { Interruption } from "./engine.ts";

/** Interrupts the work on a run, unless it was interrupted before. */
export function interrupt(controller: AbortController, reason: Interruption): void {
  if (!controller.signal.aborted) controller.abort(reason);
}

/** Interrupts the work on runs whose leases are lost, and on those that are to be stopped. */
export function interruptEnded(
  active: ReadonlyMap<string, { readonly controller: AbortController }>,
  leases: readonly ProlongedLease[],
): void {
  for (const { runId, held, stopRequested } of leases) {
    const controller = active.get(runId)?.controller;
    if (controller === undefined) continue;
    if (!held) interrupt(controller, "lost");
    else if (stopRequested) interrupt(controller, "stop");
  }
}
