import type { Credentials } from "axio-auth";
import { CLIENT_VERSION, HEADERS } from "../config.ts";
import { accountFacts } from "../credentials.ts";

/** Who a request says it comes from. */
export interface ClientIdentity {
  readonly originator: string;
  readonly userAgent: string;
}

/**
 * The headers that every request to the backend carries.
 *
 * @param sessionId Names the conversation, so that the backend finds its cache again.
 */
export function backendHeaders(
  credentials: Credentials,
  { originator, userAgent }: ClientIdentity,
  sessionId?: string,
): Record<string, string> {
  const { isFedramp } = accountFacts(credentials.idToken ?? credentials.accessToken);
  return {
    Authorization: `Bearer ${credentials.accessToken}`,
    [HEADERS.account]: credentials.accountId,
    ...(isFedramp === true ? { [HEADERS.fedramp]: "true" } : {}),
    [HEADERS.originator]: originator,
    [HEADERS.version]: CLIENT_VERSION,
    "User-Agent": userAgent,
    ...(sessionId === undefined
      ? {}
      : { [HEADERS.session]: sessionId, [HEADERS.thread]: sessionId, [HEADERS.clientRequest]: sessionId }),
  };
}
