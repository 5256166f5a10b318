import { AxioError, type Usage } from "axio";
import type { KeyLimits } from "./key-limits.ts";
import type { PlanShare } from "./plan-shares.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Counts what a key uses: requests in the last minute, tokens since midnight (UTC). */
export class Quota {
  readonly #limits: KeyLimits;
  readonly #now: () => number;
  #requests: number[] = [];
  #day = 0;
  #tokens = 0;

  /** @param now Returns the time in Unix milliseconds. */
  constructor(limits: KeyLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /**
   * Counts a request.
   *
   * @param share The part of the plan that the key used so far.
   * @throws AxioError `rate-limit` with `retryAfterMs` if the key has used up its minute, its day or its part of the plan.
   */
  addRequest(share: PlanShare): void {
    const now = this.#now();
    this.#startDay(now);
    const {
      requestsPerMinute = Number.POSITIVE_INFINITY,
      tokensPerDay = Number.POSITIVE_INFINITY,
      planPercent = Number.POSITIVE_INFINITY,
    } = this.#limits;
    this.#requests = this.#requests.filter((at) => at > now - MINUTE_MS);
    const [oldest = now] = this.#requests;
    if (this.#requests.length >= requestsPerMinute)
      throw exceeded(`${requestsPerMinute} requests a minute`, oldest + MINUTE_MS - now);
    if (this.#tokens >= tokensPerDay)
      throw exceeded(`${tokensPerDay} tokens a day`, (this.#day + 1) * DAY_MS - now);
    if (share.percent >= planPercent)
      throw exceeded(`${planPercent} % of the plan`, Math.max(0, (share.resetsAt ?? now + DAY_MS) - now), {
        resetsAt: share.resetsAt,
      });
    this.#requests.push(now);
  }

  /** Counts the tokens of a response. */
  addUsage({ inputTokens, outputTokens }: Usage): void {
    this.#startDay(this.#now());
    this.#tokens += inputTokens + outputTokens;
  }

  #startDay(now: number): void {
    const day = Math.floor(now / DAY_MS);
    if (day === this.#day) return;
    this.#day = day;
    this.#tokens = 0;
  }
}

function exceeded(
  limit: string,
  retryAfterMs: number,
  details: { readonly resetsAt?: number | undefined } = {},
): AxioError {
  return new AxioError(
    "rate-limit",
    `This key of the gateway may use ${limit}. Try again later, or raise its limit.`,
    {
      retryAfterMs,
      details: { peerCode: "quota_exceeded", ...details },
    },
  );
}
