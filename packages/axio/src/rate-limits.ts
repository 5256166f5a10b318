/** One window in which use is counted. */
export interface RateLimitWindow {
  /** How much of the window is used, in percent (0 to 100, may pass 100). */
  readonly usedPercent: number;
  /** The window's length in minutes, where the provider says it. 300 is five hours, 10080 a week. */
  readonly windowMinutes?: number | undefined;
  /** When the window starts anew, in Unix seconds. */
  readonly resetsAt?: number | undefined;
}

/** One family of limits: an account may have several, for different models or features. */
export interface RateLimit {
  /** The provider's id of the family, `"codex"` for one. */
  readonly id: string;
  readonly name?: string | undefined;
  readonly windows: readonly RateLimitWindow[];
}

/** What an account may still use. */
export interface RateLimits {
  readonly limits: readonly RateLimit[];
  /** The plan, as the provider names it. */
  readonly plan?: string | undefined;
  /** Prepaid use beyond the windows. */
  readonly credits?: {
    readonly hasCredits: boolean;
    readonly unlimited: boolean;
    readonly balance?: string;
  };
}
