/** How `GET /.well-known/openid-configuration` differs. */
export interface DiscoverySwitches {
  /** `wrong` names another issuer, `trailing-slash` the right one with a slash. */
  readonly issuer: "right" | "wrong" | "trailing-slash";
  /** An endpoint on another origin. */
  readonly foreignEndpoint: "none" | "token_endpoint" | "authorization_endpoint" | "jwks_uri";
  /** Whether it names the endpoint for revocation. */
  readonly revocationEndpoint: boolean;
}

/** How `GET /.well-known/jwks.json` differs. */
export interface KeysSwitches {
  readonly keys: "all" | "none";
}

/** How a sign-in ends. */
export interface AuthorizeSwitches {
  /**
   * What the person decides, where no page asks: `approve`, the identity alone, no, an error of the
   * service, or nothing ever.
   */
  readonly decision: "approve" | "identity-only" | "access_denied" | "server_error" | "never";
  /** The account chosen, by id; default the first one. */
  readonly account: string | undefined;
  /** The state that comes back. */
  readonly state: "right" | "wrong" | "absent";
  /**
   * The member `client_id` of the callback: `usual` has the issued one at a registration and none later;
   * `another` is one of somebody else, `dynamic` is `dynamic_agent_client`.
   */
  readonly clientId: "usual" | "issued" | "absent" | "another" | "dynamic" | "twice";
  /** Whether the callback tells the granted scopes. */
  readonly scope: boolean;
  /** The member `iss` of the callback (RFC 9207). */
  readonly iss: "absent" | "right" | "wrong";
  /** A callback that arrives before the one of the browser: the same one, or one with a wrong state. */
  readonly extraCallback: "none" | "same" | "wrong-state";
}

/** How an answer with tokens differs, at a code exchange and at a refresh. */
export interface TokenSwitches {
  /** An error instead of tokens, by its code, such as `invalid_grant`. */
  readonly error: string | undefined;
  /** How errors are written: `error` as a string, as an object, or the object inside `detail`. */
  readonly errorShape: "string" | "object" | "detail";
  readonly earliestRefreshAt: "null" | "seconds" | "iso" | "absent";
  /** The ID token's `aud`; `two` comes with `azp`. */
  readonly audience: "array" | "string" | "two" | "two-without-azp" | "other";
  /** What is wrong with the ID token. */
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
  /** The member `scope`: what was granted, nothing, or less than before from now on. */
  readonly scope: "granted" | "absent" | "without-plan";
  /** Whether a refresh token is given; without one the old one goes on. */
  readonly refreshToken: boolean;
  /** Life of the access token in seconds; default that of the simulator. */
  readonly lifetimeSeconds: number | undefined;
  /** The member `expires_in`, where it is not to be the life of the token. */
  readonly expiresIn: unknown;
  readonly tokenType: string;
  /** A second use of a refresh token ends the whole sign-in. */
  readonly endSignInOnReuse: boolean;
}

/** Every switch of the route, by endpoint. */
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

/** How the real service is known or documented to answer. */
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

/** Some switches of some endpoints. */
export type SwitchChanges = { readonly [Target in SwitchTarget]?: Partial<ChatGPTSwitches[Target]> };
