import type { AxioError } from "axio";
import type { CredentialStore, Credentials } from "axio-auth";
import type { FetchLike } from "axio-http";

/** How far a sign-in has come, for showing. Holds no secret but what the person needs. */
export type LoginProgress =
  /** The address to sign in at. Show it, also where a browser was opened: nobody can tell what that did. */
  | {
      readonly type: "authorize";
      readonly url: string;
      readonly opened: boolean;
      readonly redirectUri: string;
    }
  /** A code to type in on another device. `expiresAt` is in Unix milliseconds. */
  | {
      readonly type: "device-code";
      readonly userCode: string;
      readonly verificationUrl: string;
      readonly expiresAt: number;
    }
  /** The browser cannot come back to this machine, since other programs have the ports: paste the address instead. */
  | { readonly type: "port-in-use"; readonly error: AxioError }
  /** What was pasted is of no use; `readPaste` is called again. */
  | { readonly type: "paste-refused"; readonly error: AxioError }
  /** The person is done; the rest takes a moment. */
  | { readonly type: "exchanging"; readonly method: "browser" | "device" | "paste" }
  /** Something went wrong that does not end the sign-in. */
  | { readonly type: "warning"; readonly error: AxioError };

/** What every sign-in may be told. */
export interface SignInOptions {
  /**
   * - `browser`: wait for the browser to come back to this machine, or for a paste.
   * - `device`: a code for another device.
   * - `paste`: only a paste.
   * - `auto`: all that can succeed here, at the same time. Default.
   */
  readonly method?: "auto" | "browser" | "device" | "paste";
  /** Opens the person's browser; tells whether it could. Default: the system's browser, where there is a screen. */
  readonly openBrowser?: (url: string) => Promise<boolean>;
  /**
   * Asks the person to paste the address that the browser ended on, or the code. Called again after a paste that is of
   * no use. Default: nobody is asked.
   */
  readonly readPaste?: (signal: AbortSignal) => Promise<string>;
  /** Told how far the sign-in has come. */
  readonly onProgress?: (progress: LoginProgress) => void;
  readonly signal?: AbortSignal;
  /** How long the person may take, in milliseconds. Default 900,000 (15 minutes). */
  readonly timeoutMs?: number;
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
