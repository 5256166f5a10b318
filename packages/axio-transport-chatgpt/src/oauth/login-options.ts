import type { LoginMethod, SignInPrompts } from "axio/plugin";
import type { CredentialStore } from "axio-auth";
import type { FetchLike } from "axio-http";
import type { ChatGPTCredentials } from "../credentials.ts";

/** Options of `login()`. */
export interface LoginOptions extends SignInPrompts {
  /** The name of your app. The user sees it when they first sign in. */
  readonly appName: string;
  /** Stores the registration and its sign-in, for one account and workspace. Default: the store that `ChatGPTTransport` uses. */
  readonly store?: CredentialStore<ChatGPTCredentials> | undefined;
  /**
   * - `browser`: a browser on this machine, or a paste.
   * - `paste`: a paste of the whole URL that the browser ended on.
   *
   * Default: all that can succeed, at the same time.
   */
  readonly method?: LoginMethod | undefined;
  /** Asks the user again whether the app may use the plan, after they declined. Default: `false`. */
  readonly enablePlan?: boolean | undefined;
  /** The callback ports to try, in order; 0 is any free port. Default: any free port. */
  readonly ports?: readonly number[] | undefined;
  /**
   * Identifies the machine on which the app runs: `urn:uuid:…`, a JWK thumbprint URN or `did:key:…`, the same for all
   * sign-ins. Default: created before the first sign-in, and stored in axio's directory.
   */
  readonly hostId?: string | undefined;
  /** The sign-in server: https, or http on a loopback address. Default: `https://auth.openai.com`. */
  readonly issuer?: string | URL | undefined;
  /** The audience of the tokens (RFC 8707). Default: `https://api.openai.com/v1`. */
  readonly resource?: string | URL | undefined;
  /** Default: the global `fetch`, or one that uses the proxy of the environment. */
  readonly fetch?: FetchLike | undefined;
}
