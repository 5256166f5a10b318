import { AxioError, type JsonObject, type ModelRegistry, type ModelSpec } from "axio";
import type { FetchLike } from "axio-http";
import type { RequestOptions } from "axio-responses";
import type { BearerCredentials } from "./credentials.ts";

/** What every transport to a Responses API may be told, whoever signs in. `C` is the shape of its credentials. */
export interface ResponsesTransportOptions<C extends BearerCredentials = BearerCredentials> {
  /** Awaited with the new credentials after each renewal. Its failure goes to `onWarning`, and ends nothing. */
  readonly onAuthRefresh?: (credentials: C) => void | Promise<void>;
  /** Told of what went wrong without ending a call: a failed `onAuthRefresh`, a renewal ahead of time, a setting that is not sent. Default: nobody. */
  readonly onWarning?: (warning: AxioError) => void;
  /**
   * The model, by its id or as a description. Default: the transport's own; where the account does not have that, the
   * first call takes the account's own default.
   */
  readonly model?: string | ModelSpec;
  /** The models to choose from before the account's own are known. Default: a list that comes with the transport. */
  readonly models?: ModelRegistry;
  /** Makes every request: for proxies, tests and other runtimes. Default: the global `fetch`, or one that heeds the proxy variables of the surroundings. */
  readonly fetch?: FetchLike;
  /** How many times a call that failed in passing is made again. Default 10. */
  readonly maxRetries?: number;
  /** The upper end of the first wait before a retry, in milliseconds; it doubles each time. Default 5,000. */
  readonly retryBaseDelayMs?: number;
  /**
   * How long a call is made again and again, waits included, in milliseconds. Default 900,000 (15 minutes); `Infinity` for
   * no limit. A server that asks for a longer wait is an error at once.
   */
  readonly maxRetryMs?: number;
  /**
   * Whether a used-up plan is waited for until it resets, which may take days: a `retry` event tells of it, the signal and
   * `deadlineMs` end it. Default `false`: `usage-limit` at once.
   */
  readonly waitForLimit?: boolean;
  /** Told before each wait for a retry, also of those that are invisible in the stream. Default: nobody. */
  readonly onRetry?: (retry: {
    readonly attempt: number;
    readonly delayMs: number;
    readonly error: AxioError;
  }) => void;
  /** How long a call may take in all, retries and waits included, in milliseconds. Default: no limit. Then `deadline-exceeded`. */
  readonly deadlineMs?: number;
  /** How hard the model thinks, and how much of it is shown. Default: the model's own effort, and a summary. */
  readonly reasoning?: NonNullable<RequestOptions["reasoning"]>;
  /** How long answers are. Default: the model's own. */
  readonly verbosity?: NonNullable<RequestOptions["verbosity"]>;
  /** `"priority"` or `"flex"`, where the model offers it. Default: none. */
  readonly serviceTier?: string;
  /**
   * More members for the request's body, as the Responses API names them. Those that the backend is known to refuse and
   * those that the transport sets itself are left out, and told to `onWarning` once. Default: none.
   */
  readonly parameters?: JsonObject;
  /** Whether a member of `parameters` that cannot be sent is an error. Default `false`. */
  readonly strict?: boolean;
  /** Names the conversation to the backend, so that it finds its cache again. Default: the id of the context store. */
  readonly sessionId?: string;
  /** How long a stream may be without an event, in milliseconds. Default 300,000 (5 minutes). Then `stream-idle`, tried again. */
  readonly idleTimeoutMs?: number;
  /** How long each request may wait for the beginning of its answer, in milliseconds. Default 30,000. Then `response-timeout`, tried again. */
  readonly responseTimeoutMs?: number;
}

const NUMBERS = [
  "maxRetries",
  "retryBaseDelayMs",
  "maxRetryMs",
  "deadlineMs",
  "idleTimeoutMs",
  "responseTimeoutMs",
] as const;

/**
 * Checks the counts and times. `Number(process.env.X)` of an unset variable is `NaN`, which would mean to try for ever
 * or not to wait at all.
 *
 * @throws AxioError `invalid-argument` for what is no number, or below zero.
 */
export function checkNumbers(options: ResponsesTransportOptions<never>): void {
  for (const name of NUMBERS) {
    const value: unknown = options[name];
    if (value === undefined || (typeof value === "number" && value >= 0)) continue;
    throw new AxioError(
      "invalid-argument",
      `${name} is ${String(value)}. Give a number that is not below zero, or leave it out.`,
    );
  }
}
