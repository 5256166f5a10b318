import { createPublicKey, generateKeyPair, type KeyObject, sign, verify } from "node:crypto";
import { promisify } from "node:util";
import { isObject, type JsonObject, parseJson } from "../json.ts";

const KEY_ID = "simulator-1";

/** Signs and checks tokens with one RS256 key. */
export interface TokenSigner {
  sign(claims: JsonObject): string;
  /** The claims of a token of this signer; `undefined` where the form or the signature is wrong. */
  verify(token: string): JsonObject | undefined;
  /** The public key for `/.well-known/jwks.json`. */
  readonly jwks: { readonly keys: readonly JsonObject[] };
}

let keyOfThisProcess: Promise<KeyObject> | undefined;

/** Makes the process's throw-away key on first use: a key takes long enough to be felt in a test. */
export async function createTokenSigner(): Promise<TokenSigner> {
  keyOfThisProcess ??= promisify(generateKeyPair)("rsa", { modulusLength: 2048 }).then(
    (pair) => pair.privateKey,
  );
  const privateKey = await keyOfThisProcess;
  const publicKey = createPublicKey(privateKey);
  return {
    sign(claims) {
      const signed = `${encode({ alg: "RS256", typ: "JWT", kid: KEY_ID })}.${encode(claims)}`;
      return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url")}`;
    },
    verify(token) {
      const [header, payload, signature, ...rest] = token.split(".");
      if (!header || !payload || !signature || rest.length > 0) return undefined;
      const signed = Buffer.from(`${header}.${payload}`);
      if (!verify("RSA-SHA256", signed, publicKey, Buffer.from(signature, "base64url"))) return undefined;
      const claims = parseJson(Buffer.from(payload, "base64url").toString());
      return isObject(claims) ? claims : undefined;
    },
    jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), kid: KEY_ID, use: "sig", alg: "RS256" }] },
  };
}

function encode(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
