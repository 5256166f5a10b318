import type { AxioError } from "axio";
import type { ErrorRule } from "axio-http";
import { classifyFault, readErrorResponse } from "axio-transport-kit";
import { isExpiration } from "axio-transport-kit/internal";
import { parseRateLimitHeaders } from "./rate-limits.ts";

/** The backend names a rejected parameter only in its message. */
const REJECTED_PARAMETER = /^Unsupported parameter: (?<name>[\w.[\]]+)/i;

/** Classifies the errors of the backend, in both dialects of its bodies. */
export const codexRule: ErrorRule = (fault) =>
  classifyFault(fault, {
    parameter: fault.parameter ?? REJECTED_PARAMETER.exec(fault.message ?? "")?.groups?.["name"],
    // Over a new connection the same request is valid, so there is nothing to wait for.
    retryAfterMs: isExpiration(fault.code, fault.message) ? 0 : fault.retryAfterMs,
    details: { windowMs: usedUpWindowMs(fault.headers) },
  });

/**
 * Reads a response without success as an error.
 *
 * @param secrets Values that were sent and must not appear in the error. Default: what looks like a token.
 * @throws AxioError `aborted`.
 */
export function errorOf(
  response: Response,
  url: string | URL,
  signal: AbortSignal | undefined,
  secrets: readonly string[] = [],
): Promise<AxioError> {
  return readErrorResponse(response, url, { rules: [codexRule], signal, secrets });
}

/** Returns the length of the window that is used up: the fullest one of the family that the response blames. */
function usedUpWindowMs(headers: Headers): number | undefined {
  const limits = parseRateLimitHeaders(headers)?.limits ?? [];
  const active = headers.get("x-codex-active-limit")?.replaceAll("-", "_");
  const { windows = [] } = limits.find(({ id }) => id === active) ?? limits[0] ?? {};
  const [fullest] = [...windows].sort((left, right) => right.usedPercent - left.usedPercent);
  return fullest !== undefined && fullest.usedPercent >= 100 ? fullest.windowMs : undefined;
}
