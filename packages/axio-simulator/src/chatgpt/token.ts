import { setTimeout as sleep } from "node:timers/promises";
import type { RecordedRequest } from "../http/recorded-request.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import type { TokenState, VaultTokens } from "../oauth/token-vault.ts";
import { unixNow } from "../oauth/token-vault.ts";
import type { Grant } from "./mint.ts";
import { oauthError, readForm } from "./oauth-forms.ts";
import { DYNAMIC_CLIENT_ID } from "./registrations.ts";
import { PLAN_SCOPE, scopeText } from "./scopes.ts";
import type { ChatGPTState } from "./state.ts";
import type { TokenSwitches } from "./switches.ts";

type Parameters = Readonly<Record<string, string>>;

/** `POST /api/accounts/oauth/token`: a form with a code or a refresh token. */
export async function exchangePlanToken(request: RecordedRequest, state: ChatGPTState): Promise<Reply> {
  const parameters = readForm(request);
  if (parameters === undefined) return oauthError("invalid_request", "string", "The body must be a form.");
  if (parameters["client_id"] === DYNAMIC_CLIENT_ID) {
    const message = "a token request as dynamic_agent_client";
    state.violations.add("dynamic_client_in_token_request", request, message);
  }
  switch (parameters["grant_type"]) {
    case "authorization_code":
      return redeemCode(request, parameters, state);
    case "refresh_token":
      return refreshAlone(request, parameters, state);
    default:
      return oauthError("unsupported_grant_type", "string", "The grant type is not supported.");
  }
}

async function redeemCode(
  request: RecordedRequest,
  parameters: Parameters,
  state: ChatGPTState,
): Promise<Reply> {
  const switches = state.faults.switches("exchange");
  const refuse = (code: string, message: string): Reply => oauthError(code, switches.errorShape, message);
  if (switches.error !== undefined)
    return refuse(switches.error, "A switch of the simulator asks for this refusal.");
  const { code = "", redirect_uri: redirectUri = "", code_verifier: verifier = "", resource } = parameters;
  const registration = state.registrations.find(parameters["client_id"] ?? "");
  if (registration === undefined) return refuse("invalid_client", "The client is not known.");
  const grant = state.codes.redeem(code, redirectUri, verifier);
  if (typeof grant === "string") {
    if (grant === "used") state.violations.add("reuse", request, "an authorization code a second time");
    return refuse("invalid_grant", `The code is not accepted: ${grant}.`);
  }
  if (grant.registration !== registration)
    return refuse("invalid_grant", "The code belongs to another client.");
  if (resource !== grant.resource)
    return refuse("invalid_target", "The resource differs from that of the sign-in.");
  applyScope(grant, switches);
  const tokens = state.vault.startSession(grant, { switches, withNonce: true });
  return delivered(tokensReply(tokens, grant, switches), state);
}

/** Counts the concurrent refreshes of one sign-in. */
async function refreshAlone(
  request: RecordedRequest,
  parameters: Parameters,
  state: ChatGPTState,
): Promise<Reply> {
  const session = state.vault.sessionOf(parameters["refresh_token"] ?? "")?.id;
  if (session === undefined) return refresh(request, parameters, state);
  const underWay = (state.refreshing.get(session) ?? 0) + 1;
  state.refreshing.set(session, underWay);
  state.stats.concurrentRefreshes = Math.max(state.stats.concurrentRefreshes, underWay);
  if (underWay > 1) state.violations.add("concurrent_refresh", request, "a refresh while another one runs");
  try {
    return await refresh(request, parameters, state);
  } finally {
    state.refreshing.set(session, (state.refreshing.get(session) ?? 1) - 1);
  }
}

async function refresh(
  request: RecordedRequest,
  parameters: Parameters,
  state: ChatGPTState,
): Promise<Reply> {
  const switches = state.faults.switches("refresh");
  const refuse = (code: string, message: string): Reply => oauthError(code, switches.errorShape, message);
  if (switches.error !== undefined)
    return refuse(switches.error, "A switch of the simulator asks for this refusal.");
  if (parameters["scope"] !== undefined) {
    state.violations.add("scope_in_refresh", request, "a refresh that names scopes");
  }
  const refreshToken = parameters["refresh_token"] ?? "";
  const grant = state.vault.sessionOf(refreshToken)?.owner;
  if (state.registrations.find(parameters["client_id"] ?? "") === undefined) {
    return refuse("invalid_client", "The client is not known.");
  }
  if (grant === undefined) return refuse("invalid_refresh_token", "The refresh token is not known.");
  if (grant.registration.clientId !== parameters["client_id"]) {
    return refuse("invalid_grant", "The refresh token belongs to another client.");
  }
  if (parameters["resource"] !== grant.resource) {
    return refuse("invalid_target", "The resource differs from that of the sign-in.");
  }
  if (state.vault.refreshState(refreshToken) === "live") applyScope(grant, switches);
  const outcome = state.vault.rotate(refreshToken, { switches, withNonce: false });
  if (outcome === undefined || typeof outcome === "string") {
    return deadToken(request, refreshToken, outcome, switches, state);
  }
  state.stats.refreshes += 1;
  return delivered(tokensReply(outcome, grant, switches), state);
}

function deadToken(
  request: RecordedRequest,
  refreshToken: string,
  tokenState: TokenState | undefined,
  switches: TokenSwitches,
  state: ChatGPTState,
): Reply {
  switch (tokenState) {
    case "used":
      state.stats.refreshTokenReuses += 1;
      state.violations.add("reuse", request, "a refresh token a second time");
      if (switches.endSignInOnReuse) state.vault.revoke(refreshToken);
      return oauthError("refresh_token_reused", switches.errorShape, "The refresh token was used before.");
    case "expired":
      return oauthError("refresh_token_expired", switches.errorShape, "The refresh token has expired.");
    default:
      return oauthError("refresh_token_invalidated", switches.errorShape, "The refresh token was revoked.");
  }
}

function applyScope(grant: Grant, { scope }: TokenSwitches): void {
  if (scope === "without-plan") grant.scopes = grant.scopes.filter((granted) => granted !== PLAN_SCOPE);
}

async function delivered(reply: Reply, state: ChatGPTState): Promise<Reply> {
  if (state.options.tokenDelayMs > 0) await sleep(state.options.tokenDelayMs);
  return reply;
}

function tokensReply(tokens: VaultTokens, grant: Grant, switches: TokenSwitches): Reply {
  const isOffline = grant.scopes.includes("offline_access");
  const earliest = earliestRefreshAt(tokens.expiresAt, switches.earliestRefreshAt);
  return jsonReply(
    200,
    {
      access_token: tokens.accessToken,
      ...(switches.refreshToken && isOffline && { refresh_token: tokens.refreshToken }),
      ...(switches.idToken !== "absent" && { id_token: tokens.idToken }),
      token_type: switches.tokenType,
      expires_in: switches.expiresIn ?? Math.max(0, tokens.expiresAt / 1_000 - unixNow()),
      ...(switches.scope !== "absent" && { scope: scopeText(grant.scopes) }),
      ...(earliest !== undefined && { earliest_refresh_at: earliest }),
    },
    { "cache-control": "no-store" },
  );
}

/** Five minutes before expiry. The choice is arbitrary: the member is not documented. */
function earliestRefreshAt(
  expiresAt: number,
  kind: TokenSwitches["earliestRefreshAt"],
): number | string | null | undefined {
  const seconds = expiresAt / 1_000 - 300;
  switch (kind) {
    case "null":
      return null;
    case "seconds":
      return seconds;
    case "iso":
      return new Date(seconds * 1000).toISOString();
    case "absent":
      return undefined;
  }
}

/** `POST /api/accounts/oauth/revoke`: an empty 200, also for an unknown token. */
export function revokePlanToken(request: RecordedRequest, state: ChatGPTState): Reply {
  const parameters = readForm(request);
  const token = parameters?.["token"];
  if (token === undefined)
    return oauthError("invalid_request", "string", "The body must be a form with the token.");
  if (state.registrations.find(parameters?.["client_id"] ?? "") === undefined) {
    return oauthError("invalid_client", "string", "The client is not known.");
  }
  if (state.vault.sessionOf(token) === undefined && state.vault.isToken(token)) {
    state.violations.add("access_token_revoked", request, "an access token sent for revocation");
  }
  if (state.vault.revoke(token)) state.stats.revocations += 1;
  return { kind: "plain", status: 200, headers: { "cache-control": "no-store" }, body: "" };
}
