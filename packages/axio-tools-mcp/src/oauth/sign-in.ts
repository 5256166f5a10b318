import { auth, type FetchLike } from "@modelcontextprotocol/client";
import { AxioError } from "axio";
import { errorText } from "axio/internal";
import { createState, openBrowser, readAuthorizationResponse, startCallbackServer } from "axio-auth";
import { McpOAuthProvider } from "./oauth-provider.ts";
import type { TokenStore } from "./token-store.ts";

/** Options of {@link signInToServer}. */
export interface ServerSignInOptions {
  readonly name: string;
  readonly url: string;
  readonly store: TokenStore;
  readonly fetch: FetchLike | undefined;
  readonly signal: AbortSignal;
  /** Called with the address that the browser opens, for a user whose browser did not open. */
  readonly onUrl: (url: string) => void;
  /** Opens an address. Default: the user's browser. */
  readonly openUrl?: ((url: string) => Promise<unknown>) | undefined;
}

/**
 * Signs in to a server in the browser (OAuth 2.1 with PKCE and dynamic client registration), and stores the tokens.
 *
 * @throws AxioError `login-denied`, `login-failed`, `login-timeout`, `aborted`.
 */
export async function signInToServer(options: ServerSignInOptions): Promise<void> {
  const { name, url, store, fetch: fetchFn, signal, onUrl, openUrl = openBrowser } = options;
  const state = createState();
  const callbacks = await startCallbackServer({ state, signal });
  // Otherwise its end is an unhandled rejection if the browser is never opened.
  callbacks.waitForCallback().catch(() => undefined);
  const provider = new McpOAuthProvider(url, store, {
    redirectUri: callbacks.redirectUri,
    state,
    open: async (address) => {
      assertWebAddress(address);
      onUrl(address.href);
      // Not awaited: a browser may stay open. If it does not open, the user opens the address.
      openUrl(callbacks.redirectTo(address.href)).catch(() => undefined);
    },
  });
  const call = { serverUrl: url, ...(fetchFn !== undefined && { fetchFn }) };
  try {
    if ((await auth(provider, call)) === "AUTHORIZED") return;
    const callback = await callbacks.waitForCallback();
    try {
      const { code, params } = readAuthorizationResponse(callback.params);
      const iss = params.get("iss");
      await auth(provider, { ...call, authorizationCode: code, ...(iss !== null && { iss }) });
    } catch (error) {
      const failure = toSignInError(error, name);
      await callback.respond({ kind: "failed", code: failure.code, message: failure.message });
      throw failure;
    }
    await callback.respond({ kind: "signed-in" });
  } catch (error) {
    throw toSignInError(error, name);
  } finally {
    await callbacks.close();
  }
}

function toSignInError(error: unknown, name: string): AxioError {
  if (AxioError.is(error)) return error;
  const message = `The sign-in to the MCP server "${name}" failed: ${errorText(error)}`;
  return new AxioError("login-failed", message, { cause: error });
}

/** The address comes from the server. */
function assertWebAddress({ protocol, hostname }: URL): void {
  const isLoopback = hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
  if (protocol === "https:" || (protocol === "http:" && isLoopback)) return;
  throw new AxioError(
    "login-failed",
    "The server names an address for the sign-in that is not https, so it was not opened. Report this to the operator of the server.",
  );
}
