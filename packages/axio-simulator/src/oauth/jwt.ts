import { createPublicKey, generateKeyPair, type KeyObject, sign, verify } from "node:crypto";
import { promisify } from "node:util";
import { isObject, type JsonObject, parseJson } from "../json.ts";

/** Signs tokens with the newest of its RS256 keys. */
export interface TokenSigner {
  sign(claims: JsonObject): string;
  /** The claims of a token of this signer; `undefined` where the form or the signature is wrong. */
  verify(token: string): JsonObject | undefined;
  /** From now on signs with another key; the keys before stay published unless they are dropped. */
  rotate(options?: { readonly dropOld?: boolean }): Promise<void>;
  /** The id of the key in use. */
  readonly keyId: string;
  /** The public key in use. */
  readonly publicKey: KeyObject;
  /** The public keys for `/.well-known/jwks.json`. */
  readonly jwks: { readonly keys: readonly JsonObject[] };
}

interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const keysOfThisProcess: Promise<SigningKey>[] = [];

/** Makes the process's throw-away keys on first use: a key takes long enough to be felt in a test. */
function keyOfThisProcess(index: number): Promise<SigningKey> {
  const key = keysOfThisProcess[index] ?? makeKey(`simulator-${index + 1}`);
  keysOfThisProcess[index] = key;
  return key;
}

async function makeKey(id: string): Promise<SigningKey> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return { id, privateKey, publicKey: createPublicKey(privateKey) };
}

/** A signer that begins with the first key of this process. */
export async function createTokenSigner(): Promise<TokenSigner> {
  let current = await keyOfThisProcess(0);
  let published = [current];
  let rotations = 0;
  return {
    sign: (claims) =>
      encodeToken({ alg: "RS256", typ: "JWT", kid: current.id }, claims, (signed) =>
        sign("RSA-SHA256", signed, current.privateKey),
      ),
    verify(token) {
      const [header, payload, signature, ...rest] = token.split(".");
      if (!header || !payload || !signature || rest.length > 0) return undefined;
      const signed = Buffer.from(`${header}.${payload}`);
      const given = Buffer.from(signature, "base64url");
      if (!published.some(({ publicKey }) => verify("RSA-SHA256", signed, publicKey, given)))
        return undefined;
      const claims = parseJson(Buffer.from(payload, "base64url").toString());
      return isObject(claims) ? claims : undefined;
    },
    async rotate({ dropOld = false } = {}) {
      rotations += 1;
      current = await keyOfThisProcess(rotations);
      published = dropOld ? [current] : [...published, current];
    },
    get keyId() {
      return current.id;
    },
    get publicKey() {
      return current.publicKey;
    },
    get jwks() {
      return {
        keys: published.map(({ id, publicKey }) => ({
          ...publicKey.export({ format: "jwk" }),
          kid: id,
          use: "sig",
          alg: "RS256",
        })),
      };
    },
  };
}

/** A JWT of the given header and claims; `signatureOf` signs its first two parts. */
export function encodeToken(
  header: JsonObject,
  claims: JsonObject,
  signatureOf: (signed: Buffer) => Buffer,
): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${signatureOf(Buffer.from(signed)).toString("base64url")}`;
}

function encode(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
