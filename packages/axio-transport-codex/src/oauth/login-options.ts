import type { LoginMethod, SignInPrompts } from "axio/plugin";
import type { CredentialStore } from "axio-auth";
import type { FetchLike } from "axio-http";
import type { Credentials } from "../credentials.ts";

/** Options of every sign-in. */
export interface SignInOptions extends SignInPrompts {
  /**
   * - `browser`: a browser on this machine, or a paste.
   * - `device`: a code for another device.
   * - `paste`: a paste only.
   *
   * Default: all that can succeed, at the same time.
   */
  readonly method?: LoginMethod | undefined;
  /** The program name in the sign-in request. Default: the official CLI, because the server accepts few others. */
  readonly originator?: string | undefined;
  /** The only ChatGPT workspaces to accept. Default: all. */
  readonly allowedWorkspaceIds?: readonly string[] | undefined;
  /** The callback ports to try, in order. Default: 1455 and 1457, the only ones that the server accepts. */
  readonly ports?: readonly number[] | undefined;
  /** The sign-in server: https, or http on a loopback address. Default: `https://auth.openai.com`. */
  readonly issuer?: string | URL | undefined;
  /** Default: the global `fetch`, or one that uses the proxy of the environment. */
  readonly fetch?: FetchLike | undefined;
}

/** Options of {@link login}. */
export interface LoginOptions extends SignInOptions {
  /** Default: the store that `CodexTransport` uses. */
  readonly store?: CredentialStore<Credentials> | undefined;
}
