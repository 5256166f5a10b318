import { AxioError } from "axio";
import { type CredentialStore, MemoryCredentialStore, parseUnixTime, tokenTimes } from "axio-auth";
import { assertSecureUrl } from "axio-http";
import { type OptionNames, RESPONSES_OPTION_NAMES, type ResponsesTransportOptions } from "axio-transport-kit";
import type { WebSocketChoice } from "axio-transport-kit/internal";
import { BASE_URL, ISSUER } from "./config.ts";
import { accountInfo, type Credentials } from "./credentials.ts";
import { profileStore } from "./profile-store.ts";

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

/** How the keys of the API platforms begin. */
const PLATFORM_KEY = /^\s*(?:Bearer\s+)?sk-/i;

/** Returns the store of `axio-codex login`, in the profile that `axio-codex use` selected. */
export function defaultStore(): CredentialStore<Credentials> {
  return profileStore();
}

/**
 * Returns the credential store that options ask for.
 *
 * @throws AxioError `invalid-argument` for a store and tokens at once, an empty token, an API key, options of a token without the
 *   token, an invalid `expiresAt`, or a token that names no account without an `accountId`.
 */
export function storeOf(options: CodexTransportOptions): CredentialStore<Credentials> {
  const accessToken = options.accessToken ?? options.apiKey;
  if (options.credentials !== undefined && accessToken !== undefined) {
    throw new AxioError(
      "invalid-argument",
      "credentials (a store) and accessToken exclude each other. Omit one of them.",
    );
  }
  if (accessToken === undefined) {
    if ([options.refreshToken, options.expiresAt, options.accountId].some((value) => value !== undefined)) {
      throw new AxioError(
        "invalid-argument",
        "refreshToken, expiresAt and accountId require an accessToken. Pass it too, or omit them.",
      );
    }
    return options.credentials ?? defaultStore();
  }
  if (accessToken === "") {
    throw new AxioError(
      "invalid-argument",
      "The accessToken is empty. Omit it to use the sign-in of `axio-codex login`.",
    );
  }
  if (PLATFORM_KEY.test(accessToken)) {
    throw new AxioError(
      "invalid-argument",
      "This is an API key, not an access token of a ChatGPT sign-in, so it does not work with this backend. Use it with axio-transport-openai or another transport for API keys, or sign in: npx axio-codex login.",
    );
  }
  const accountId = options.accountId || accountInfo(accessToken).accountId;
  if (!accountId) {
    throw new AxioError("invalid-argument", "The accessToken names no ChatGPT account. Pass its accountId.");
  }
  return new MemoryCredentialStore<Credentials>({
    accessToken,
    refreshToken: options.refreshToken ?? "",
    // 0: unknown. The backend responds with 401 when it expires.
    expiresAt: expiresAtOf(options.expiresAt) ?? tokenTimes(accessToken).expiresAt ?? 0,
    accountId,
  });
}

function expiresAtOf(expiresAt: number | string | undefined): number | undefined {
  if (expiresAt === undefined || expiresAt === "") return undefined;
  const time = parseUnixTime(expiresAt);
  if (time === undefined) {
    throw new AxioError(
      "invalid-argument",
      `expiresAt is ${JSON.stringify(expiresAt)}. Pass Unix seconds or milliseconds, or omit it.`,
    );
  }
  return time;
}

/** Returns the URL of the backend. */
export function baseUrlOf(options: CodexTransportOptions): URL {
  return assertSecureUrl(options.baseUrl ?? BASE_URL, "The baseUrl");
}

/** Returns the URL of the token issuer. */
export function issuerOf(options: CodexTransportOptions): URL {
  return assertSecureUrl(options.issuer ?? ISSUER, "The issuer");
}
