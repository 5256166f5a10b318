import { HEADERS } from "../config.ts";

/** How many turns are remembered: more than one program has under way at the same time. */
const MOST_TURNS = 100;

/**
 * Where the backend keeps what it knows of each turn. It says so with a turn's first answer, and finds its cache again
 * where the turn's later requests repeat it. A new turn begins without.
 */
export class TurnStates {
  readonly #states = new Map<string, string>();

  /** What a request of this turn repeats. */
  headers(turnId: string | undefined): Record<string, string> {
    const state = this.get(turnId);
    return state === undefined ? {} : { [HEADERS.turnState]: state };
  }

  /** Where this turn is kept, as far as it is known. */
  get(turnId: string | undefined): string | undefined {
    return turnId === undefined ? undefined : this.#states.get(turnId);
  }

  /** Takes note of an answer; the first word of a turn holds. */
  keep(turnId: string | undefined, headers: Headers): void {
    const state = headers.get(HEADERS.turnState);
    if (turnId === undefined || !state || this.#states.has(turnId)) return;
    this.#states.set(turnId, state);
    const [oldest] = this.#states.keys();
    if (oldest !== undefined && this.#states.size > MOST_TURNS) this.#states.delete(oldest);
  }
}
