import { AxioError } from "axio";
import type { Credentials } from "axio-auth";
import { type WebSocketConnection, webSocketFetch } from "axio-http";
import { type AuthorizedRequest, authorizedRequest, isSignInError } from "axio-transport-kit";
import type { PooledConnection } from "./pool.ts";

/** The status of a server that has no WebSocket here. */
const UPGRADE_REQUIRED = 426;

/** What is said of the account, and would be said over HTTP as well. */
const OF_THE_ACCOUNT: readonly string[] = ["usage-limit", "usage-not-included", "unsupported-country"];

/** A new connection and whose it is. */
export interface NewConnection extends PooledConnection {
  readonly credentials: Credentials;
  readonly headers: Headers;
}

/**
 * Opens a WebSocket with a sign-in that holds.
 *
 * @returns `undefined` where the server, or something before it, does not give one and would not the next time either:
 * 426 and whatever else is no passing fault. Over HTTP, the same request gets the answer that it deserves.
 * @throws AxioError as `authorizedRequest`, for passing faults, those of the sign-in and those of the account.
 */
export async function connect(
  request: Omit<AuthorizedRequest<Credentials>, "fetch" | "method">,
): Promise<NewConnection | undefined> {
  let connection: WebSocketConnection | undefined;
  let credentials: Credentials | undefined;
  const response = await authorizedRequest({
    ...request,
    fetch: webSocketFetch((opened) => {
      connection = opened;
    }),
    headers: (current) => {
      credentials = current;
      return request.headers(current);
    },
  }).catch((error: unknown) => {
    if (isRefusal(error)) return undefined;
    throw error;
  });
  // Without a connection, something answered the request for one with a page.
  if (response === undefined || connection === undefined || credentials === undefined) return undefined;
  const { accessToken } = credentials;
  return { connection, credentials, accessToken, headers: response.headers, openedAt: performance.now() };
}

function isRefusal(error: unknown): boolean {
  if (!AxioError.is(error) || error.details.status === undefined) return false;
  if (error.details.status === UPGRADE_REQUIRED) return true;
  return !error.retryable && !isSignInError(error) && !OF_THE_ACCOUNT.includes(error.code);
}
