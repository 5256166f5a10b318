import { AxioError } from "axio";
import type { FetchLike } from "axio-http";
import { abortable } from "axio-http/internal";
import type { errors, JWTPayload } from "jose";
import { CLOCK_TOLERANCE_SECONDS } from "../config.ts";
import { jwksUnavailable, type KeySet, openKeySet } from "./key-set.ts";

/** The expected claims of an ID token. */
export interface IdTokenExpectation {
  /** The client id that the server issued. */
  readonly clientId: string;
  /** The `nonce` of the sign-in. A refresh has none. */
  readonly nonce?: string | undefined;
  /** The account of the sign-in that is refreshed or repeated. Default: any. */
  readonly subject?: string | undefined;
  /** The time of receipt, in Unix milliseconds. Expiry is checked against it, so that a token can be verified later. */
  readonly receivedAt: number;
}

/** The account of a verified ID token. */
export interface Identity {
  /** Permanently identifies the account. */
  readonly subject: string;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
}

/** Options of {@link IdTokenVerifier}. */
export interface IdTokenVerifierOptions {
  readonly issuer: string;
  /** Returns the URL of the keys. Called with the first token. */
  readonly jwksUri: () => Promise<string>;
  readonly fetch?: FetchLike | undefined;
}

type Jose = typeof import("jose");

/**
 * Verifies ID tokens: the RS256 signature by one of the issuer's keys, issuer, audience, `azp`, times, nonce and subject.
 *
 * Keys are cached, and fetched again if the key of a token is missing, as after a rotation.
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
   *   `jwks-unavailable` if it could not be verified, which does not mean that it is invalid; `aborted`.
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
      // The next token tries again.
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
        // If the token could choose, `none` would pass, and HS256 with the public key as the secret.
        algorithms: ["RS256"],
        issuer: this.#options.issuer,
        audience: clientId,
        requiredClaims: ["exp", "iat", "sub"],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(receivedAt),
      });
      return payload;
    } catch (error) {
      throw AxioError.is(error) ? error : asIdTokenError(error, jose);
    }
  }
}

function identityOf(payload: JWTPayload, { clientId, nonce, subject }: IdTokenExpectation): Identity {
  const { aud, sub } = payload;
  const readText = (name: string): string | undefined => {
    const value = payload[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const hasOtherAudiences = Array.isArray(aud) && aud.length > 1;
  const authorizedParty = payload["azp"];
  if (authorizedParty === undefined ? hasOtherAudiences : authorizedParty !== clientId)
    throw invalid("audience");
  if (nonce !== undefined && payload["nonce"] !== nonce) throw invalid("nonce");
  if (!sub) throw invalid("malformed");
  if (subject !== undefined && sub !== subject) throw accountMismatch();
  return { subject: sub, email: readText("email"), name: readText("name") };
}

/** Creates the error for a sign-in or refresh of another account than the registered one. */
export function accountMismatch(): AxioError {
  return new AxioError(
    "account-mismatch",
    "The response is for another ChatGPT account or workspace than the one of this profile. Nothing was changed. Sign in with the account of this profile, or add the other one as a new profile.",
  );
}

const REASONS = {
  malformed: "it is malformed or incomplete",
  algorithm: "it is not signed with RS256",
  signature: "its signature does not match any key of the issuer",
  issuer: "another server issued it",
  audience: "it was issued for another program",
  expired: "it has expired. Check the clock of this machine",
  nonce: "it belongs to another sign-in",
} as const;

function invalid(reason: keyof typeof REASONS, cause?: unknown): AxioError {
  return new AxioError(
    "id-token-invalid",
    `The ID token of the sign-in cannot be trusted: ${REASONS[reason]}. Sign in again.`,
    { details: { reason }, cause },
  );
}

/** Converts an error of the library. Errors about claims have the user's data, so they do not become the cause. */
function asIdTokenError(error: unknown, { errors: kinds }: Jose): AxioError {
  if (error instanceof kinds.JOSEAlgNotAllowed) return invalid("algorithm", error);
  if (error instanceof kinds.JWTExpired) return invalid("expired");
  if (error instanceof kinds.JWTClaimValidationFailed) return invalid(claimReason(error));
  if (error instanceof kinds.JWKSTimeout || error instanceof kinds.JWKSInvalid) return jwksUnavailable(error);
  const isUnsigned =
    error instanceof kinds.JWSSignatureVerificationFailed ||
    error instanceof kinds.JWKSNoMatchingKey ||
    error instanceof kinds.JWKSMultipleMatchingKeys;
  return invalid(isUnsigned ? "signature" : "malformed", error);
}

function claimReason({ claim }: errors.JWTClaimValidationFailed): keyof typeof REASONS {
  if (claim === "iss") return "issuer";
  return claim === "aud" ? "audience" : "malformed";
}
