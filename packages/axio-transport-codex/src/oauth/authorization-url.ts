import { CLIENT_ID, LOGIN_ORIGINATOR, OAUTH_PATHS, SCOPES } from "../config.ts";

/** Parameters of {@link authorizationUrl}. */
export interface AuthorizationUrlInput {
  readonly issuer: string | URL;
  /** Where the browser returns. The token request must contain the same URI. */
  readonly redirectUri: string;
  readonly state: string;
  /** The SHA-256 of the verifier (RFC 7636 §4.2). */
  readonly challenge: string;
  readonly originator?: string | undefined;
  /** The only workspaces to accept. Default: all. */
  readonly allowedWorkspaceIds?: readonly string[] | undefined;
}

/** Returns the URL at which the user signs in. */
export function authorizationUrl(input: AuthorizationUrlInput): URL {
  const { issuer, redirectUri, state, challenge, originator = LOGIN_ORIGINATOR } = input;
  const { allowedWorkspaceIds = [] } = input;
  const parameters: Readonly<Record<string, string>> = {
    response_type: "code",
    client_id: CLIENT_ID,
    redirect_uri: redirectUri,
    scope: SCOPES,
    code_challenge: challenge,
    code_challenge_method: "S256",
    // Without it, the ID token does not name the account.
    id_token_add_organizations: "true",
    codex_cli_simplified_flow: "true",
    state,
    originator,
    ...(allowedWorkspaceIds.length === 0 ? {} : { allowed_workspace_id: allowedWorkspaceIds.join(",") }),
  };
  const url = new URL(OAUTH_PATHS.authorize, issuer);
  // The server expects spaces as %20; URLSearchParams would write +.
  url.search = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
  return url;
}
