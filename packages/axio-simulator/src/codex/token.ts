import type { RecordedRequest } from "../http/recorded-request.ts";
import { errorReply, jsonReply, type Reply } from "../http/reply.ts";
import { readParameters } from "../oauth/read-parameters.ts";
import { unixNow, type VaultTokens } from "../oauth/token-vault.ts";
import { CLIENT_ID } from "./codex-tokens.ts";
import type { CodexState } from "./state.ts";

const SCOPE = "openid profile email offline_access";

/** `POST /oauth/token`: a form (code, token exchange, refresh) or JSON (refresh). */
export function exchangeToken(request: RecordedRequest, state: CodexState): Reply {
  const parameters = readParameters(request);
  if (parameters === undefined) {
    return errorReply(400, {
      message: "The body is neither a form nor a JSON object.",
      code: "invalid_request",
    });
  }
  if (parameters["client_id"] !== CLIENT_ID) {
    return errorReply(401, { message: "The client is not known.", code: "invalid_client" });
  }
  switch (parameters["grant_type"]) {
    case "authorization_code":
      return redeemCode(parameters, state);
    case "refresh_token":
      return refresh(parameters["refresh_token"] ?? "", state);
    case "urn:ietf:params:oauth:grant-type:token-exchange":
      return errorReply(401, {
        message: "No API key is issued for this account.",
        code: "invalid_subject_token",
      });
    default:
      return errorReply(400, { message: "The grant type is not supported.", code: "unsupported_grant_type" });
  }
}

function redeemCode(parameters: Record<string, string>, state: CodexState): Reply {
  const { code = "", redirect_uri: redirectUri = "", code_verifier: verifier = "" } = parameters;
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) {
    return errorReply(400, {
      message: "code_verifier must have 43 to 128 characters.",
      code: "invalid_request",
    });
  }
  const outcome = state.codes.redeem(code, redirectUri, verifier);
  switch (outcome) {
    case "unknown":
    case "used":
    case "expired":
      return errorReply(401, {
        message: "Could not validate your token. Please try signing in again.",
        code: "token_expired",
      });
    case "redirect-mismatch":
      return errorReply(400, {
        message: "The redirect URI differs from the one of the authorization request.",
        code: "token_exchange_user_error",
      });
    case "verifier-mismatch":
      return errorReply(400, { message: "The code verifier is wrong.", code: "invalid_grant" });
    default:
      return tokensReply(state.vault.startSession(outcome, {}));
  }
}

function refresh(refreshToken: string, state: CodexState): Reply {
  if (refreshToken === "") {
    return errorReply(400, {
      message: "Invalid 'refresh_token': empty string. Expected a string with minimum length 1.",
      code: "empty_string",
      param: "refresh_token",
    });
  }
  const isDue = state.vault.hasEnded(refreshToken);
  const outcome = state.vault.rotate(refreshToken, {});
  switch (outcome) {
    case "used":
      state.stats.refreshTokenReuses += 1;
      if (state.options.endSignInOnReuse) state.vault.revoke(refreshToken);
      return errorReply(401, {
        message: "Your refresh token has already been used to generate a new access token.",
        code: "refresh_token_reused",
      });
    case "expired":
      return errorReply(401, { message: "Your refresh token has expired.", code: "refresh_token_expired" });
    case "revoked":
    case "live":
      return errorReply(401, {
        message: "Your refresh token was revoked.",
        code: "refresh_token_invalidated",
      });
    case undefined:
      return errorReply(401, {
        message: "Could not validate your token. Please try signing in again.",
        code: "token_expired",
      });
    default:
      state.stats.refreshes += 1;
      if (isDue) state.stats.expiries += 1;
      return tokensReply(outcome);
  }
}

function tokensReply(tokens: VaultTokens): Reply {
  return jsonReply(
    200,
    {
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      id_token: tokens.idToken,
      token_type: "Bearer",
      scope: SCOPE,
      expires_in: Math.max(0, tokens.expiresAt / 1_000 - unixNow()),
    },
    { "cache-control": "no-store" },
  );
}

/** `POST /oauth/revoke`. An unknown token is not an error (RFC 7009 §2.2). */
export function revokeToken(request: RecordedRequest, state: CodexState): Reply {
  const token = readParameters(request)?.["token"];
  if (!token) return errorReply(400, { message: "The parameter token is missing.", code: "invalid_request" });
  if (state.vault.revoke(token)) state.stats.revocations += 1;
  return jsonReply(200, {});
}
