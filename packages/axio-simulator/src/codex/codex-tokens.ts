import { randomUUID } from "node:crypto";
import type { JsonObject } from "../json.ts";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import type { TokenSigner } from "../oauth/jwt.ts";
import { type MintTokens, type TokenSession, unixNow } from "../oauth/token-vault.ts";

/** The OAuth client id of the official CLI, the only known one. */
export const CLIENT_ID = "app_EMoamEEZ73f0CkXaXp7hrann";

/** The tokens of one sign-in. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly idToken: string;
  readonly accountId: string;
  /** When the access token expires, in Unix milliseconds. */
  readonly expiresAt: number;
}

/** Options for one set of tokens. */
export interface IssueOptions {
  /** The lifetime of the access token in seconds. May be negative. Default: that of the simulator. */
  readonly lifetimeSeconds?: number;
  /** Omits `exp` from the access token. Default: false. */
  readonly withoutExpiry?: boolean;
}

/** Creates the tokens of the Codex sign-in, which name account and plan. */
export function mintCodexTokens(
  signer: TokenSigner,
  issuer: () => string,
  lifetimeSeconds: number,
): MintTokens<SimulatedAccount, IssueOptions> {
  return (session, options) => {
    const issuedAt = unixNow();
    const expiry = issuedAt + (options.lifetimeSeconds ?? lifetimeSeconds);
    const claims = sharedClaims(session, issuedAt, issuer());
    const accessToken = signer.sign({
      ...claims,
      aud: ["https://api.openai.com/v1"],
      client_id: CLIENT_ID,
      jti: randomUUID(),
      scp: ["openid", "profile", "email", "offline_access"],
      session_id: session.id,
      sl: true,
      ...(options.withoutExpiry ? {} : { exp: expiry }),
    });
    const idToken = signer.sign({
      ...claims,
      aud: [CLIENT_ID],
      email: session.owner.email,
      email_verified: true,
      name: "Robin Example",
      auth_provider: "password",
      auth_time: session.startedAt,
      sid: session.id,
      exp: issuedAt + 3600,
    });
    const expiresAt = expiry * 1_000;
    return { accessToken, idToken, expiresAt, endsAt: options.withoutExpiry ? undefined : expiresAt };
  };
}

function sharedClaims(session: TokenSession<SimulatedAccount>, issuedAt: number, issuer: string): JsonObject {
  const account = session.owner;
  return {
    iss: issuer,
    sub: `auth0|${account.userId}`,
    iat: issuedAt,
    nbf: issuedAt,
    pwd_auth_time: session.startedAt * 1000,
    "https://api.openai.com/profile": { email: account.email, email_verified: true },
    "https://api.openai.com/auth": {
      chatgpt_account_id: account.id,
      chatgpt_account_user_id: `${account.userId}__${account.id}`,
      chatgpt_compute_residency: "no_constraint",
      chatgpt_plan_type: account.planType,
      chatgpt_user_id: account.userId,
      user_id: account.userId,
      chatgpt_account_is_fedramp: account.fedramp,
      organization_id: account.organizationId,
      project_id: "proj-sim",
      completed_platform_onboarding: true,
      is_org_owner: account.structure === "personal",
      localhost: true,
      // Deliberately not the id of the account, so that a client must not use organizations[0].id.
      organizations: [{ id: account.organizationId, title: account.name, is_default: true, role: "owner" }],
    },
  };
}
