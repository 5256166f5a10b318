import { randomBytes } from "node:crypto";

/** The state of a token. */
export type TokenState = "live" | "used" | "expired" | "revoked";

/** One sign-in, to which all its tokens belong. */
export interface TokenSession<Owner> {
  readonly id: string;
  readonly owner: Owner;
  /** Unix seconds. */
  readonly startedAt: number;
}

/** An access token and an ID token before they are issued. */
export interface MintedTokens {
  readonly accessToken: string;
  readonly idToken: string;
  /** The expiry that the response names, in Unix milliseconds. */
  readonly expiresAt: number;
  /** When the access token is refused, in Unix milliseconds. `undefined` means never. */
  readonly endsAt: number | undefined;
}

/** Creates the tokens of a sign-in. */
export type MintTokens<Owner, Options> = (session: TokenSession<Owner>, options: Options) => MintedTokens;

/** The tokens that the vault issues together. */
export interface VaultTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly idToken: string;
  /** Unix milliseconds. */
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

/** Issues, rotates, checks and revokes the tokens of one simulator. */
export class TokenVault<Owner, Options> {
  readonly #mint: MintTokens<Owner, Options>;
  readonly #access = new Map<string, AccessRecord<Owner>>();
  readonly #refresh = new Map<string, RefreshRecord<Owner>>();

  constructor(mint: MintTokens<Owner, Options>) {
    this.#mint = mint;
  }

  /** Issues the first tokens of a sign-in. */
  startSession(owner: Owner, options: Options): VaultTokens {
    const id = `authsess_${randomBytes(12).toString("hex")}`;
    return this.#issue({ id, owner, startedAt: unixNow() }, options);
  }

  /** Exchanges a refresh token, which is used up by this. */
  rotate(refreshToken: string, options: Options): VaultTokens | TokenState | undefined {
    const record = this.#refresh.get(refreshToken);
    if (record === undefined) return undefined;
    if (record.state !== "live") return record.state;
    record.state = "used";
    return this.#issue(record.session, options);
  }

  /** Makes a used refresh token valid again, if the response did not replace it. */
  keepAlive(refreshToken: string): void {
    const record = this.#refresh.get(refreshToken);
    if (record !== undefined) record.state = "live";
  }

  /** The owner of an access token, or why it is refused. */
  authenticate(accessToken: string): { readonly owner: Owner } | "malformed" | Exclude<TokenState, "live"> {
    const record = this.#access.get(accessToken);
    if (record === undefined) return "malformed";
    const state = stateOf(record);
    return state === "live" ? { owner: record.session.owner } : state;
  }

  /** The sign-in of a refresh token in any state. */
  sessionOf(refreshToken: string): TokenSession<Owner> | undefined {
    return this.#refresh.get(refreshToken)?.session;
  }

  /** Whether a text is an issued token. */
  isToken(text: string): boolean {
    return this.#access.has(text) || this.#refresh.has(text);
  }

  /** Whether the newest access token of the sign-in of a refresh token is no longer valid. */
  hasEnded(refreshToken: string): boolean {
    const newest = this.#refresh.get(refreshToken)?.session.newest;
    return newest !== undefined && stateOf(newest) !== "live";
  }

  /** The state of a refresh token. */
  refreshState(refreshToken: string): TokenState | undefined {
    return this.#refresh.get(refreshToken)?.state;
  }

  /** Revokes the whole sign-in of a token of either kind. */
  revoke(token: string): boolean {
    const session = this.#refresh.get(token)?.session ?? this.#access.get(token)?.session;
    if (session === undefined) return false;
    for (const record of [...this.#access.values(), ...this.#refresh.values()]) {
      if (record.session === session) record.state = "revoked";
    }
    return true;
  }

  /** Changes the state of every live access token. */
  endAccessTokens(state: "expired" | "revoked"): void {
    for (const record of this.#access.values()) if (record.state === "live") record.state = state;
  }

  /** Changes the state of every live refresh token. */
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
  return state === "live" && endsAt !== undefined && endsAt <= Date.now() ? "expired" : state;
}

export function unixNow(): number {
  return Math.floor(Date.now() / 1000);
}
