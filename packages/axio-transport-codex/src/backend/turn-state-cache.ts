import { HEADERS } from "../config.ts";

/** How many runs are remembered: more than one program has at the same time. */
const MAX_RUNS = 100;

/**
 * The state that the backend returns with the first response of a run ("turn"). It finds its cache if the later requests of
 * the run repeat it. A new run begins without.
 */
export class TurnStateCache {
  readonly #states = new Map<string, string>();

  /** Returns the state of a run, if it is known. */
  get(runId: string | undefined): string | undefined {
    return runId === undefined ? undefined : this.#states.get(runId);
  }

  /** Stores the state that response headers hold. The first one of a run is kept. */
  remember(runId: string | undefined, headers: Headers): void {
    const state = headers.get(HEADERS.turnState);
    if (runId === undefined || !state || this.#states.has(runId)) return;
    this.#states.set(runId, state);
    const [oldest] = this.#states.keys();
    if (oldest !== undefined && this.#states.size > MAX_RUNS) this.#states.delete(oldest);
  }
}
