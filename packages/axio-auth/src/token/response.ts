import { AxioError, type AxioErrorOptions, isJsonObject, type JsonObject } from "axio";
import { errorFromResponse, type ResponseFault } from "axio-http";
import { readString } from "axio-http/internal";
import { wholeSeconds } from "../credentials.ts";
import { parseObject } from "../parse-object.ts";
import { tokenTimes } from "./claims.ts";

/** A successful response of a token endpoint. If a refresh response omits a token, the previous one stays valid. */
export interface TokenResponse {
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  readonly idToken?: string | undefined;
  /** `Bearer`, in any case. */
  readonly tokenType?: string | undefined;
  /** The granted scopes, separated by spaces. */
  readonly scope?: string | undefined;
  /**
   * When the access token expires, in Unix milliseconds of the **local clock**: the time of receipt plus the lifetime, so
   * that a wrong clock does no harm, rounded down to a second. Absent if the lifetime is unknown.
   */
  readonly expiresAt?: number | undefined;
  /** The whole response, for properties that only one provider knows. Contains secrets. */
  readonly body: JsonObject;
}

/** The grant that a response belongs to. */
export type TokenGrant = "authorization_code" | "refresh_token";

/**
 * Parses a successful response of a token endpoint. Properties of a wrong type count as absent.
 *
 * @param receivedAt The time of receipt, in Unix milliseconds.
 * @returns `undefined` if it is not a JSON object.
 * @see RFC 6749 §5.1
 */
export function parseTokenResponse(text: string, receivedAt: number): TokenResponse | undefined {
  const body = parseObject(text);
  if (!body) return undefined;
  const accessToken = readToken(body, "access_token");
  const { expiresAt, lifetimeMs } = tokenTimes(accessToken ?? "");
  const validForMs = readLifetimeMs(body["expires_in"]) ?? lifetimeMs;
  return {
    accessToken,
    refreshToken: readToken(body, "refresh_token"),
    idToken: readToken(body, "id_token"),
    tokenType: readString(body, "token_type"),
    scope: readString(body, "scope"),
    expiresAt: validForMs === undefined ? expiresAt : wholeSeconds(receivedAt + validForMs),
    body,
  };
}

/** RFC 6749 §A.12 allows printable ASCII. A token with other characters, such as a line break, cannot be sent. */
const TOKEN = /^[\x21-\x7e]+$/;

function readToken(body: JsonObject, name: string): string | undefined {
  const token = readString(body, name);
  return token !== undefined && TOKEN.test(token) ? token : undefined;
}

/** A response of a token endpoint that reports an error. */
export interface TokenErrorResponse {
  readonly status: number;
  /** The text of the body. */
  readonly body: string;
  readonly headers: Headers;
  readonly grant: TokenGrant;
  /** The URL of the token endpoint. */
  readonly url: string;
  /** Values of the request that must not appear in a message: code, verifier, token. */
  readonly secrets?: readonly string[] | undefined;
  /** The current time in Unix milliseconds. Default: `Date.now()`. */
  readonly now?: number | undefined;
}

/** The peer codes that permanently invalidate a refresh token. */
const PERMANENT = {
  refresh_token_expired: "refresh-token-expired",
  token_expired: "refresh-token-expired",
  refresh_token_reused: "refresh-token-reused",
  refresh_token_invalidated: "refresh-token-revoked",
  invalid_refresh_token: "refresh-token-revoked",
} as const;

const PERMANENT_MESSAGES = {
  "refresh-token-expired": "The sign-in has expired.",
  "refresh-token-reused":
    "The sign-in is no longer valid: its refresh token was already used, in a refresh whose response was lost, or by another program or machine with a copy of it.",
  "refresh-token-revoked": "The server ended the sign-in, after a sign-out or through an administrator.",
} as const;

type PermanentCode = keyof typeof PERMANENT_MESSAGES;

/**
 * Classifies an error response of a token endpoint in all known dialects: `{"error": "code"}`, `{"error": {"code"}}`,
 * `{"code"}`, each of them inside `detail`, and pages of Cloudflare.
 *
 * For a refresh: `refresh-token-expired`, `refresh-token-reused`, `refresh-token-revoked` end the sign-in;
 * `refresh-failed` is transient (keep the credentials), and `retryable` if the same request may succeed. For a code:
 * `login-failed`. For both: `unsupported-country`, `blocked`.
 */
export function classifyTokenError(response: TokenErrorResponse): AxioError {
  const { status, headers, grant, url, secrets = [], now = Date.now() } = response;
  const bodyText = secrets
    .filter((secret) => secret !== "")
    .reduce((text, secret) => text.replaceAll(secret, "[hidden]"), response.body);
  const rules = [(fault: ResponseFault) => tokenFault(fault, grant)];
  const error = errorFromResponse({ status, headers, bodyText, url, now, rules });
  return grant === "refresh_token" ? asRefreshError(error) : asLoginError(error);
}

/** Creates the error for a successful response that cannot be used. */
export function unusableTokenResponse(grant: TokenGrant, problem: string): AxioError {
  return grant === "refresh_token"
    ? new AxioError(
        "refresh-failed",
        `The sign-in could not be refreshed: the server's response ${problem}. Try again.`,
        { retryable: true },
      )
    : new AxioError(
        "login-failed",
        `Signing in failed: the server's response ${problem}. Start the sign-in again.`,
      );
}

/** Converts the error of a failed refresh request to `refresh-failed`. `aborted` and errors of this kind stay. */
export function asRefreshError(error: AxioError): AxioError {
  if (REFRESH_CODES.has(error.code)) return error;
  const message = `The sign-in could not be refreshed. ${error.message}`;
  return new AxioError("refresh-failed", message, inherited(error));
}

/** Whether the server may have accepted the refresh token of a failed request: it was sent, and not clearly rejected. */
export function mayHaveRefreshed(error: unknown): boolean {
  if (!AxioError.is(error)) return true;
  const { connected, status } = error.details;
  if (error.code !== "refresh-failed" && error.code !== "aborted") return false;
  return connected !== false && (status === undefined || status < 400 || status >= 500);
}

/** The peer codes for a token that the server itself has replaced. A token that the user revoked has another code. */
const REPLACED: ReadonlySet<string | undefined> = new Set([
  "refresh_token_reused",
  "invalid_refresh_token",
  "invalid_grant",
]);

/**
 * Distinguishes a token that was lost with the response to an earlier refresh from one that another program used.
 *
 * @param remedy What to do, as a sentence.
 */
export function asLostResponse(error: unknown, remedy = "Sign in again."): unknown {
  if (!AxioError.is(error) || !REPLACED.has(error.details.peerCode)) return error;
  return new AxioError(
    "refresh-response-lost",
    `The sign-in has ended: the server's response to an earlier refresh was lost, and the server does not accept the old refresh token again. ${remedy}`,
    { cause: error, details: error.details },
  );
}

/** The error codes that a refresh may throw. */
const REFRESH_CODES: ReadonlySet<string> = new Set([
  ...Object.values(PERMANENT),
  "refresh-response-lost",
  "refresh-failed",
  "unsupported-country",
  "blocked",
  "invalid-argument",
  "aborted",
]);

function asLoginError(error: AxioError): AxioError {
  if (["login-failed", "unsupported-country", "blocked"].includes(error.code)) return error;
  const advice = error.retryable ? "" : "Start the sign-in again. ";
  return new AxioError("login-failed", `Signing in failed. ${advice}${error.message}`, inherited(error));
}

function inherited(error: AxioError): AxioErrorOptions {
  const { retryable, retryAfterMs, details } = error;
  return { cause: error, retryable, retryAfterMs, details };
}

function tokenFault(fault: ResponseFault, grant: TokenGrant): AxioError | undefined {
  const code = peerCode(fault);
  const details = { ...fault.details, peerCode: code };
  const quote = fault.summary === "" ? "" : ` The server said: ${fault.summary}`;
  if (code === "invalid_client") {
    return new AxioError(
      grant === "refresh_token" ? "refresh-failed" : "login-failed",
      `The server does not accept the client id. Check the configuration of the transport; signing in again does not help.${quote}`,
      { details },
    );
  }
  if (code === undefined || fault.status >= 500 || fault.status === 429) {
    // A 401 without a code is permanent too, unless it is the page of a proxy.
    if (fault.status !== 401 || fault.bodyText.trimStart().startsWith("<")) return undefined;
  }
  if (code?.startsWith("unsupported_country")) return undefined;
  if (grant === "refresh_token") {
    const permanent = permanentCode(code, fault.status);
    return (
      permanent &&
      new AxioError(permanent, `${PERMANENT_MESSAGES[permanent]} Sign in again.${quote}`, { details })
    );
  }
  if (code !== "invalid_grant" && code !== "token_expired" && code !== undefined) return undefined;
  return new AxioError(
    "login-failed",
    `Signing in failed: the server did not accept the authorization code, which is valid for minutes and only once. Start the sign-in again.${quote}`,
    { details },
  );
}

function permanentCode(code: string | undefined, status: number): PermanentCode | undefined {
  if (code !== undefined && Object.hasOwn(PERMANENT, code)) return PERMANENT[code as keyof typeof PERMANENT];
  return code === "invalid_grant" || status === 401 ? "refresh-token-revoked" : undefined;
}

/** Returns the code of the error in lower case, also from `{"detail": {"error": "code"}}`. */
function peerCode({ code, fault, body }: ResponseFault): string | undefined {
  const nested = fault?.["error"];
  const wrapped = isJsonObject(nested) ? nested["code"] : nested;
  const found = code ?? (typeof wrapped === "string" ? wrapped : undefined) ?? body?.["code"];
  return typeof found === "string" && found !== "" ? found.toLowerCase() : undefined;
}

/** Reads a lifetime in seconds, as a number or text. */
function readLifetimeMs(value: unknown): number | undefined {
  const seconds = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof seconds === "number" && Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
}
