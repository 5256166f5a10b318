import type { RateLimits, RateLimitWindow, Usage } from "axio";

/** The part of a window of a plan that one key used. */
export interface PlanShare {
  /** In percent of the whole window. */
  readonly percent: number;
  /** When the window resets, in Unix milliseconds. Default: unknown. */
  readonly resetsAt: number | undefined;
}

/** A reset time may be stated a little differently each time, in milliseconds. */
const SAME_WINDOW_MS = 60 * 60 * 1000;

/**
 * Counts which part of a plan's longest window each key used. Services state what the whole account used. What is new is
 * divided among the keys by their tokens since then. What others use at the same time counts as well.
 */
export class PlanShares {
  readonly #now: () => number;
  #window: RateLimitWindow | undefined;
  /** Percent by key. */
  readonly #shares = new Map<string, number>();
  /** The tokens of each key that are in no share yet. */
  readonly #tokens = new Map<string, number>();

  /** @param now Returns the time in Unix milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts the tokens of a response. */
  addUsage(key: string, { inputTokens, cachedInputTokens, outputTokens }: Usage): void {
    this.#tokens.set(key, (this.#tokens.get(key) ?? 0) + inputTokens - cachedInputTokens + outputTokens);
  }

  /** Reads the rate limits that a response to a key stated. */
  addRateLimits(key: string, rateLimits: RateLimits): void {
    const window = longestWindow(rateLimits);
    if (window === undefined) return;
    const previous = this.#window;
    this.#window = window;
    // What was used before the gateway started is in no share.
    if (previous === undefined) return;
    const hasReset = isNewWindow(previous, window);
    if (hasReset) this.#shares.clear();
    const added = window.usedPercent - (hasReset ? 0 : previous.usedPercent);
    if (added > 0) this.#divide(added, key);
  }

  /** Returns the share of a key. */
  shareOf(key: string): PlanShare {
    const { resetsAt } = this.#window ?? {};
    const isOver = resetsAt !== undefined && resetsAt <= this.#now();
    return isOver ? { percent: 0, resetsAt: undefined } : { percent: this.#shares.get(key) ?? 0, resetsAt };
  }

  #divide(percent: number, key: string): void {
    const total = [...this.#tokens.values()].reduce((sum, tokens) => sum + tokens, 0);
    const parts = total > 0 ? [...this.#tokens].map(([name, tokens]) => [name, tokens / total] as const) : [];
    for (const [name, part] of parts.length > 0 ? parts : [[key, 1] as const])
      this.#shares.set(name, (this.#shares.get(name) ?? 0) + percent * part);
    this.#tokens.clear();
  }
}

/** The longest window of the account. Further limits belong to single features. */
function longestWindow({ limits }: RateLimits): RateLimitWindow | undefined {
  const windows = limits[0]?.windows ?? [];
  return windows.toSorted((left, right) => (right.windowMs ?? 0) - (left.windowMs ?? 0))[0];
}

function isNewWindow(previous: RateLimitWindow, { usedPercent, resetsAt }: RateLimitWindow): boolean {
  const isLater =
    resetsAt !== undefined &&
    previous.resetsAt !== undefined &&
    resetsAt > previous.resetsAt + SAME_WINDOW_MS;
  return isLater || usedPercent < previous.usedPercent;
}
