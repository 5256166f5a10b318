import { AxioError, type JsonObject, type ModelRegistry, type ModelSpec } from "axio";
import { type CredentialStore, type Credentials, MemoryCredentialStore, parseExpiresAt } from "axio-auth";
import { assertSecureUrl, type FetchLike } from "axio-http";
import type { RequestOptions } from "axio-responses";
import { BASE_URL, ISSUER } from "./config.ts";
import { accountFacts, tokenExpiry } from "./credentials.ts";
import { UNKNOWN_CAPABILITIES } from "./models.ts";
import { profileStore } from "./profile-store.ts";

/** What makes a {@link CodexTransport}. Everything may be left out: then it uses the sign-in of `axio-codex login`. */
export interface CodexTransportOptions {
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
  /** Awaited with the new credentials after each renewal. Its failure goes to `onWarning`, and ends nothing. */
  readonly onAuthRefresh?: (credentials: Credentials) => void | Promise<void>;
  /** Told of what went wrong without ending a call: a failed `onAuthRefresh`, a renewal ahead of time, a setting that is not sent. Default: nobody. */
  readonly onWarning?: (warning: AxioError) => void;
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
  /** Makes every request: for proxies, tests and other runtimes. Default: the global `fetch`, or one that heeds the proxy variables of the surroundings. */
  readonly fetch?: FetchLike;
  /** How many times a call that failed in passing is made again. Default 10. */
  readonly maxRetries?: number;
  /** The upper end of the first wait before a retry, in milliseconds; it doubles each time. Default 5,000. */
  readonly retryBaseDelayMs?: number;
  /**
   * How long a call is made again and again, waits included, in milliseconds. Default 900,000 (15 minutes); `Infinity` for
   * no limit. A server that asks for a longer wait is an error at once.
   */
  readonly maxRetryMs?: number;
  /**
   * Whether a used-up plan is waited for until it resets, which may take days: a `retry` event tells of it, the signal and
   * `deadlineMs` end it. Default `false`: `usage-limit` at once.
   */
  readonly waitForLimit?: boolean;
  /** Told before each wait for a retry, also of those that are invisible in the stream. Default: nobody. */
  readonly onRetry?: (retry: {
    readonly attempt: number;
    readonly delayMs: number;
    readonly error: AxioError;
  }) => void;
  /** How long a call may take in all, retries and waits included, in milliseconds. Default: no limit. Then `deadline-exceeded`. */
  readonly deadlineMs?: number;
  /** How hard the model thinks, and how much of it is shown. Default: the model's own effort, and a summary. */
  readonly reasoning?: NonNullable<RequestOptions["reasoning"]>;
  /** How long answers are. Default: the model's own. */
  readonly verbosity?: NonNullable<RequestOptions["verbosity"]>;
  /** `"priority"` or `"flex"`, where the model offers it. Default: none. */
  readonly serviceTier?: string;
  /**
   * More members for the request's body, as the Responses API names them. Those that the backend is known to refuse
   * (`temperature`, `max_output_tokens`, …) and those that the transport sets itself are left out, and told to
   * `onWarning` once. Default: none.
   */
  readonly parameters?: JsonObject;
  /** Whether a member of `parameters` that cannot be sent is an error. Default `false`. */
  readonly strict?: boolean;
  /** Names the conversation to the backend, so that it finds its cache again. Default: the id of the context store. */
  readonly sessionId?: string;
  /** Who the requests say they come from. Default `"axio"`. */
  readonly originator?: string;
  /**
   * How answers come. `"sse"`: each over a request of its own. `"websocket"`: over one connection for each conversation,
   * on which a request sends only what is new. `"auto"`: the same where nothing speaks against it: a `fetch` of your own,
   * a proxy. Where the WebSocket is refused, or fails again and again, the transport goes on with server-sent events
   * and tells `onWarning` once. A connection does not keep the process alive; `close()` ends it. Default `"sse"`.
   */
  readonly transport?: "sse" | "websocket" | "auto";
  /** How long a stream may be without an event, in milliseconds. Default 300,000 (5 minutes). Then `stream-idle`, tried again. */
  readonly idleTimeoutMs?: number;
  /**
   * Compresses large requests with zstd where the runtime can (Node 22.15 and later). The backend reads them. Where a
   * gateway does not, they go out plain from the first refusal on, and `onWarning` is told once. Default `true`.
   */
  readonly compression?: boolean;
  /** How long each request may wait for the beginning of its answer, in milliseconds. Default 30,000. Then `connect-timeout`, tried again. */
  readonly connectTimeoutMs?: number;
}

const NUMBERS = [
  "maxRetries",
  "retryBaseDelayMs",
  "maxRetryMs",
  "deadlineMs",
  "idleTimeoutMs",
  "connectTimeoutMs",
] as const;

/**
 * Checks the counts and times. `Number(process.env.X)` of an unset variable is `NaN`, which would mean to try for ever
 * or not to wait at all.
 *
 * @throws AxioError `invalid-argument` for what is no number, or below zero.
 */
export function checkNumbers(options: CodexTransportOptions): void {
  for (const name of NUMBERS) {
    const value: unknown = options[name];
    if (value === undefined || (typeof value === "number" && value >= 0)) continue;
    throw new AxioError(
      "invalid-argument",
      `${name} is ${String(value)}. Give a number that is not below zero, or leave it out.`,
    );
  }
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
  const accountId = options.accountId || accountFacts(accessToken).accountId;
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

/**
 * Makes a description of the model that the caller named.
 *
 * @throws AxioError `invalid-argument` for an empty name.
 */
export function modelOf(model: string | ModelSpec, models: ModelRegistry): ModelSpec {
  const id: unknown = typeof model === "string" ? model : model.id;
  if (typeof id !== "string" || id.trim() === "") {
    throw new AxioError(
      "invalid-argument",
      `The model's name is empty. Name one, such as ${JSON.stringify(models.ids()[0] ?? "gpt-5.5")}, or leave it out.`,
    );
  }
  if (typeof model !== "string") return model;
  // A name that is not on the list may be newer than the list: the backend knows.
  return models.find(model) ?? { id: model, capabilities: UNKNOWN_CAPABILITIES };
}
