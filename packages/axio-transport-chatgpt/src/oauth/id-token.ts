import { AxioError } from "axio";
import { abortable } from "axio-auth/internal";
import type { FetchLike } from "axio-http";
import type { errors, JWTPayload } from "jose";
import { CLOCK_TOLERANCE_SECONDS } from "../config.ts";
import { jwksUnavailable, type KeySet, openKeySet } from "./key-set.ts";

/** What an ID token has to say to be believed. */
export interface IdTokenExpectation {
  /** The client id that the server has issued. */
  readonly clientId: string;
  /** The `nonce` of the sign-in that it belongs to. A renewal has none. */
  readonly nonce?: string | undefined;
  /** The account that it must be of: that of the sign-in which it renews or repeats. Default: any. */
  readonly subject?: string | undefined;
  /** When it came, in Unix milliseconds: its end is judged by that, so that it can be checked later. */
  readonly receivedAt: number;
}

/** Who signed in, as a verified ID token says it. */
export interface Identity {
  /** Names the account for good. */
  readonly subject: string;
  readonly email?: string;
  readonly name?: string;
}

/** What an {@link IdTokenVerifier} is made of. */
export interface IdTokenVerifierOptions {
  readonly issuer: string;
  /** Where the keys are; asked with the first token. */
  readonly jwksUri: () => Promise<string>;
  readonly fetch?: FetchLike | undefined;
}

type Jose = typeof import("jose");

/**
 * Checks ID tokens: an RS256 signature by one of the issuer's keys, issuer, audience, `azp`, times, nonce, subject.
 *
 * Keys are kept, and fetched anew for a token whose key is not among them, as after a rotation.
 *
 * @see OpenID Connect Core 1.0 §3.1.3.7
 */
export class IdTokenVerifier {
  readonly #options: IdTokenVerifierOptions;
  #keys: Promise<KeySet> | undefined;

  constructor(options: IdTokenVerifierOptions) {
    this.#options = options;
  }

  /**
   * @throws AxioError `id-token-invalid`, whose `details.reason` is a key of {@link REASONS}; `account-mismatch`;
   *   `jwks-unavailable` if it could not be checked, which says nothing against it; `aborted`.
   */
  async verify(idToken: string, expected: IdTokenExpectation, signal?: AbortSignal): Promise<Identity> {
    const jose = await import("jose");
    const keys = await abortable(this.#openKeys(), signal);
    const payload = await abortable(this.#check(jose, keys, idToken, expected), signal);
    return identityOf(payload, expected);
  }

  async #openKeys(): Promise<KeySet> {
    const { jwksUri, fetch } = this.#options;
    this.#keys ??= jwksUri().then((uri) => openKeySet(uri, fetch));
    try {
      return await this.#keys;
    } catch (error) {
      // The next token asks again.
      this.#keys = undefined;
      throw jwksUnavailable(error);
    }
  }

  async #check(
    jose: Jose,
    keys: KeySet,
    idToken: string,
    { clientId, receivedAt }: IdTokenExpectation,
  ): Promise<JWTPayload> {
    try {
      const { payload } = await jose.jwtVerify(idToken, keys, {
        // Of the token's own choice, `none` would pass, and HS256 with the public key for a secret.
        algorithms: ["RS256"],
        issuer: this.#options.issuer,
        audience: clientId,
        requiredClaims: ["exp", "iat", "sub"],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(receivedAt),
      });
      return payload;
    } catch (error) {
      throw AxioError.is(error) ? error : refusal(error, jose);
    }
  }
}

function identityOf(payload: JWTPayload, { clientId, nonce, subject }: IdTokenExpectation): Identity {
  const { aud, sub } = payload;
  const text = (name: string): string | undefined => {
    const value = payload[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const hasOthers = Array.isArray(aud) && aud.length > 1;
  const party = payload["azp"];
  if (party === undefined ? hasOthers : party !== clientId) throw refuse("audience");
  if (nonce !== undefined && payload["nonce"] !== nonce) throw refuse("nonce");
  if (!sub) throw refuse("malformed");
  if (subject !== undefined && sub !== subject) throw accountMismatch();
  const email = text("email");
  const name = text("name");
  return {
    subject: sub,
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
  };
}

/** The error of a sign-in or a renewal that is of another account than the one that is kept. */
export function accountMismatch(): AxioError {
  return new AxioError(
    "account-mismatch",
    "The answer is for another ChatGPT account or workspace than the one that is signed in here. Nothing was changed. Sign in with that account, or add the other one under a profile of its own.",
  );
}

const REASONS = {
  malformed: "it cannot be read, or lacks what has to be in it",
  algorithm: "it is not signed as the issuer signs (RS256)",
  signature: "its signature is by none of the issuer's keys",
  issuer: "somebody else issued it",
  audience: "it was issued for another program",
  expired: "it has expired. Check this machine's clock",
  nonce: "it belongs to another sign-in",
} as const;

function refuse(reason: keyof typeof REASONS, cause?: unknown): AxioError {
  return new AxioError(
    "id-token-invalid",
    `The sign-in cannot be trusted: of the token that says who signed in, ${REASONS[reason]}. Sign in again.`,
    { details: { reason }, ...(cause === undefined ? {} : { cause }) },
  );
}

/** Says what the library found. Its errors of claims hold the person's data, and do not become the cause. */
function refusal(error: unknown, { errors: kinds }: Jose): AxioError {
  if (error instanceof kinds.JOSEAlgNotAllowed) return refuse("algorithm", error);
  if (error instanceof kinds.JWTExpired) return refuse("expired");
  if (error instanceof kinds.JWTClaimValidationFailed) return refuse(claimReason(error));
  if (error instanceof kinds.JWKSTimeout || error instanceof kinds.JWKSInvalid) return jwksUnavailable(error);
  const isUnsigned =
    error instanceof kinds.JWSSignatureVerificationFailed ||
    error instanceof kinds.JWKSNoMatchingKey ||
    error instanceof kinds.JWKSMultipleMatchingKeys;
  return refuse(isUnsigned ? "signature" : "malformed", error);
}

function claimReason({ claim }: errors.JWTClaimValidationFailed): keyof typeof REASONS {
  if (claim === "iss") return "issuer";
  return claim === "aud" ? "audience" : "malformed";
}
