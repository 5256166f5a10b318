import { HEADERS } from "../config.ts";

/** How many turns are remembered: more than one program has under way at the same time. */
const MOST_TURNS = 100;

/**
 * Where the backend keeps what it knows of each turn. It says so with a turn's first answer, and finds its cache again
 * where the turn's later requests repeat it. A new turn begins without.
 */
export class TurnStateCache {
  readonly #states = new Map<string, string>();

  /** What a request of this turn repeats. */
  headers(runId: string | undefined): Record<string, string> {
    const state = this.get(runId);
    return state === undefined ? {} : { [HEADERS.turnState]: state };
  }

  /** Where this turn is kept, as far as it is known. */
  get(runId: string | undefined): string | undefined {
    return runId === undefined ? undefined : this.#states.get(runId);
  }

  /** Takes note of an answer; the first word of a turn holds. */
  keep(runId: string | undefined, headers: Headers): void {
    const state = headers.get(HEADERS.turnState);
    if (runId === undefined || !state || this.#states.has(runId)) return;
    this.#states.set(runId, state);
    const [oldest] = this.#states.keys();
    if (oldest !== undefined && this.#states.size > MOST_TURNS) this.#states.delete(oldest);
  }
}
