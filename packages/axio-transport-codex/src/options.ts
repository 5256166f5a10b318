import { AxioError } from "axio";
import type { CredentialStore } from "axio-auth";
import { assertSecureUrl } from "axio-http";
import { type OptionNames, RESPONSES_OPTION_NAMES, type ResponsesTransportOptions } from "axio-transport-kit";
import type { WebSocketChoice } from "axio-transport-kit/internal";
import { BASE_URL } from "./config.ts";
import type { Credentials } from "./credentials.ts";

/** The options of a {@link CodexTransport}. All are optional: by default it uses the sign-in of `axio-codex login`. */
export interface CodexTransportOptions extends ResponsesTransportOptions<Credentials>, WebSocketChoice {
  /**
   * Where the credentials are stored. Default: where `axio-codex login` stores them, in the profile that `axio-codex use`
   * selected. Not together with `accessToken`.
   */
  readonly credentials?: CredentialStore<Credentials> | undefined;
  /** An OAuth access token, instead of a store. It is kept in memory; see `onAuthRefresh`. */
  readonly accessToken?: string | undefined;
  /** An alias of `accessToken`. */
  readonly apiKey?: string | undefined;
  /** The refresh token. Default: none, and the transport works until the access token expires. */
  readonly refreshToken?: string | undefined;
  /** When the access token expires, in Unix seconds or milliseconds, also as text. Default: what the token states. */
  readonly expiresAt?: number | string | undefined;
  /** The ChatGPT account (workspace). Default: the one that the access token names. */
  readonly accountId?: string | undefined;
  /** The backend: https, or http on a loopback address. Default: `https://chatgpt.com/backend-api/codex`. */
  readonly baseUrl?: string | URL | undefined;
  /** The token issuer: https, or http on a loopback address. Default: `https://auth.openai.com`. */
  readonly issuer?: string | URL | undefined;
  /** The client name that requests state. Default: `"axio"`. */
  readonly originator?: string | undefined;
  /**
   * Whether to compress large requests with zstd if the runtime can (Node 22.15 and later). If a gateway rejects them, they
   * are sent uncompressed from then on, and `onWarning` is called once. Default: `true`.
   */
  readonly compression?: boolean | undefined;
}

/** The names of {@link CodexTransportOptions}, and those of credentials, which may be spread into them. */
export const CODEX_OPTION_NAMES: OptionNames<CodexTransportOptions & Credentials> = {
  ...RESPONSES_OPTION_NAMES,
  credentials: true,
  accessToken: true,
  apiKey: true,
  refreshToken: true,
  expiresAt: true,
  accountId: true,
  baseUrl: true,
  issuer: true,
  originator: true,
  transport: true,
  compression: true,
  idToken: true,
  planType: true,
  email: true,
};

/** Returns the URL of the backend. */
export function baseUrlOf(options: CodexTransportOptions): URL {
  return assertSecureUrl(options.baseUrl ?? BASE_URL, "The baseUrl");
}

/** How the keys of the API platforms begin. */
const PLATFORM_KEY = /^\s*(?:Bearer\s+)?sk-/i;

/** @throws AxioError `invalid-argument` for a key of an API platform. */
export function refusePlatformKey(accessToken: string): void {
  if (PLATFORM_KEY.test(accessToken)) {
    throw new AxioError(
      "invalid-argument",
      "This is an API key, not an access token of a ChatGPT sign-in, so it does not work with this backend. Use it with axio-transport-openai or another transport for API keys, or sign in: npx axio-codex login.",
    );
  }
}
