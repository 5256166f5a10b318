import type { RunLease, StoredRun } from "axio/runs";

/** Why a worker must stop with a run. It is the reason of the run's signal. */
export type Interruption =
  /** The run is to be stopped for good. */
  | "stop"
  /** Another worker has the run. */
  | "lost"
  /** The worker closes. Another one continues. */
  | "shutdown";

/** A run that a worker has. */
export interface HeldRun {
  readonly run: StoredRun;
  readonly lease: RunLease;
  /** Fires with an {@link Interruption} as its reason. */
  readonly signal: AbortSignal;
}

/** How a worker leaves a run: over, or waiting until it is woken or a time has come (Unix milliseconds). */
export type Continuation =
  | { readonly kind: "over" }
  | { readonly kind: "wait"; readonly wakeAt?: number | undefined };

/** The options of a worker. */
export interface WorkerOptions {
  /** How many runs it has at once. Default: 200, because runs mostly wait for the network. */
  readonly concurrency?: number | undefined;
  /** Continues a run. May be called again for the same run after a crash: it finds its steps in the run store. */
  readonly handler: (held: HeldRun) => Promise<Continuation>;
}

/** Continues runs until it is closed. */
export interface Worker {
  /** Takes no more runs, gives back those that it has, and waits for that. Other workers continue them at once. */
  close(): Promise<void>;
}

/**
 * Decides which worker has a run, and wakes runs. It knows ids only: the steps of a run, their results and all content are in
 * the run store, so engines can be exchanged, and none of them needs to replay code.
 */
export interface Engine {
  /** Tells the engine about a run that was created. Telling it twice has no effect. */
  start(runId: string): Promise<void>;
  /** Tells the engine that a waiting run was woken in the run store, and is due. Telling it twice has no effect. */
  wake(runId: string): Promise<void>;
  startWorker(options: WorkerOptions): Worker;
}
