import type { Credentials } from "axio-auth";
import { CLIENT_VERSION, HEADERS } from "../config.ts";
import { type AccountInfo, accountInfoOf } from "../credentials.ts";

/** Who a request says it comes from. */
export interface ClientIdentity {
  readonly originator: string;
  readonly userAgent: string;
}

/** What the newest tokens say: a request costs no decoding of what the one before it has decoded. */
let newest:
  | { readonly accessToken: string; readonly idToken: string | undefined; readonly facts: AccountInfo }
  | undefined;

function factsOf({ accessToken, idToken }: Credentials): AccountInfo {
  if (newest?.accessToken !== accessToken || newest.idToken !== idToken) {
    newest = { accessToken, idToken, facts: accountInfoOf({ accessToken, idToken }) };
  }
  return newest.facts;
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
  const facts = factsOf(credentials);
  // Sign-ins that other programs stored may not name the account.
  const account = credentials.accountId || facts.accountId;
  return {
    Authorization: `Bearer ${credentials.accessToken}`,
    ...(account === undefined ? {} : { [HEADERS.account]: account }),
    ...(facts.isFedramp === true ? { [HEADERS.fedramp]: "true" } : {}),
    [HEADERS.originator]: originator,
    [HEADERS.version]: CLIENT_VERSION,
    "User-Agent": userAgent,
    ...(sessionId === undefined
      ? {}
      : { [HEADERS.session]: sessionId, [HEADERS.thread]: sessionId, [HEADERS.clientRequest]: sessionId }),
  };
}
