/** Variations of `GET /.well-known/openid-configuration`. */
export interface DiscoverySwitches {
  /** `wrong` is another issuer, `trailing-slash` the right one with a slash. */
  readonly issuer: "right" | "wrong" | "trailing-slash";
  /** The endpoint that is on another origin. */
  readonly foreignEndpoint: "none" | "token_endpoint" | "authorization_endpoint" | "jwks_uri";
  /** Whether the revocation endpoint is listed. */
  readonly revocationEndpoint: boolean;
}

/** Variations of `GET /.well-known/jwks.json`. */
export interface KeysSwitches {
  readonly keys: "all" | "none";
}

/** Variations of the end of a sign-in. */
export interface AuthorizeSwitches {
  /** The decision if no page asks. `never` sends no callback. */
  readonly decision: "approve" | "identity-only" | "access_denied" | "server_error" | "never";
  /** The id of the chosen account. Default: the first. */
  readonly account: string | undefined;
  /** The parameter `state` of the callback. */
  readonly state: "right" | "wrong" | "absent";
  /**
   * The parameter `client_id` of the callback. `usual` is the issued one after a registration and none later,
   * `another` belongs to another app, `dynamic` is `dynamic_agent_client`.
   */
  readonly clientId: "usual" | "issued" | "absent" | "another" | "dynamic" | "twice";
  /** Whether the callback has the granted scopes. */
  readonly scope: boolean;
  /** The parameter `iss` of the callback (RFC 9207). */
  readonly iss: "absent" | "right" | "wrong";
  /** A callback that arrives before that of the browser. */
  readonly extraCallback: "none" | "same" | "wrong-state";
}

/** Variations of a token response. */
export interface TokenSwitches {
  /** The code of an error that replaces the tokens, such as `invalid_grant`. */
  readonly error: string | undefined;
  /** The form of an error: `error` as a string, as an object, or as an object inside `detail`. */
  readonly errorShape: "string" | "object" | "detail";
  readonly earliestRefreshAt: "null" | "seconds" | "iso" | "absent";
  /** The claim `aud` of the ID token. `two` comes with `azp`. */
  readonly audience: "array" | "string" | "two" | "two-without-azp" | "other";
  /** The flaw of the ID token. */
  readonly idToken:
    | "good"
    | "absent"
    | "wrong-nonce"
    | "without-nonce"
    | "wrong-issuer"
    | "expired"
    | "without-subject"
    | "other-subject"
    | "bad-signature"
    | "unknown-key"
    | "alg-none"
    | "alg-hs256";
  /** The member `scope`. `without-plan` also withdraws the scope. */
  readonly scope: "granted" | "absent" | "without-plan";
  /** Whether there is a refresh token. Without one, the old one stays valid. */
  readonly refreshToken: boolean;
  /** The lifetime of the access token in seconds. Default: that of the simulator. */
  readonly lifetimeSeconds: number | undefined;
  /** The member `expires_in`. Default: the lifetime of the token. */
  readonly expiresIn: unknown;
  readonly tokenType: string;
  /** Revokes a whole sign-in when one of its refresh tokens is used twice. */
  readonly endSignInOnReuse: boolean;
}

/** The switches by endpoint. */
export interface ChatGPTSwitches {
  readonly discovery: DiscoverySwitches;
  readonly keys: KeysSwitches;
  readonly authorize: AuthorizeSwitches;
  readonly exchange: TokenSwitches;
  readonly refresh: TokenSwitches;
}

const TOKEN_SWITCHES: TokenSwitches = {
  error: undefined,
  errorShape: "string",
  earliestRefreshAt: "null",
  audience: "array",
  idToken: "good",
  scope: "granted",
  refreshToken: true,
  lifetimeSeconds: undefined,
  expiresIn: undefined,
  tokenType: "Bearer",
  endSignInOnReuse: false,
};

/** The switches of the real service as known or documented. */
export const DEFAULT_SWITCHES: ChatGPTSwitches = {
  discovery: { issuer: "right", foreignEndpoint: "none", revocationEndpoint: true },
  keys: { keys: "all" },
  authorize: {
    decision: "approve",
    account: undefined,
    state: "right",
    clientId: "usual",
    scope: true,
    iss: "absent",
    extraCallback: "none",
  },
  exchange: TOKEN_SWITCHES,
  refresh: TOKEN_SWITCHES,
};

/** An endpoint that has switches. */
export type SwitchTarget = keyof ChatGPTSwitches;

/** Changes of some switches. */
export type SwitchChanges = { readonly [Target in SwitchTarget]?: Partial<ChatGPTSwitches[Target]> };
