import type { AxioError } from "axio";

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
  | { readonly type: "exchanging"; readonly method: LoginMethod }
  /** Something went wrong that does not end the sign-in. */
  | { readonly type: "warning"; readonly error: AxioError };

/** A way in which a sign-in may succeed. */
export type LoginMethod = "browser" | "device" | "paste";

/** How a person signs in, whoever issues the tokens. */
export interface SignInPrompts {
  /** Opens the person's browser; tells whether it could. Default: the system's browser, where there is a screen. */
  readonly openBrowser?: (url: string) => Promise<boolean>;
  /**
   * Asks the person to paste the address that the browser ended on. Called again after a paste that is of no use.
   * Default: nobody is asked.
   */
  readonly readPaste?: (signal: AbortSignal) => Promise<string>;
  /** Told how far the sign-in has come. */
  readonly onProgress?: (progress: LoginProgress) => void;
  readonly signal?: AbortSignal;
  /** How long the person may take, in milliseconds. Default 900,000 (15 minutes). */
  readonly timeoutMs?: number;
}
