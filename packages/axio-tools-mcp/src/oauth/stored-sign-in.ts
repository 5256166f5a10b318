import {
  type AuthProvider,
  auth,
  extractWWWAuthenticateParams,
  type FetchLike,
} from "@modelcontextprotocol/client";
import { AxioError } from "axio";
import { errorText } from "axio/internal";
import { McpOAuthProvider, needsSignIn } from "./oauth-provider.ts";
import type { ServerCredentials, TokenStore } from "./token-store.ts";

type UnauthorizedContext = Parameters<NonNullable<AuthProvider["onUnauthorized"]>>[0];

/** The longest duration of one request while the tokens are locked. */
const REQUEST_TIMEOUT_MS = 20_000;

/**
 * Sends the stored token of a server with each request, and refreshes it after a 401. Of all calls and processes whose token
 * was rejected, one refreshes it, since many servers accept a refresh token once and end the sign-in when it comes again.
 */
export class StoredSignIn implements AuthProvider {
  readonly #url: string;
  readonly #store: TokenStore;
  readonly #fetch: FetchLike;
  /** The tokens of the requests that were rejected. */
  readonly #rejected = new WeakMap<Response, string>();

  constructor(
    url: string,
    store: TokenStore,
    fetch: FetchLike = (input, init) => globalThis.fetch(input, init),
  ) {
    this.#url = url;
    this.#store = store;
    this.#fetch = fetch;
  }

  /** Remembers which token a request had. The transport has to use it. */
  readonly fetch: FetchLike = async (input, init) => {
    const response = await this.#fetch(input, init);
    const [, token] = /^Bearer (.+)$/i.exec(new Headers(init?.headers).get("authorization") ?? "") ?? [];
    if (response.status === 401 && token !== undefined) this.#rejected.set(response, token);
    return response;
  };

  async token(): Promise<string | undefined> {
    return accessToken(await this.#store.load(this.#url));
  }

  /** @throws AxioError `unauthenticated` if the user has to sign in, `refresh-failed` if it may work later. */
  async onUnauthorized(context: UnauthorizedContext): Promise<void> {
    const rejected = this.#rejected.get(context.response);
    if (rejected === undefined) throw needsSignIn();
    const { tokens } = await this.#store.update(this.#url, async (current) => {
      const token = accessToken(current);
      if (token === undefined || token !== rejected) return current;
      return refresh(this.#url, current, context);
    });
    if (tokens === undefined) throw needsSignIn();
  }
}

/** Refreshes tokens. They are removed if the server does not accept them any more. */
async function refresh(
  url: string,
  current: ServerCredentials,
  { response, serverUrl, fetchFn }: UnauthorizedContext,
): Promise<ServerCredentials> {
  let credentials = current;
  let cause: unknown;
  const provider = new McpOAuthProvider(url, {
    load: async () => credentials,
    save: async (_url, change) => {
      credentials = { ...credentials, ...change };
    },
  });
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response);
  const fetchRecorded: FetchLike = async (input, init) => {
    try {
      const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
      const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
      const answer = await fetchFn(input, { ...init, signal });
      if (answer.status >= 500 || answer.status === 429) cause = new Error(`HTTP status ${answer.status}`);
      return answer;
    } catch (error) {
      cause = error;
      throw error;
    }
  };
  try {
    await auth(provider, {
      serverUrl,
      fetchFn: fetchRecorded,
      ...(resourceMetadataUrl !== undefined && { resourceMetadataUrl }),
      ...(scope !== undefined && { scope }),
    });
    return credentials;
  } catch {
    // The SDK asks for a new sign-in after any failure.
    if (credentials.tokens === undefined || cause === undefined) return { ...credentials, tokens: undefined };
    throw new AxioError(
      "refresh-failed",
      `The sign-in to the MCP server at ${new URL(url).host} could not be refreshed: ${errorText(cause)}. It is kept; try again later.`,
      { cause, retryable: true },
    );
  }
}

function accessToken({ tokens }: ServerCredentials): string | undefined {
  const token = tokens?.["access_token"];
  return typeof token === "string" ? token : undefined;
}
