import type { RunOutcome, RunStart } from "./run.ts";

/**
 * Watches the runs of an agent, for example to trace them. `axio-opentelemetry` has one. Its methods must not throw.
 *
 * @example
 * ```ts
 * import type { RunObserver } from "axio";
 *
 * const observer: RunObserver = {
 *   startRun({ runId }) {
 *     console.time(runId);
 *     return { within: (work) => work(), end: () => console.timeEnd(runId) };
 *   },
 * };
 * ```
 */
export interface RunObserver {
  /** Called when a run starts. */
  startRun(run: RunStart): ObservedRun;
}

/** A run that is watched. */
export interface ObservedRun {
  /**
   * Calls `work`, which starts or continues a part of the run, and returns what it returns. Requests and tools start in
   * such calls, so an `AsyncLocalStorage` can connect them with their run.
   */
  within<Result>(work: () => Result): Result;
  /** Called once, when the run is over. */
  end(outcome: RunOutcome): void;
}

/** Continues an iteration within a watched run. */
export function observeBatches<Batch>(
  batches: AsyncGenerator<Batch, void, undefined>,
  run: ObservedRun,
): Pick<AsyncGenerator<Batch, void, undefined>, "next" | "return"> {
  return {
    next: () => run.within(() => batches.next()),
    return: (value) => run.within(() => batches.return(value)),
  };
}
