import type { CredentialStore, SignInPrompts } from "axio-auth";
import type { FetchLike } from "axio-http";
import type { ChatGPTCredentials } from "../credentials.ts";

/** What `login()` may be told. */
export interface LoginOptions extends SignInPrompts {
  /** Your app's own name, as people know it. They see it when they sign in first. */
  readonly appName: string;
  /** Where the registration and its sign-in are kept: one account and workspace each. Default: where `ChatGPTTransport` looks. */
  readonly store?: CredentialStore<ChatGPTCredentials>;
  /**
   * - `browser`: wait for the browser to come back to this machine, or for a paste.
   * - `paste`: only a paste of the whole address that the browser ended on.
   * - `auto`: both, at the same time. Default.
   */
  readonly method?: "auto" | "browser" | "paste";
  /** Asks again whether the app may use the plan, after the person declined that. Default `false`. */
  readonly enablePlan?: boolean;
  /** The ports for the callback, in the order in which they are tried; 0 is any free one. Default: any free one. */
  readonly ports?: readonly number[];
  /**
   * Names the place where the app runs: `urn:uuid:…`, a JWK thumbprint URN or `did:key:…`, the same for all sign-ins from
   * there. Default: one is made before the first sign-in, and kept in axio's folder.
   */
  readonly hostId?: string;
  /** Who signs in: https, or http on this machine only. Default `https://auth.openai.com`. */
  readonly issuer?: string | URL;
  /** What the tokens are for. Default `https://api.openai.com/v1`. */
  readonly resource?: string | URL;
  /** Makes every request. Default: the global `fetch`, or one that heeds the proxy variables of the surroundings. */
  readonly fetch?: FetchLike;
}
