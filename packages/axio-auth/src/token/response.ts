import { AxioError, type AxioErrorOptions, isJsonObject, type JsonObject } from "axio";
import { errorFromResponse, type ResponseFault } from "axio-http";
import { decodeJwtPayload, timeClaim } from "./claims.ts";

/** What a token endpoint gave. Every member may be missing: a refresh keeps the old value of what is. */
export interface TokenResponse {
  readonly accessToken?: string;
  readonly refreshToken?: string;
  readonly idToken?: string;
  /** `Bearer`, in whichever case. */
  readonly tokenType?: string;
  /** The granted scopes, separated by spaces. */
  readonly scope?: string;
  /**
   * When the access token ends, in Unix seconds **of this machine's clock**: the time of receipt plus the lifetime, so
   * that a clock that is wrong does no harm. Missing where the answer tells no lifetime.
   */
  readonly expiresAt?: number;
  /** The whole answer, for members that only one provider knows. Holds secrets. */
  readonly body: JsonObject;
}

/** Which grant an answer is for. */
export type TokenGrant = "authorization_code" | "refresh_token";

/**
 * Reads a successful answer of a token endpoint; `undefined` where it is not a JSON object. Unknown members stay in
 * `body`, members of a wrong type count as missing.
 *
 * @param receivedAt When it came, in Unix milliseconds.
 * @see RFC 6749 §5.1
 */
export function parseTokenResponse(text: string, receivedAt: number): TokenResponse | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(body)) return undefined;
  const accessToken = textMember(body, "access_token");
  const lifetime = positiveNumber(body["expires_in"]) ?? jwtLifetime(accessToken);
  const expiresAt =
    lifetime === undefined ? jwtExpiry(accessToken) : Math.floor(receivedAt / 1000) + Math.floor(lifetime);
  return {
    ...optional("accessToken", accessToken),
    ...optional("refreshToken", textMember(body, "refresh_token")),
    ...optional("idToken", textMember(body, "id_token")),
    ...optional("tokenType", textMember(body, "token_type")),
    ...optional("scope", textMember(body, "scope")),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    body,
  };
}

/** An answer of a token endpoint that is an error. */
export interface TokenErrorResponse {
  readonly status: number;
  /** The body's text. */
  readonly body: string;
  readonly headers: Headers;
  readonly grant: TokenGrant;
  /** The address of the token endpoint. */
  readonly url: string;
  /** What was sent and must not come back in a message: code, verifier, token. */
  readonly secrets?: readonly string[];
  /** The present, in Unix milliseconds. Default `Date.now()`. */
  readonly now?: number;
}

/** Codes that end a refresh token for good. */
const TERMINAL: Readonly<
  Record<string, "refresh-token-expired" | "refresh-token-reused" | "refresh-token-revoked">
> = {
  refresh_token_expired: "refresh-token-expired",
  token_expired: "refresh-token-expired",
  refresh_token_reused: "refresh-token-reused",
  refresh_token_invalidated: "refresh-token-revoked",
  invalid_refresh_token: "refresh-token-revoked",
};

const TERMINAL_MESSAGES = {
  "refresh-token-expired": "The sign-in has expired.",
  "refresh-token-reused":
    "The sign-in is no longer valid: its refresh token was already used, by another program or machine with a copy of it.",
  "refresh-token-revoked":
    "The sign-in was ended on the server's side, by signing out or by an administrator.",
} as const;

/**
 * Says what a token endpoint's error means, in every dialect that is known: `{"error": "code"}`,
 * `{"error": {"code"}}`, `{"code"}`, any of these inside `detail`, or a page of Cloudflare.
 *
 * For a refresh: `refresh-token-expired`, `-reused`, `-revoked` end the sign-in; `refresh-failed` is passing (keep the
 * credentials; `retryable` where the same request may succeed). For a code: `login-failed`. For both:
 * `unsupported-country`, `blocked`.
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

/** The error for a successful answer that cannot be used. Passing: the next try may bring a whole one. */
export function unusableTokenResponse(grant: TokenGrant, what: string): AxioError {
  return grant === "refresh_token"
    ? new AxioError(
        "refresh-failed",
        `The sign-in could not be renewed: the server's answer ${what}. Try again.`,
        {
          retryable: true,
        },
      )
    : new AxioError(
        "login-failed",
        `Signing in failed: the server's answer ${what}. Start the sign-in again.`,
      );
}

/** A failed request for a refresh, whatever went wrong on the way, as `refresh-failed`. Cancelling stays `aborted`. */
export function asRefreshError(error: AxioError): AxioError {
  if (KEPT_AS_THEY_ARE.has(error.code)) return error;
  return new AxioError(
    "refresh-failed",
    `The sign-in could not be renewed. ${error.message}`,
    inherited(error),
  );
}

/**
 * Tells whether the server may have taken a refresh token that a request failed with: the request went out, and no
 * answer came that says otherwise.
 */
export function mayHaveRefreshed(error: unknown): boolean {
  if (!AxioError.is(error)) return true;
  const { connected, status } = error.details;
  if (error.code !== "refresh-failed" && error.code !== "aborted") return false;
  return connected !== false && (status === undefined || status < 400 || status >= 500);
}

const KEPT_AS_THEY_ARE: ReadonlySet<string> = new Set([
  ...Object.values(TERMINAL),
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
  return { cause: error, retryable, details, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function tokenFault(fault: ResponseFault, grant: TokenGrant): AxioError | undefined {
  const code = peerCode(fault);
  const details = { ...fault.details, ...(code === undefined ? {} : { peerCode: code }) };
  const said = fault.summary === "" ? "" : ` The server said: ${fault.summary}`;
  if (code === "invalid_client") {
    return new AxioError(
      grant === "refresh_token" ? "refresh-failed" : "login-failed",
      `The server does not accept the client id. Check how the transport is set up; signing in again does not help.${said}`,
      { details },
    );
  }
  if (code === undefined || fault.status >= 500 || fault.status === 429) {
    // A 401 without a code is final too, unless it is somebody else's page.
    if (fault.status !== 401 || fault.bodyText.trimStart().startsWith("<")) return undefined;
  }
  if (code?.startsWith("unsupported_country")) return undefined;
  return grant === "refresh_token"
    ? terminalError(code, fault.status, said, details)
    : codeError(code, said, details);
}

function terminalError(
  code: string | undefined,
  status: number,
  said: string,
  details: ResponseFault["details"],
): AxioError | undefined {
  const known = TERMINAL[code ?? ""];
  const final = known ?? (code === "invalid_grant" || status === 401 ? "refresh-token-revoked" : undefined);
  if (!final) return undefined;
  return new AxioError(final, `${TERMINAL_MESSAGES[final]} Sign in again.${said}`, { details });
}

function codeError(
  code: string | undefined,
  said: string,
  details: ResponseFault["details"],
): AxioError | undefined {
  if (code !== "invalid_grant" && code !== "token_expired" && code !== undefined) return undefined;
  return new AxioError(
    "login-failed",
    `Signing in failed: the server did not accept the authorization code, which lasts for minutes and works once. Start the sign-in again.${said}`,
    { details },
  );
}

/** The error's code in lower case, also from `{"detail": {"error": "code"}}`. */
function peerCode({ code, fault, body }: ResponseFault): string | undefined {
  const nested = fault?.["error"];
  const wrapped = isJsonObject(nested) ? nested["code"] : nested;
  const found = code ?? (typeof wrapped === "string" ? wrapped : undefined) ?? body?.["code"];
  return typeof found === "string" && found !== "" ? found.toLowerCase() : undefined;
}

function textMember(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function positiveNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number > 0 ? number : undefined;
}

function jwtLifetime(accessToken: string | undefined): number | undefined {
  const claims = decodeJwtPayload(accessToken ?? "");
  const exp = timeClaim(claims, "exp");
  const iat = timeClaim(claims, "iat");
  return exp === undefined || iat === undefined ? undefined : positiveNumber(exp - iat);
}

function jwtExpiry(accessToken: string | undefined): number | undefined {
  return timeClaim(decodeJwtPayload(accessToken ?? ""), "exp");
}

function optional<Name extends string>(
  name: Name,
  value: string | undefined,
): { readonly [N in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { [N in Name]: string });
}
