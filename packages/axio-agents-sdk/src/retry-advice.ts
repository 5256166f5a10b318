import type { ModelRetryAdvice } from "@openai/agents-core";
import { AxioError } from "axio";
import { failureOf } from "axio-inbound";

/**
 * Returns what the Agents SDK should know before it repeats a request. The transport has already retried what it could.
 *
 * @param hasStarted Whether output was given out, which a second response would repeat.
 */
export function retryAdvice(error: unknown, hasStarted: boolean): ModelRetryAdvice | undefined {
  if (!AxioError.is(error)) return undefined;
  const { status, code, retryAfterMs } = failureOf(error);
  const isAbort = error.code === "aborted";
  return {
    suggested: error.retryable && !hasStarted && !isAbort,
    reason: error.message,
    responseStarted: hasStarted,
    ...(hasStarted ? { replaySafety: "unsafe" } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    normalized: { statusCode: status, errorCode: code, isNetworkError: error.code === "network", isAbort },
  };
}
