import { createHmac, randomUUID } from "node:crypto";
import type { JsonObject } from "../json.ts";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import { encodeToken, type TokenSigner } from "../oauth/jwt.ts";
import { type MintTokens, unixNow } from "../oauth/token-vault.ts";
import type { Registration } from "./registrations.ts";
import { scopeText } from "./scopes.ts";
import type { TokenSwitches } from "./switches.ts";

/** The grant of one sign-in. */
export interface Grant {
  readonly registration: Registration;
  readonly nonce: string;
  readonly resource: string;
  /** Shrinks if a switch withdraws a scope. */
  scopes: readonly string[];
}

/** Options for one set of tokens. */
export interface MintOptions {
  readonly switches: TokenSwitches;
  /** False for a refresh. */
  readonly withNonce: boolean;
}

const ID_TOKEN_LIFE_SECONDS = 3600;

/** Creates the tokens of this route, which name neither account nor plan. */
export function mintPlanTokens(
  signer: TokenSigner,
  issuer: () => string,
  lifetimeSeconds: number,
): MintTokens<Grant, MintOptions> {
  return ({ owner }, { switches, withNonce }) => {
    const issuedAt = unixNow();
    const expiry = issuedAt + (switches.lifetimeSeconds ?? lifetimeSeconds);
    const { clientId, account } = owner.registration;
    const accessToken = signer.sign({
      iss: issuer(),
      sub: subjectOf(account),
      aud: owner.resource,
      client_id: clientId,
      scope: scopeText(owner.scopes),
      "https://api.openai.com/auth": { per_user_salt: "opaque", encrypted_auth_metadata: "opaque" },
      iat: issuedAt,
      nbf: issuedAt,
      exp: expiry,
      jti: randomUUID(),
    });
    const good: JsonObject = {
      iss: issuer(),
      sub: subjectOf(account),
      ...audience(clientId, switches.audience),
      email: account.email,
      email_verified: true,
      name: account.name,
      iat: issuedAt,
      exp: issuedAt + ID_TOKEN_LIFE_SECONDS,
      ...(withNonce && { nonce: owner.nonce }),
    };
    const idToken = idTokenOf(good, switches.idToken, signer);
    const expiresAt = expiry * 1_000;
    return { accessToken, idToken, expiresAt, endsAt: expiresAt };
  };
}

/** The `sub` of a user, the same in each workspace. */
export function subjectOf(account: SimulatedAccount): string {
  return `subj_${account.userId}`;
}

function audience(clientId: string, kind: TokenSwitches["audience"]): JsonObject {
  switch (kind) {
    case "array":
      return { aud: [clientId] };
    case "string":
      return { aud: clientId };
    case "two":
      return { aud: [clientId, "https://api.openai.com/v1"], azp: clientId };
    case "two-without-azp":
      return { aud: [clientId, "https://api.openai.com/v1"] };
    case "other":
      return { aud: ["oaiapp_another_app"] };
  }
}

function idTokenOf(good: JsonObject, flaw: TokenSwitches["idToken"], signer: TokenSigner): string {
  const { nonce: _nonce, ...withoutNonce } = good;
  const { sub: _sub, ...withoutSubject } = good;
  switch (flaw) {
    case "good":
    case "absent":
      return signer.sign(good);
    case "wrong-nonce":
      return signer.sign({ ...good, nonce: "another-nonce" });
    case "without-nonce":
      return signer.sign(withoutNonce);
    case "wrong-issuer":
      return signer.sign({ ...good, iss: "https://auth.example.test" });
    case "expired":
      return signer.sign({ ...good, iat: Number(good["iat"]) - 7200, exp: Number(good["iat"]) - 3600 });
    case "without-subject":
      return signer.sign(withoutSubject);
    case "other-subject":
      return signer.sign({ ...good, sub: "subj_another_user" });
    case "bad-signature":
      return encodeToken(headerOf(signer), good, () => Buffer.alloc(256, 1));
    case "unknown-key":
      return encodeToken({ ...headerOf(signer), kid: "simulator-unknown" }, good, () => Buffer.alloc(256, 1));
    case "alg-none":
      return encodeToken({ alg: "none", typ: "JWT" }, good, () => Buffer.alloc(0));
    case "alg-hs256":
      // Signed with the public key as the secret, which a client accepts if the token chooses the algorithm.
      return encodeToken({ ...headerOf(signer), alg: "HS256" }, good, (signed) =>
        createHmac("sha256", signer.publicKey.export({ type: "spki", format: "pem" }))
          .update(signed)
          .digest(),
      );
  }
}

function headerOf(signer: TokenSigner): JsonObject {
  return { alg: "RS256", typ: "JWT", kid: signer.keyId };
}
