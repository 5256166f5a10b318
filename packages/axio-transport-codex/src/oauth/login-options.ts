import type { CredentialStore, Credentials, SignInPrompts } from "axio-auth";
import type { FetchLike } from "axio-http";

/** What every sign-in may be told. */
export interface SignInOptions extends SignInPrompts {
  /**
   * - `browser`: wait for the browser to come back to this machine, or for a paste.
   * - `device`: a code for another device.
   * - `paste`: only a paste.
   * - `auto`: all that can succeed here, at the same time. Default.
   */
  readonly method?: "auto" | "browser" | "device" | "paste";
  /** Who the sign-in says it comes from. Default: the official CLI's name, since the server admits few others. */
  readonly originator?: string;
  /** Admits these ChatGPT workspaces only. Default: all. */
  readonly allowedWorkspaceIds?: readonly string[];
  /** The ports for the callback, in the order in which they are tried. Default 1455, 1457: the server knows no others. */
  readonly ports?: readonly number[];
  /** Who signs in: https, or http on this machine only. Default `https://auth.openai.com`. */
  readonly issuer?: string | URL;
  /** Makes every request. Default: the global `fetch`, or one that heeds the proxy variables of the surroundings. */
  readonly fetch?: FetchLike;
}

/** What {@link login} may be told. */
export interface LoginOptions extends SignInOptions {
  /** Where the sign-in is kept. Default: where `CodexTransport` looks. */
  readonly store?: CredentialStore<Credentials>;
}
