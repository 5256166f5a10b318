/** One window in which use is counted. */
export interface RateLimitWindow {
  /** The used part in percent. Can exceed 100. */
  readonly usedPercent: number;
  /** The length of the window. */
  readonly windowMs?: number | undefined;
  /** When the window resets, in Unix milliseconds. */
  readonly resetsAt?: number | undefined;
}

/** One rate limit. An account may have several, for different models or features. */
export interface RateLimit {
  /** The provider's id of the limit. */
  readonly id: string;
  readonly name?: string | undefined;
  readonly windows: readonly RateLimitWindow[];
}

/** The rate limits of an account. */
export interface RateLimits {
  readonly limits: readonly RateLimit[];
  /** The provider's name of the plan. */
  readonly plan?: string | undefined;
  /** Prepaid use in addition to the windows. */
  readonly credits?:
    | {
        readonly hasCredits: boolean;
        readonly unlimited: boolean;
        readonly balance?: string | undefined;
      }
    | undefined;
}
