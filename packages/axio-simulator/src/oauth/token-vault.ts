import { randomBytes } from "node:crypto";

/** Why a token no longer counts. */
export type TokenState = "live" | "used" | "expired" | "revoked";

/** One sign-in: every token that came from it belongs to it. */
export interface TokenSession<Owner> {
  readonly id: string;
  readonly owner: Owner;
  /** Unix seconds. */
  readonly startedAt: number;
}

/** An access token and an ID token, made but not given out. */
export interface MintedTokens {
  readonly accessToken: string;
  readonly idToken: string;
  /** Unix seconds; what the answer tells of the access token's end. */
  readonly expiresAt: number;
  /** Unix seconds from which the access token is refused; `undefined` means never. */
  readonly endsAt: number | undefined;
}

/** Makes the tokens of a session. */
export type MintTokens<Owner, Options> = (session: TokenSession<Owner>, options: Options) => MintedTokens;

/** One set of tokens of the vault. */
export interface VaultTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly idToken: string;
  /** Unix seconds. */
  readonly expiresAt: number;
}

interface Session<Owner> extends TokenSession<Owner> {
  /** Its newest access token. */
  newest?: AccessRecord<Owner>;
}

interface AccessRecord<Owner> {
  readonly session: Session<Owner>;
  readonly endsAt: number | undefined;
  state: TokenState;
}

interface RefreshRecord<Owner> {
  readonly session: Session<Owner>;
  state: TokenState;
}

/** Gives out, rotates, checks and revokes the tokens of one simulator. */
export class TokenVault<Owner, Options> {
  readonly #mint: MintTokens<Owner, Options>;
  readonly #access = new Map<string, AccessRecord<Owner>>();
  readonly #refresh = new Map<string, RefreshRecord<Owner>>();

  constructor(mint: MintTokens<Owner, Options>) {
    this.#mint = mint;
  }

  /** Starts a session: the outcome of a sign-in. */
  startSession(owner: Owner, options: Options): VaultTokens {
    const id = `authsess_${randomBytes(12).toString("hex")}`;
    return this.#issue({ id, owner, startedAt: unixNow() }, options);
  }

  /** Trades a refresh token in; the old one is used up from then on. */
  rotate(refreshToken: string, options: Options): VaultTokens | TokenState | undefined {
    const record = this.#refresh.get(refreshToken);
    if (record === undefined) return undefined;
    if (record.state !== "live") return record.state;
    record.state = "used";
    return this.#issue(record.session, options);
  }

  /** Undoes `rotate` for an answer that keeps the caller's refresh token. */
  keepAlive(refreshToken: string): void {
    const record = this.#refresh.get(refreshToken);
    if (record !== undefined) record.state = "live";
  }

  /** The owner of an access token, or why it does not count; a forged one was never given out. */
  authenticate(accessToken: string): { readonly owner: Owner } | "malformed" | Exclude<TokenState, "live"> {
    const record = this.#access.get(accessToken);
    if (record === undefined) return "malformed";
    const state = stateOf(record);
    return state === "live" ? { owner: record.session.owner } : state;
  }

  /** The session of a refresh token, whatever it is worth by now. */
  sessionOf(refreshToken: string): TokenSession<Owner> | undefined {
    return this.#refresh.get(refreshToken)?.session;
  }

  /** Whether a text is a token that was given out. */
  isToken(text: string): boolean {
    return this.#access.has(text) || this.#refresh.has(text);
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

  #issue(session: Session<Owner>, options: Options): VaultTokens {
    const { endsAt, ...tokens } = this.#mint(session, options);
    const refreshToken = `rt_${randomBytes(32).toString("base64url")}`;
    session.newest = { session, endsAt, state: "live" };
    this.#access.set(tokens.accessToken, session.newest);
    this.#refresh.set(refreshToken, { session, state: "live" });
    return { ...tokens, refreshToken };
  }
}

function stateOf({
  state,
  endsAt,
}: {
  readonly state: TokenState;
  readonly endsAt: number | undefined;
}): TokenState {
  return state === "live" && endsAt !== undefined && endsAt <= unixNow() ? "expired" : state;
}

export function unixNow(): number {
  return Math.floor(Date.now() / 1000);
}
