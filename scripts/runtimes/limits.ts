/** What does not work on a runtime, and why. The suite fails if it works after all. */
export interface Limit {
  /** The beginning of the runtime's name. */
  readonly runtime: string;
  /** The name of the case. */
  readonly case: string;
  readonly reason: string;
}

export const LIMITS: readonly Limit[] = [];
