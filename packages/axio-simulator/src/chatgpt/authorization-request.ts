import { ALL_SCOPES } from "./scopes.ts";
import type { UnknownRule } from "./unknowns.ts";

/** An authorization request that passed every check. */
export interface PlanAuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly challenge: string;
  readonly scopes: readonly string[];
  readonly resource: string;
  readonly name: string | undefined;
  /** `undefined` only if a request without it is accepted. */
  readonly hostId: string | undefined;
  readonly idTokenHint: string | undefined;
  readonly asksConsent: boolean;
}

/** Why an authorization request was refused. It is shown on a page and never sent to the redirect URI. */
export interface AuthorizationRefusal {
  readonly param: string;
  readonly description: string;
}

/** The facts outside the request that the checks depend on. */
export interface AuthorizationRules {
  readonly resources: readonly string[];
  readonly accepted: ReadonlySet<UnknownRule>;
}

/** Checks the query of `GET /api/accounts/authorize`, except whether the client id is known. */
export function readPlanAuthorizationRequest(
  query: URLSearchParams,
  rules: AuthorizationRules,
): PlanAuthorizationRequest | AuthorizationRefusal {
  const repeated = [...new Set(query.keys())].find((name) => query.getAll(name).length > 1);
  if (repeated !== undefined) return { param: repeated, description: "The parameter is repeated." };
  for (const [param, isRight, description] of checks(query, rules)) {
    if (!isRight) return { param, description };
  }
  return {
    clientId: query.get("client_id") ?? "",
    redirectUri: query.get("redirect_uri") ?? "",
    state: query.get("state") ?? "",
    nonce: query.get("nonce") ?? "",
    challenge: query.get("code_challenge") ?? "",
    scopes: (query.get("scope") ?? "").split(" "),
    resource: query.get("resource") ?? "",
    name: query.get("agent_name_hint") ?? undefined,
    hostId: query.get("ext_agent_host_id") ?? undefined,
    idTokenHint: query.get("id_token_hint") ?? undefined,
    asksConsent: query.get("prompt") === "consent" || query.get("force_reconsent") === "true",
  };
}

type Check = readonly [param: string, isRight: boolean, description: string];

function checks(query: URLSearchParams, { resources, accepted }: AuthorizationRules): readonly Check[] {
  const value = (name: string): string => query.get(name) ?? "";
  const scopes = value("scope").split(" ");
  return [
    ["client_id", value("client_id") !== "", "The client id is missing."],
    [
      "redirect_uri",
      isLoopbackCallback(value("redirect_uri")),
      "The redirect URI must be http://127.0.0.1:{port}/auth/callback.",
    ],
    ["response_type", value("response_type") === "code", "Only code is supported."],
    ["state", value("state") !== "", "The state is missing."],
    ["nonce", value("nonce") !== "", "The nonce is missing."],
    ["code_challenge_method", value("code_challenge_method") === "S256", "Only S256 is supported."],
    [
      "code_challenge",
      /^[A-Za-z0-9_-]{43}$/.test(value("code_challenge")),
      "The challenge must be a base64url SHA-256 of 43 characters.",
    ],
    ["scope", scopes.includes("openid"), "The scope openid is required."],
    ["scope", scopes.every((scope) => ALL_SCOPES.includes(scope)), "A scope is not known."],
    ["resource", resources.includes(value("resource")), "The resource must be the base URL of the API."],
    [
      "ext_agent_host_id",
      query.has("ext_agent_host_id") ? isHostId(value("ext_agent_host_id")) : accepted.has("missing_host_id"),
      "A stable id of the host is required: a JWK thumbprint URN, urn:uuid with a version 4 UUID, or did:key.",
    ],
    ["prompt", ["", "consent", "login"].includes(value("prompt")), "The prompt is not known."],
  ];
}

/** `localhost` and other paths are not accepted. */
function isLoopbackCallback(redirectUri: string): boolean {
  return /^http:\/\/127\.0\.0\.1:\d{1,5}\/auth\/callback$/.test(redirectUri);
}

function isHostId(hostId: string): boolean {
  return (
    /^urn:ietf:params:oauth:jwk-thumbprint:[a-z0-9-]+:[A-Za-z0-9_-]{20,}$/.test(hostId) ||
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(hostId) ||
    /^did:key:z[1-9A-HJ-NP-Za-km-z]{20,}$/.test(hostId)
  );
}
