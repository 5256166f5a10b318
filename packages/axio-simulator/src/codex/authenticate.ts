import type { RecordedRequest } from "../http/recorded-request.ts";
import { detailReply, jsonReply, type Reply } from "../http/reply.ts";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import type { CodexState } from "./state.ts";

/** Checks the bearer and the account header. */
export function authenticate(
  request: RecordedRequest,
  state: CodexState,
): { caller: SimulatedAccount } | { refusal: Reply } {
  const [, token] = /^Bearer (\S+)$/i.exec(request.headers["authorization"] ?? "") ?? [];
  if (token === undefined) return { refusal: detailReply(401, "Unauthorized") };
  const outcome = state.vault.authenticate(token);
  if (typeof outcome === "string") return { refusal: tokenRefusal(outcome) };
  const account = outcome.owner;
  const selected = request.headers["chatgpt-account-id"];
  // A client learns its accounts from this endpoint, so the header may be missing.
  const optional = request.path.endsWith("/wham/accounts/check");
  if (selected === account.id || (selected === undefined && optional)) return { caller: account };
  return { refusal: detailReply(403, { code: "invalid_workspace_selected" }) };
}

function tokenRefusal(reason: string): Reply {
  if (reason === "expired") {
    return tokenError(
      "Provided authentication token is expired. Please try signing in again.",
      null,
      "token_expired",
    );
  }
  if (reason === "malformed") {
    return tokenError(
      "Could not parse your authentication token. Please try signing in again.",
      null,
      "invalid_jwt",
    );
  }
  return tokenError(
    "Your authentication token has been invalidated. Please try signing in again.",
    "invalid_request_error",
    "token_invalidated",
  );
}

function tokenError(message: string, type: string | null, code: string): Reply {
  return jsonReply(
    401,
    { error: { message, type, code, param: null }, status: 401 },
    { "x-openai-authorization-error": code },
  );
}
