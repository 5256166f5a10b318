import type { AxioError } from "axio";
import type { ErrorRule } from "axio-http";
import { classifyFault, readErrorResponse } from "axio-transport-kit";
import { parseRateLimitHeaders } from "./rate-limits.ts";

/** The backend names the refused member only in its words. */
const REFUSED_PARAMETER = /^Unsupported parameter: (?<name>[\w.[\]]+)/i;

/** Errors that the backend words itself, in either dialect of its bodies. Pages and empty bodies are left to the general rules. */
export const codexRule: ErrorRule = (fault) => {
  if (fault.body === undefined || fault.details.peerCode === "unsupported_country_region_territory")
    return undefined;
  const parameter = fault.parameter ?? REFUSED_PARAMETER.exec(fault.message ?? "")?.groups?.["name"];
  const windowMs = usedUpWindowMs(fault.headers);
  return classifyFault(fault, {
    parameter,
    ...(windowMs === undefined ? {} : { details: { windowMs } }),
  });
};

/**
 * Makes an error of an answer that is no success.
 *
 * @param secrets What was sent and must not come back in the error, besides what looks like a token.
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

/** The length of the window that is used up: the fullest of the family that the response blames. */
function usedUpWindowMs(headers: Headers): number | undefined {
  const limits = parseRateLimitHeaders(headers)?.limits ?? [];
  const active = headers.get("x-codex-active-limit")?.replaceAll("-", "_");
  const { windows = [] } = limits.find(({ id }) => id === active) ?? limits[0] ?? {};
  const [fullest] = [...windows].sort((left, right) => right.usedPercent - left.usedPercent);
  return fullest !== undefined && fullest.usedPercent >= 100 ? fullest.windowMs : undefined;
}
