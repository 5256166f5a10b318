import { AxioError, type JsonObject, type ModelRegistry, type ModelSpec } from "axio";
import { type CredentialStore, type Credentials, MemoryCredentialStore, parseExpiresAt } from "axio-auth";
import { assertSecureUrl } from "axio-http";
import type { ResponsesTransportOptions } from "axio-transport-kit";
import { BASE_URL, ISSUER } from "./config.ts";
import { accountInfo, tokenExpiry } from "./credentials.ts";
import { profileStore } from "./profile-store.ts";

/** What makes a {@link CodexTransport}. Everything may be left out: then it uses the sign-in of `axio-codex login`. */
export interface CodexTransportOptions extends ResponsesTransportOptions<Credentials> {
  /** The name that people see. Default `"ChatGPT (Codex)"`. */
  readonly name?: string;
  /**
   * Where the sign-in is kept: a `FileCredentialStore`, one of your own. Default: where `axio-codex login` keeps it,
   * of the profile that `axio-codex use` has chosen.
   * Not together with `accessToken`.
   */
  readonly credentials?: CredentialStore<Credentials>;
  /** An OAuth access token, instead of a store. It is kept in memory; see `onAuthRefresh`. */
  readonly accessToken?: string;
  /** The same as `accessToken`. */
  readonly apiKey?: string;
  /** Renews the access token. Without it the transport works until the access token ends. */
  readonly refreshToken?: string;
  /** When the access token ends, in Unix seconds, also as text. Default: what the token says. */
  readonly expiresAt?: number | string;
  /** The ChatGPT account (workspace). Default: the one that the access token names. */
  readonly accountId?: string;
  /** The backend: https, or http on this machine only. Default `https://chatgpt.com/backend-api/codex`. */
  readonly baseUrl?: string | URL;
  /** Who issues the tokens: https, or http on this machine only. Default `https://auth.openai.com`. */
  readonly issuer?: string | URL;
  /**
   * The model, by its id or as a description. Default `gpt-4.1`; where the account does not have that, the first call
   * takes the account's own default.
   */
  readonly model?: string | ModelSpec;
  /** The models to choose from. Default `CODEX_MODELS`. */
  readonly models?: ModelRegistry;
  /**
   * More members for the request's body, as the Responses API names them. Those that the backend is known to refuse
   * (`temperature`, `max_output_tokens`, …) and those that the transport sets itself are left out, and told to
   * `onWarning` once. Default: none.
   */
  readonly parameters?: JsonObject;
  /** Who the requests say they come from. Default `"axio"`. */
  readonly originator?: string;
  /**
   * How answers come. `"sse"`: each over a request of its own. `"websocket"`: over one connection for each conversation,
   * on which a request sends only what is new. `"auto"`: the same where nothing speaks against it: a `fetch` of your own,
   * a proxy. Where the WebSocket is refused, the transport goes on with server-sent events; where it fails again and
   * again, the conversation does. `onWarning` is told. A connection does not keep the process alive; `close()` ends it. Default `"sse"`.
   */
  readonly transport?: "sse" | "websocket" | "auto";
  /**
   * Compresses large requests with zstd where the runtime can (Node 22.15 and later). The backend reads them. Where a
   * gateway does not, they go out plain from the first refusal on, and `onWarning` is told once. Default `true`.
   */
  readonly compression?: boolean;
}

/** Where the sign-in is kept that `axio-codex login` makes, of the profile that `axio-codex use` has chosen. */
export function defaultStore(): CredentialStore<Credentials> {
  return profileStore();
}

/**
 * Chooses where the sign-in comes from.
 *
 * @throws AxioError `invalid-argument` for a store and tokens at once, an empty token, what belongs to a token without
 *   one, an `expiresAt` that is no number, or a token that names no account where none is given.
 */
export function storeOf(options: CodexTransportOptions): CredentialStore<Credentials> {
  const accessToken = options.accessToken ?? options.apiKey;
  if (options.credentials !== undefined && accessToken !== undefined) {
    throw new AxioError("invalid-argument", "Give either credentials (a store) or accessToken, not both.");
  }
  if (accessToken === undefined) {
    if ([options.refreshToken, options.expiresAt, options.accountId].some((value) => value !== undefined)) {
      throw new AxioError(
        "invalid-argument",
        "refreshToken, expiresAt and accountId belong to an accessToken. Give that too, or leave them out.",
      );
    }
    return options.credentials ?? defaultStore();
  }
  if (accessToken === "") {
    throw new AxioError(
      "invalid-argument",
      "The accessToken is empty. Leave it out to use the sign-in of `axio-codex login`.",
    );
  }
  const accountId = options.accountId || accountInfo(accessToken).accountId;
  if (!accountId) {
    throw new AxioError(
      "invalid-argument",
      "The accessToken names no ChatGPT account. Give the accountId that it belongs to.",
    );
  }
  return new MemoryCredentialStore<Credentials>({
    accessToken,
    refreshToken: options.refreshToken ?? "",
    // 0: nobody knows, and the backend's 401 tells.
    expiresAt: expiresAtOf(options.expiresAt) ?? tokenExpiry(accessToken) ?? 0,
    accountId,
  });
}

function expiresAtOf(expiresAt: number | string | undefined): number | undefined {
  if (expiresAt === undefined || expiresAt === "") return undefined;
  const seconds = parseExpiresAt(expiresAt);
  if (seconds === undefined) {
    throw new AxioError(
      "invalid-argument",
      `expiresAt is ${JSON.stringify(expiresAt)}. Give Unix seconds, or leave it out.`,
    );
  }
  return seconds;
}

/** Checks the address of the backend. */
export function baseUrlOf(options: CodexTransportOptions): URL {
  return assertSecureUrl(options.baseUrl ?? BASE_URL, "The baseUrl");
}

/** Checks the address of whoever renews the tokens. */
export function issuerOf(options: CodexTransportOptions): URL {
  return assertSecureUrl(options.issuer ?? ISSUER, "The issuer");
}
