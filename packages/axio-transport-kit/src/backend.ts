import type { AxioError, RateLimits } from "axio";
import type { CredentialSession } from "axio-auth";
import type { ErrorRule, FetchLike } from "axio-http";
import { type AuthorizedRequest, authorizedRequest } from "./authorized-request.ts";
import type { BearerCredentials } from "./credentials.ts";
import { readJson } from "./read-json.ts";

/** How long a small question may take, in milliseconds. */
const QUICK_REQUEST_TIMEOUT_MS = 5_000;

/** What a {@link Backend} is made of. */
export interface BackendOptions<C extends BearerCredentials> {
  readonly baseUrl: URL;
  readonly session: CredentialSession<C>;
  readonly fetch: FetchLike;
  /**
   * Makes the headers of every request, for a sign-in.
   *
   * @param sessionId Names the conversation, where the request belongs to one.
   */
  readonly headers: (credentials: C, sessionId?: string) => Record<string, string>;
  /** How the service words its errors, before the general rules. Default: the general rules alone. */
  readonly errorRules?: readonly ErrorRule[];
  /** Whether a rejection (401) may be mended by a newer sign-in. Default: each may. */
  readonly mayRefresh?: (rejection: AxioError) => boolean;
  /** Reads the account's limits from the headers of an answer. Default: they tell of none. */
  readonly readRateLimits?: (headers: Headers) => RateLimits | undefined;
}

/** A Responses API with a sign-in: where it is, who calls it, and what its answers say of the account's limits. */
export class Backend<C extends BearerCredentials> {
  /** What the account may still use, as the newest answer said it. */
  rateLimits: RateLimits | undefined;
  readonly #options: BackendOptions<C>;

  constructor(options: BackendOptions<C>) {
    this.#options = options;
  }

  /** An address of the backend. */
  endpoint(path: string): URL {
    const { origin, pathname } = this.#options.baseUrl;
    return new URL(path, `${origin}${pathname.replace(/\/+$/, "")}/`);
  }

  /** The headers of every request, for a sign-in. */
  headers(credentials: C, sessionId?: string): Record<string, string> {
    return this.#options.headers(credentials, sessionId);
  }

  /** What every request is made with. */
  get request(): Pick<AuthorizedRequest<C>, "session" | "fetch" | "errorRules" | "mayRefresh"> {
    const { session, fetch, errorRules = [], mayRefresh } = this.#options;
    return { session, fetch, errorRules, mayRefresh };
  }

  /** Takes note of the limits that an answer's headers tell of, and gives them. */
  noteLimits(headers: Headers): RateLimits | undefined {
    const rateLimits = this.#options.readRateLimits?.(headers);
    this.rateLimits = rateLimits ?? this.rateLimits;
    return rateLimits;
  }

  /** Takes note of the limits that stand in an answer: of one family, as a rule, where headers tell of all. */
  mergeLimits(rateLimits: RateLimits): void {
    this.rateLimits = mergeRateLimits(this.rateLimits, rateLimits);
  }

  /**
   * Asks for something small.
   *
   * @param onAnswer Told the headers of the answer, where it is a success.
   */
  async getJson(
    url: URL,
    signal: AbortSignal | undefined,
    onAnswer?: (headers: Headers) => void,
  ): Promise<unknown> {
    const response = await authorizedRequest({
      ...this.request,
      url,
      headers: (credentials) => ({ ...this.headers(credentials), Accept: "application/json" }),
      responseTimeoutMs: QUICK_REQUEST_TIMEOUT_MS,
      signal,
      onHeaders: (answer) => this.noteLimits(answer),
      ...(onAnswer === undefined ? {} : { onAnswer }),
    });
    return readJson(response, url, signal);
  }
}

/** What was known of the limits, with what is newly told of some of them. */
function mergeRateLimits(before: RateLimits | undefined, news: RateLimits): RateLimits {
  if (before === undefined) return news;
  const told = new Map(news.limits.map((limit) => [limit.id, limit]));
  const kept = before.limits.map((limit) => told.get(limit.id) ?? limit);
  const known = new Set(before.limits.map(({ id }) => id));
  return { ...before, ...news, limits: [...kept, ...news.limits.filter(({ id }) => !known.has(id))] };
}
