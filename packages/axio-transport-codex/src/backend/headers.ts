import { CLIENT_VERSION, HEADERS } from "../config.ts";
import { type AccountInfo, accountInfo, type Credentials } from "../credentials.ts";

/** How a client identifies itself. */
export interface ClientIdentity {
  readonly originator: string;
  readonly userAgent: string;
}

/** The account of the newest tokens, so that they are not decoded for each request. */
let newest:
  | { readonly accessToken: string; readonly idToken: string | undefined; readonly account: AccountInfo }
  | undefined;

function accountOf({ accessToken, idToken }: Credentials): AccountInfo {
  if (newest?.accessToken !== accessToken || newest.idToken !== idToken) {
    newest = { accessToken, idToken, account: accountInfo(accessToken, idToken) };
  }
  return newest.account;
}

/**
 * Returns the headers of every request to the backend.
 *
 * @param conversationId Identifies the conversation, so that the backend finds its cache.
 */
export function backendHeaders(
  credentials: Credentials,
  { originator, userAgent }: ClientIdentity,
  conversationId?: string,
): Record<string, string> {
  const { accountId, isFedramp } = accountOf(credentials);
  // Credentials that another program stored may not name the account.
  const account = credentials.accountId || accountId;
  return {
    Authorization: `Bearer ${credentials.accessToken}`,
    ...(account === undefined ? {} : { [HEADERS.account]: account }),
    ...(isFedramp ? { [HEADERS.fedramp]: "true" } : {}),
    [HEADERS.originator]: originator,
    [HEADERS.version]: CLIENT_VERSION,
    ...(userAgent === "" ? {} : { "User-Agent": userAgent }),
    ...(conversationId === undefined
      ? {}
      : {
          [HEADERS.session]: conversationId,
          [HEADERS.thread]: conversationId,
          [HEADERS.clientRequest]: conversationId,
        }),
  };
}
