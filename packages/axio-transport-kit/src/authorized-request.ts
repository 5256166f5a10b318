import type { AxioError } from "axio";
import type { CredentialSession, SessionCallOptions } from "axio-auth";
import type { HttpResponse } from "axio-http";

/** Provides credentials, and replaces those that a server rejects. A `CredentialSession` is one. */
export interface CredentialSource<C extends object> extends Pick<CredentialSession<C>, "get"> {
  /**
   * Returns newer credentials than those that a server rejected with a 401; `undefined` if there are none, so that the
   * server's own error is reported. An API key has none, unless the store holds another one by now.
   *
   * @throws AxioError if they could not be obtained.
   */
  handleUnauthorized(rejected: C, options?: SessionCallOptions): Promise<C | undefined>;
}

/** A request that needs credentials. */
export interface AuthorizedRequest<C extends object, Request, Answer extends HttpResponse> {
  readonly session: CredentialSource<C>;
  readonly signal?: AbortSignal | undefined;
  /** Builds the request for credentials. */
  readonly build: (credentials: C) => Request | Promise<Request>;
  /** Sends it. */
  readonly send: (request: Request) => Promise<Answer>;
  /** Reads the error of a response without success. */
  readonly readError: (response: Answer, credentials: C) => Promise<AxioError>;
  /** Whether newer credentials may solve this 401. Default: always. */
  readonly mayRefresh?: ((rejection: AxioError) => boolean) | undefined;
}

/** The response to an {@link AuthorizedRequest}, and the credentials that it was sent with. */
export interface AuthorizedResponse<C, Answer extends HttpResponse> {
  readonly response: Answer;
  readonly credentials: C;
  /** The error that a response without success stands for. Its body is read. */
  readonly error: AxioError | undefined;
}

/** How often a request is repeated at most. */
const MAX_REPEATS = 3;

/**
 * Sends a request with valid credentials. After a 401 it is repeated once with the newer credentials of the store, or with
 * refreshed ones; and again a few times if those expired meanwhile.
 *
 * @returns The response, whatever its status.
 * @throws AxioError as `CredentialSession.get` and `send`.
 */
export async function authorizedRequest<C extends object, Request, Answer extends HttpResponse>({
  session,
  signal,
  build,
  send,
  readError,
  mayRefresh = () => true,
}: AuthorizedRequest<C, Request, Answer>): Promise<AuthorizedResponse<C, Answer>> {
  let credentials = await session.get({ signal });
  for (let repeats = 0; ; repeats += 1) {
    const request = await build(credentials);
    const response = await send(request);
    if (response.ok) return { response, credentials, error: undefined };
    const error = await readError(response, credentials);
    const mayRepeat = response.status === 401 && (repeats === 0 || hasExpired(credentials, repeats));
    if (!mayRepeat || !mayRefresh(error)) return { response, credentials, error };
    const rejected = credentials;
    const newer = await session.handleUnauthorized(rejected, { signal }).catch((refreshError: unknown) => {
      // Without a refresh token, the server's own words say more than that the token cannot be refreshed.
      throw "refreshToken" in rejected && rejected.refreshToken === "" ? error : refreshError;
    });
    if (newer === undefined) return { response, credentials, error };
    credentials = newer;
  }
}

/** Whether a refreshed token has expired since: it lasts seconds, or the machine was asleep. */
function hasExpired(credentials: object, repeats: number): boolean {
  if (repeats >= MAX_REPEATS || !("expiresAt" in credentials)) return false;
  const { expiresAt } = credentials;
  return typeof expiresAt === "number" && expiresAt > 0 && expiresAt <= Date.now();
}
