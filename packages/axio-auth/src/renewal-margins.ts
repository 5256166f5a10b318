/** How long before its end a credential is renewed, in seconds. */
export interface RenewalMargins {
  /** Nearer to its end than this, it is renewed before it is used. */
  readonly wait: number;
  /** Nearer to its end than this, it is renewed in the background while it is used. */
  readonly ahead: number;
}

const USUAL: RenewalMargins = { wait: 30, ahead: 5 * 60 };

/**
 * Chooses the margins for a credential that lasts so long, in seconds; `undefined` where nobody knows.
 *
 * Of a short life only the second half counts as near its end, or each look at it would renew it. One that is shorter
 * than the usual wait is used to its very end.
 */
export function renewalMargins(lifetime: number | undefined): RenewalMargins {
  if (lifetime === undefined) return USUAL;
  if (lifetime <= USUAL.wait) return { wait: 0, ahead: 0 };
  return { wait: Math.min(USUAL.wait, lifetime / 2), ahead: Math.min(USUAL.ahead, lifetime / 2) };
}
