/** The remaining lifetimes at which credentials are refreshed, in milliseconds. */
export interface RefreshThresholds {
  /** At or below this, they are refreshed before they are used. */
  readonly blockingMs: number;
  /** At or below this, they are refreshed in the background while they are used. */
  readonly backgroundMs: number;
}

const DEFAULT: RefreshThresholds = { blockingMs: 30_000, backgroundMs: 5 * 60_000 };

/**
 * Returns the thresholds for credentials with a lifetime; `undefined` if it is unknown.
 *
 * Of a short lifetime, only the second half counts, because otherwise each call would refresh. A lifetime below the
 * blocking threshold is used completely.
 */
export function refreshThresholds(lifetimeMs: number | undefined): RefreshThresholds {
  if (lifetimeMs === undefined) return DEFAULT;
  if (lifetimeMs <= DEFAULT.blockingMs) return { blockingMs: 0, backgroundMs: 0 };
  return {
    blockingMs: Math.min(DEFAULT.blockingMs, lifetimeMs / 2),
    backgroundMs: Math.min(DEFAULT.backgroundMs, lifetimeMs / 2),
  };
}
