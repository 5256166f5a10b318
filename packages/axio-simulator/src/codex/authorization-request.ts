import { CLIENT_ID } from "./codex-tokens.ts";

/** An authorization request that passed every check. */
export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly challenge: string;
  /** The ids of the accounts that the client allows. `undefined` means any. */
  readonly allowedAccountIds: readonly string[] | undefined;
}

/** An error on a page for the user, because the redirect URI is not trusted. */
export interface AuthorizationPageError {
  readonly error: "page";
  readonly code: string;
  readonly description: string;
}

/** An error for the client at its redirect URI (RFC 6749 §4.1.2.1). */
export interface AuthorizationRedirectError {
  readonly error: "redirect";
  readonly location: string;
}

/** Checks the query of `GET /oauth/authorize`. */
export function readAuthorizationRequest(
  query: URLSearchParams,
): AuthorizationRequest | AuthorizationPageError | AuthorizationRedirectError {
  for (const name of new Set(query.keys())) {
    if (query.getAll(name).length > 1)
      return pageError("invalid_request", `The parameter ${name} is repeated.`);
  }
  for (const name of ["client_id", "redirect_uri", "response_type", "scope", "state", "originator"]) {
    if (!query.get(name)) {
      return pageError("missing_required_parameter", `The required parameter ${name} is missing.`);
    }
  }
  if (query.get("client_id") !== CLIENT_ID) return pageError("invalid_client", "The client is not known.");
  const redirectUri = query.get("redirect_uri") ?? "";
  if (!isAllowedRedirect(redirectUri)) {
    return pageError("invalid_redirect_uri", "The redirect URI is not registered for this client.");
  }
  const state = query.get("state") ?? "";
  const fail = (error: string, description: string): AuthorizationRedirectError => ({
    error: "redirect",
    location: withQuery(redirectUri, { error, error_description: description, state }),
  });
  if (query.get("response_type") !== "code")
    return fail("unsupported_response_type", "Only code is supported.");
  if (query.get("code_challenge_method") !== "S256") {
    return fail("invalid_request", "code_challenge_method must be S256.");
  }
  const challenge = query.get("code_challenge") ?? "";
  if (!/^[A-Za-z0-9_-]{43}$/.test(challenge)) {
    return fail("invalid_request", "code_challenge must be a base64url SHA-256 of 43 characters.");
  }
  const scopes = (query.get("scope") ?? "").split(" ");
  const unknown = scopes.find((scope) => !KNOWN_SCOPES.has(scope));
  if (unknown !== undefined)
    return fail("invalid_scope", `The scope ${JSON.stringify(unknown)} is not allowed.`);
  if (!scopes.includes("openid")) return fail("invalid_scope", "The scope openid is required.");
  const allowed = query.get("allowed_workspace_id");
  return { redirectUri, state, challenge, allowedAccountIds: allowed ? allowed.split(",") : undefined };
}

const KNOWN_SCOPES = new Set([
  "openid",
  "profile",
  "email",
  "offline_access",
  "api.connectors.read",
  "api.connectors.invoke",
]);

/** `http://localhost:{port}/auth/callback`, or the same on 127.0.0.1. */
function isAllowedRedirect(redirectUri: string): boolean {
  return /^http:\/\/(localhost|127\.0\.0\.1):\d{1,5}\/auth\/callback$/.test(redirectUri);
}

export function withQuery(base: string, parameters: Record<string, string>): string {
  return `${base}?${new URLSearchParams(parameters).toString()}`;
}

function pageError(code: string, description: string): AuthorizationPageError {
  return { error: "page", code, description };
}
