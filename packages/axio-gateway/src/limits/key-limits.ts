/** How much a key may use. */
export interface KeyLimits {
  /** Requests that run at once. Default: 4. */
  readonly concurrency?: number | undefined;
  /** Requests that wait. Default: 32. */
  readonly queue?: number | undefined;
  /** Default: no limit. */
  readonly requestsPerMinute?: number | undefined;
  /** Input and output together. Default: no limit. */
  readonly tokensPerDay?: number | undefined;
  /**
   * The part of the plan's longest window, usually a week, in percent. Counted while the gateway runs, if the provider states
   * its limits. Default: no limit.
   */
  readonly planPercent?: number | undefined;
}

/** How the command line names a limit. */
interface LimitText {
  /** The option of `keys create`. Commander derives the name of the limit from it. */
  readonly option: string;
  /** The description of the option. */
  readonly description: string;
  /** The words after the number in `keys list`. */
  readonly unit: string;
  /** The largest number, if there is one. */
  readonly max?: number;
}

/** The limits on the command line, in the order of the help. A limit without an entry does not compile. */
export const LIMIT_TEXTS: { readonly [Name in keyof Required<KeyLimits>]: LimitText } = {
  requestsPerMinute: {
    option: "--requests-per-minute",
    description: "how many requests it may send in a minute",
    unit: "requests a minute",
  },
  tokensPerDay: {
    option: "--tokens-per-day",
    description: "how many tokens it may use in a day (UTC)",
    unit: "tokens a day",
  },
  planPercent: {
    option: "--plan-percent",
    description: "which part of the plan's week it may use, in percent",
    unit: "% of the plan",
    max: 100,
  },
  concurrency: {
    option: "--concurrency",
    description: "how many of its requests run at once (default: 4)",
    unit: "requests at once",
  },
  queue: {
    option: "--queue",
    description: "how many of its requests wait (default: 32)",
    unit: "requests waiting",
  },
};

const NAMES = Object.keys(LIMIT_TEXTS) as readonly (keyof KeyLimits)[];

/** Returns the limits among the arguments of a command. */
export function limitsOf(args: KeyLimits): KeyLimits {
  return Object.fromEntries(NAMES.map((name) => [name, args[name]]));
}

/** Describes the limits that are set: `"9 tokens a day"`. */
export function describeLimits(limits: KeyLimits): readonly string[] {
  return NAMES.flatMap((name) =>
    limits[name] === undefined ? [] : [`${limits[name]} ${LIMIT_TEXTS[name].unit}`],
  );
}
