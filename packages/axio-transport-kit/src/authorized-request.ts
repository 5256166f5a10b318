import type { AxioError } from "axio";
import type { CredentialSession } from "axio-auth";
import { type ErrorRule, type HttpRequest, sendRequest } from "axio-http";
import type { BearerCredentials } from "./credentials.ts";
import { readErrorResponse } from "./error-response.ts";

/** A body and the headers that say how it is encoded. */
export interface EncodedBody {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request that needs a sign-in. */
export interface AuthorizedRequest<C extends BearerCredentials>
  extends Omit<HttpRequest, "headers" | "body"> {
  readonly session: CredentialSession<C>;
  /** How the service words its errors, before the general rules. */
  readonly errorRules: readonly ErrorRule[];
  /** Whether a rejection (401) may be mended by a newer sign-in. Default: each may. */
  readonly mayRefresh?: ((rejection: AxioError) => boolean) | undefined;
  /** Makes the headers for a sign-in. */
  readonly headers: (credentials: C) => Record<string, string>;
  /** Makes the body for a sign-in. Default: none. */
  readonly body?: (credentials: C) => string;
  /** Encodes the body. Default: it goes out as it is. */
  readonly encode?: (body: string) => Promise<EncodedBody>;
  /** Told the headers of each answer, errors included. */
  readonly onHeaders?: (headers: Headers) => void;
  /** Told the headers of the answer, where it is a success. */
  readonly onAnswer?: (headers: Headers) => void;
}

/** How often a request is repeated at the most. */
const MAX_REPEATS = 3;

/**
 * Makes a request with a sign-in that holds. Where the server rejects it, the request is made once more with the newer
 * sign-in of the store, or else with a renewed one; and again, a few times, where that one ended on the way as well.
 *
 * @returns The response; its status is a success.
 * @throws AxioError as `CredentialSession.get`, `sendRequest`, and whatever the answer says.
 */
export async function authorizedRequest<C extends BearerCredentials>({
  session,
  errorRules,
  mayRefresh = () => true,
  headers,
  body,
  encode,
  onHeaders,
  onAnswer,
  ...request
}: AuthorizedRequest<C>): Promise<Response> {
  const { signal } = request;
  const errorOf = (response: Response): Promise<AxioError> =>
    readErrorResponse(response, request.url, { rules: errorRules, signal });
  let credentials = await session.get({ signal });
  const send = async (current: C): Promise<Response> => {
    const text = body?.(current);
    const encoded = text === undefined ? undefined : await encode?.(text);
    const answer = await sendRequest({
      ...request,
      headers: { ...headers(current), ...encoded?.headers },
      body: encoded?.body ?? text,
    });
    onHeaders?.(answer.headers);
    return answer;
  };
  let response = await send(credentials);
  for (
    let repeats = 0;
    response.status === 401 && (repeats === 0 || mayRepeat(credentials, repeats));
    repeats += 1
  ) {
    const rejection = await errorOf(response);
    if (!mayRefresh(rejection)) throw rejection;
    const rejected = credentials;
    credentials = await session.handleUnauthorized(rejected, { signal }).catch((error: unknown) => {
      // Without a refresh token, what the server said is more to the point than that it could not be renewed.
      throw rejected.refreshToken === "" ? rejection : error;
    });
    response = await send(credentials);
  }
  if (!response.ok) throw await errorOf(response);
  onAnswer?.(response.headers);
  return response;
}

/** A token that was renewed and has ended since: one of seconds, or a machine that was asleep. */
function mayRepeat({ expiresAt }: BearerCredentials, repeats: number): boolean {
  return repeats < MAX_REPEATS && expiresAt > 0 && expiresAt <= Date.now() / 1000;
}
