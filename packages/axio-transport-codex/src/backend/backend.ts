import type { RateLimits } from "axio";
import type { CredentialSession, Credentials } from "axio-auth";
import type { FetchLike } from "axio-http";
import { QUICK_REQUEST_TIMEOUT_MS } from "../config.ts";
import { mergeRateLimits, parseRateLimitHeaders } from "../rate-limits.ts";
import { type AuthorizedRequest, authorizedRequest } from "./authorized-request.ts";
import { backendHeaders, type ClientIdentity } from "./headers.ts";
import { readJson } from "./response-json.ts";

/** What a {@link Backend} is made of. */
export interface BackendOptions {
  readonly baseUrl: URL;
  readonly session: CredentialSession<Credentials>;
  readonly fetch: FetchLike;
  readonly identity: ClientIdentity;
}

/** The Codex backend: where it is, who calls it, and what its answers say of the account's limits. */
export class Backend {
  /** What the account may still use, as the newest answer said it. */
  rateLimits: RateLimits | undefined;
  readonly #options: BackendOptions;

  constructor(options: BackendOptions) {
    this.#options = options;
  }

  /** An address of the backend. */
  endpoint(path: string): URL {
    const { origin, pathname } = this.#options.baseUrl;
    return new URL(path, `${origin}${pathname.replace(/\/+$/, "")}/`);
  }

  /** The headers of every request, for a sign-in. */
  headers(credentials: Credentials, sessionId?: string): Record<string, string> {
    return backendHeaders(credentials, this.#options.identity, sessionId);
  }

  /** What every request is made with. */
  get request(): Pick<AuthorizedRequest, "session" | "fetch"> {
    const { session, fetch } = this.#options;
    return { session, fetch };
  }

  /** Takes note of the limits that an answer's headers tell of, and gives them. */
  noteLimits(headers: Headers): RateLimits | undefined {
    const rateLimits = parseRateLimitHeaders(headers);
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
      connectTimeoutMs: QUICK_REQUEST_TIMEOUT_MS,
      signal,
      onHeaders: (answer) => this.noteLimits(answer),
      ...(onAnswer === undefined ? {} : { onAnswer }),
    });
    return readJson(response, url, signal);
  }
}
