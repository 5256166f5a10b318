import type { AxioError, ErrorDetails } from "axio";
import {
  type ErrorRule,
  errorFromResponse,
  parseRetryText,
  type ResponseFault,
  readBodyText,
} from "axio-http";
import { classifyResponseError } from "axio-responses";

/** What an answer is named with. */
export interface ErrorReading {
  /** The rules of the service, before the general ones. */
  readonly rules: readonly ErrorRule[];
  readonly signal: AbortSignal | undefined;
  /** What was sent and must not come back in the error, besides what looks like a token. Default: nothing. */
  readonly secrets?: readonly string[];
}

/**
 * Makes an error of an answer that is no success. Reads the body, within bounds.
 *
 * @throws AxioError `aborted`.
 */
export async function readErrorResponse(
  response: Response,
  url: string | URL,
  { rules, signal, secrets = [] }: ErrorReading,
): Promise<AxioError> {
  const body = await readBodyText(response, { signal });
  const bodyText = secrets.reduce((text, secret) => text.replaceAll(secret, "[hidden]"), body);
  return errorFromResponse({
    status: response.status,
    headers: response.headers,
    bodyText,
    url,
    now: Date.now(),
    rules,
  });
}

/** What a service knows of a fault besides its body. */
export interface FaultContext {
  /** The member of the request that was refused. Default: the one that the body names. */
  readonly parameter?: string | undefined;
  /** More for the error's `details`. */
  readonly details?: ErrorDetails;
}

/** Names a fault as the Responses API words its errors. A rule of a service ends here, as a rule. */
export function classifyFault(
  fault: ResponseFault,
  { parameter = fault.parameter, details }: FaultContext = {},
): AxioError {
  return classifyResponseError(
    {
      ...fault.fault,
      status: fault.status,
      code: fault.code,
      type: fault.type,
      message: fault.summary,
      ...(parameter === undefined ? {} : { param: parameter }),
    },
    { parseRetryText, details: { ...fault.details, ...details }, retryAfterMs: fault.retryAfterMs },
  );
}
