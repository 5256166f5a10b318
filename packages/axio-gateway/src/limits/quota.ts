import { AxioError, type Usage } from "axio";
import type { KeyLimits } from "./key-limits.ts";

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
   * @throws AxioError `rate-limit` with `retryAfterMs` if the key has used up its minute or its day.
   */
  addRequest(): void {
    const now = this.#now();
    this.#startDay(now);
    const { requestsPerMinute = Number.POSITIVE_INFINITY, tokensPerDay = Number.POSITIVE_INFINITY } =
      this.#limits;
    this.#requests = this.#requests.filter((at) => at > now - MINUTE_MS);
    const [oldest = now] = this.#requests;
    if (this.#requests.length >= requestsPerMinute)
      throw exceeded(`${requestsPerMinute} requests a minute`, oldest + MINUTE_MS - now);
    if (this.#tokens >= tokensPerDay)
      throw exceeded(`${tokensPerDay} tokens a day`, (this.#day + 1) * DAY_MS - now);
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

function exceeded(limit: string, retryAfterMs: number): AxioError {
  return new AxioError(
    "rate-limit",
    `This key of the gateway may use ${limit}. Try again later, or raise its limit.`,
    {
      retryAfterMs,
      details: { peerCode: "quota_exceeded" },
    },
  );
}
