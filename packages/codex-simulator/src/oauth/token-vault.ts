import { randomBytes, randomUUID } from "node:crypto";
import type { JsonObject } from "../json.ts";
import type { SimulatedAccount } from "./accounts.ts";
import type { TokenSigner } from "./jwt.ts";

/** The OAuth client id of the official CLI, the only one known here. */
export const CLIENT_ID = "app_EMoamEEZ73f0CkXaXp7hrann";

/** Why a token no longer counts. */
export type TokenState = "live" | "used" | "expired" | "revoked";

interface Session {
  readonly id: string;
  readonly account: SimulatedAccount;
  readonly startedAt: number;
  /** Its newest access token. */
  newest?: AccessRecord;
}

interface AccessRecord {
  readonly session: Session;
  readonly expiresAt: number | undefined;
  state: TokenState;
}

interface RefreshRecord {
  readonly session: Session;
  state: TokenState;
}

/** One set of tokens as issued. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly idToken: string;
  readonly accountId: string;
  /** Unix seconds; what the access token's `exp` says unless it was left out. */
  readonly expiresAt: number;
}

/** How one set of tokens differs from the usual. */
export interface IssueOptions {
  /** Seconds from now until the access token ends; may be negative. */
  readonly lifetimeSeconds?: number;
  /** Leaves `exp` out of the access token. */
  readonly withoutExpiry?: boolean;
}

/** Issues, rotates, checks and revokes the tokens of one simulator. */
export class TokenVault {
  readonly #signer: TokenSigner;
  readonly #issuer: () => string;
  readonly #lifetimeSeconds: number;
  readonly #access = new Map<string, AccessRecord>();
  readonly #refresh = new Map<string, RefreshRecord>();

  constructor(signer: TokenSigner, issuer: () => string, lifetimeSeconds: number) {
    this.#signer = signer;
    this.#issuer = issuer;
    this.#lifetimeSeconds = lifetimeSeconds;
  }

  /** Starts a session: the outcome of a sign-in. */
  startSession(account: SimulatedAccount, options: IssueOptions = {}): IssuedTokens {
    const session: Session = {
      id: `authsess_${randomBytes(12).toString("hex")}`,
      account,
      startedAt: unixNow(),
    };
    return this.#issue(session, options);
  }

  /** Trades a refresh token in; the old one is used up from then on. */
  rotate(refreshToken: string): IssuedTokens | TokenState | undefined {
    const record = this.#refresh.get(refreshToken);
    if (record === undefined) return undefined;
    if (record.state !== "live") return record.state;
    record.state = "used";
    return this.#issue(record.session, {});
  }

  /** Undoes `rotate` for an answer that keeps the caller's refresh token. */
  keepAlive(refreshToken: string): void {
    const record = this.#refresh.get(refreshToken);
    if (record !== undefined) record.state = "live";
  }

  /** The account of an access token, or why it does not count. */
  authenticate(accessToken: string): SimulatedAccount | "malformed" | TokenState {
    if (this.#signer.verify(accessToken) === undefined) return "malformed";
    const record = this.#access.get(accessToken);
    if (record === undefined) return "malformed";
    return stateOf(record) === "live" ? record.session.account : stateOf(record);
  }

  /** Whether the newest access token of a refresh token's sign-in has ended. */
  hasEnded(refreshToken: string): boolean {
    const newest = this.#refresh.get(refreshToken)?.session.newest;
    return newest !== undefined && stateOf(newest) !== "live";
  }

  /** What a refresh token is worth. */
  refreshState(refreshToken: string): TokenState | undefined {
    return this.#refresh.get(refreshToken)?.state;
  }

  /** Ends the session of a token, whichever kind it is. */
  revoke(token: string): boolean {
    const session = this.#refresh.get(token)?.session ?? this.#access.get(token)?.session;
    if (session === undefined) return false;
    for (const record of [...this.#access.values(), ...this.#refresh.values()]) {
      if (record.session === session) record.state = "revoked";
    }
    return true;
  }

  /** Puts every live access token into the state. */
  endAccessTokens(state: "expired" | "revoked"): void {
    for (const record of this.#access.values()) if (record.state === "live") record.state = state;
  }

  /** Puts every live refresh token into the state. */
  endRefreshTokens(state: "expired" | "revoked"): void {
    for (const record of this.#refresh.values()) if (record.state === "live") record.state = state;
  }

  #issue(session: Session, options: IssueOptions): IssuedTokens {
    const issuedAt = unixNow();
    const expiresAt = issuedAt + (options.lifetimeSeconds ?? this.#lifetimeSeconds);
    const accessToken = this.#signer.sign({
      ...this.#claims(session, issuedAt),
      aud: ["https://api.openai.com/v1"],
      client_id: CLIENT_ID,
      jti: randomUUID(),
      scp: ["openid", "profile", "email", "offline_access"],
      session_id: session.id,
      sl: true,
      ...(options.withoutExpiry ? {} : { exp: expiresAt }),
    });
    const idToken = this.#signer.sign({
      ...this.#claims(session, issuedAt),
      aud: [CLIENT_ID],
      email: session.account.email,
      email_verified: true,
      name: "Robin Example",
      auth_provider: "password",
      auth_time: session.startedAt,
      sid: session.id,
      exp: issuedAt + 3600,
    });
    const refreshToken = `rt_${randomBytes(32).toString("base64url")}`;
    session.newest = {
      session,
      expiresAt: options.withoutExpiry ? undefined : expiresAt,
      state: "live",
    };
    this.#access.set(accessToken, session.newest);
    this.#refresh.set(refreshToken, { session, state: "live" });
    return { accessToken, refreshToken, idToken, accountId: session.account.id, expiresAt };
  }

  #claims(session: Session, issuedAt: number): JsonObject {
    const { account } = session;
    return {
      iss: this.#issuer(),
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
        // Not the account's id on purpose: a client that takes organizations[0].id is wrong.
        organizations: [{ id: account.organizationId, title: account.name, is_default: true, role: "owner" }],
      },
    };
  }
}

function stateOf({ state, expiresAt }: AccessRecord): TokenState {
  return state === "live" && expiresAt !== undefined && expiresAt <= unixNow() ? "expired" : state;
}

function unixNow(): number {
  return Math.floor(Date.now() / 1000);
}
