import { DEFAULT_RETRY_POLICY, type RetryPolicy } from "axio-http";
import { optional } from "./json-members.ts";
import type { ResponsesTransportOptions } from "./options.ts";

/** What a caller says of retries. */
export type RetryOptions = Pick<
  ResponsesTransportOptions,
  "maxRetries" | "retryBaseDelayMs" | "maxRetryMs" | "waitForLimit"
>;

/** How often and how long a call is made again. */
export function retryPolicyOf(options: RetryOptions): RetryPolicy {
  const { maxRetries, retryBaseDelayMs, maxRetryMs, waitForLimit } = options;
  return {
    ...DEFAULT_RETRY_POLICY,
    ...optional("maxRetries", maxRetries),
    ...optional("baseDelayMs", retryBaseDelayMs),
    ...optional("maxRetryMs", maxRetryMs),
    ...optional("waitForLimit", waitForLimit),
  };
}
