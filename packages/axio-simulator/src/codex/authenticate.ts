import type { RecordedRequest } from "../http/recorded-request.ts";
import { detailReply, type Reply } from "../http/reply.ts";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import type { CodexState } from "./state.ts";
import { tokenError } from "./token-errors.ts";

/** Checks the bearer token and the account header. */
export function authenticate(
  request: RecordedRequest,
  state: CodexState,
): { caller: SimulatedAccount } | { refusal: Reply } {
  const [, token] = /^Bearer (\S+)$/i.exec(request.headers["authorization"] ?? "") ?? [];
  if (token === undefined) return { refusal: detailReply(401, "Unauthorized") };
  const outcome = state.vault.authenticate(token);
  if (typeof outcome === "string") return { refusal: tokenError(TOKEN_CODES[outcome]) };
  const account = outcome.owner;
  const selected = request.headers["chatgpt-account-id"];
  // A client learns its accounts from this endpoint, so the header may be missing.
  const optional = request.path.endsWith("/wham/accounts/check");
  if (selected === account.id || (selected === undefined && optional)) return { caller: account };
  return { refusal: detailReply(403, { code: "invalid_workspace_selected" }) };
}

const TOKEN_CODES = {
  expired: "token_expired",
  malformed: "invalid_jwt",
  used: "token_invalidated",
  revoked: "token_invalidated",
} as const;
