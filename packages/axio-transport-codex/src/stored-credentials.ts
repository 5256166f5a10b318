import { AxioError } from "axio";
import type { CredentialStore } from "axio-auth";
import { MemoryCredentialStore, parseUnixTime, tokenTimes } from "axio-auth/internal";
import { assertSecureUrl } from "axio-http";
import { ISSUER } from "./config.ts";
import { accountInfo, type Credentials } from "./credentials.ts";
import { type CodexTransportOptions, refusePlatformKey } from "./options.ts";
import { profileStore } from "./profile-store.ts";

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
  refusePlatformKey(accessToken);
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

/** Returns the URL of the token issuer. */
export function issuerOf(options: CodexTransportOptions): URL {
  return assertSecureUrl(options.issuer ?? ISSUER, "The issuer");
}
