/** How long before its end a credential is renewed, in seconds. */
export interface RefreshThresholds {
  /** Nearer to its end than this, it is renewed before it is used. */
  readonly blocking: number;
  /** Nearer to its end than this, it is renewed in the background while it is used. */
  readonly background: number;
}

const USUAL: RefreshThresholds = { blocking: 30, background: 5 * 60 };

/**
 * Chooses the margins for a credential that lasts so long, in seconds; `undefined` where nobody knows.
 *
 * Of a short life only the second half counts as near its end, or each look at it would renew it. One that is shorter
 * than the usual wait is used to its very end.
 */
export function refreshThresholds(lifetime: number | undefined): RefreshThresholds {
  if (lifetime === undefined) return USUAL;
  if (lifetime <= USUAL.blocking) return { blocking: 0, background: 0 };
  return {
    blocking: Math.min(USUAL.blocking, lifetime / 2),
    background: Math.min(USUAL.background, lifetime / 2),
  };
}
