import type { AxioError } from "../errors.ts";

/**
 * How a user signs in. `paste` is pasting the address that the browser ended on; `from-env` stores the API key of an
 * environment variable.
 */
export type LoginMethod = "browser" | "device" | "paste" | "api-key" | "from-env";

/** The progress of a sign-in, to show to the user. */
export type LoginProgress =
  /** Show the address even if `opened`: nothing tells whether the browser really appeared. */
  | {
      readonly type: "authorize";
      readonly url: string;
      readonly opened: boolean;
      readonly redirectUri: string;
    }
  /** A code to enter on another device. `expiresAt` is in Unix milliseconds. */
  | {
      readonly type: "device-code";
      readonly userCode: string;
      readonly verificationUrl: string;
      readonly expiresAt: number;
    }
  /** Other programs use the callback ports, so the browser cannot return: the user has to paste the address. */
  | { readonly type: "port-in-use"; readonly error: AxioError }
  /** The pasted address or the entered secret does not work. The prompt is shown again. */
  | { readonly type: "input-rejected"; readonly error: AxioError }
  /** The user is done. The rest takes a moment. */
  | { readonly type: "exchanging"; readonly method: LoginMethod }
  /** A failure that does not end the sign-in. */
  | { readonly type: "warning"; readonly error: AxioError };

/** How a sign-in talks to the user. */
export interface SignInPrompts {
  /** Opens the user's browser and returns whether that worked. Default: the system's browser, if there is a display. */
  readonly openBrowser?: ((url: string) => Promise<boolean>) | undefined;
  /**
   * Asks the user to paste the address that the browser ended on. Called again if the text does not work. Default: the user
   * cannot paste.
   */
  readonly readPaste?: ((signal: AbortSignal) => Promise<string>) | undefined;
  /** Asks the user for a secret, and does not show it. Called again if the secret does not work. Default: the user cannot enter one. */
  readonly readSecret?: ((prompt: SecretPrompt) => Promise<string>) | undefined;
  /** Asks the user for a line of text, which is shown. Called again if it does not work. Default: the user cannot enter one. */
  readonly readText?: ((prompt: TextPrompt) => Promise<string>) | undefined;
  readonly onProgress?: ((progress: LoginProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Default: 900,000 (15 minutes). */
  readonly timeoutMs?: number | undefined;
}

/** A request for a secret, such as an API key. */
export interface SecretPrompt {
  /** The name of the secret: `"API key"`. */
  readonly title: string;
  /** Where the user gets it: `"https://platform.openai.com/api-keys"`. */
  readonly url?: string | undefined;
  /** Whether the user may enter nothing. Default: `false`. */
  readonly isOptional?: boolean | undefined;
  readonly signal: AbortSignal;
}

/** A request for a line of text, such as the address of a server. */
export interface TextPrompt {
  /** The question, as whole sentences: `"Which server? Enter a name or a base URL."`. */
  readonly title: string;
  /** Whether the user may enter nothing. Default: `false`. */
  readonly isOptional?: boolean | undefined;
  readonly signal: AbortSignal;
}
