import { createPublicKey, generateKeyPair, type KeyObject, sign, verify } from "node:crypto";
import { promisify } from "node:util";
import { isObject, type JsonObject, parseJson } from "../json.ts";

/** Signs tokens with the newest of its RS256 keys. */
export interface TokenSigner {
  sign(claims: JsonObject): string;
  /** The claims of a token, or `undefined` if its form or its signature is wrong. */
  verify(token: string): JsonObject | undefined;
  /** Signs with another key from now on. Previous keys stay published unless `dropOld` is set. */
  rotate(options?: { readonly dropOld?: boolean }): Promise<void>;
  /** The id of the current key. */
  readonly keyId: string;
  /** The current public key. */
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

/** Creates the keys of this process once, because creating a key is slow. */
function keyOfThisProcess(index: number): Promise<SigningKey> {
  const key = keysOfThisProcess[index] ?? makeKey(`simulator-${index + 1}`);
  keysOfThisProcess[index] = key;
  return key;
}

async function makeKey(id: string): Promise<SigningKey> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return { id, privateKey, publicKey: createPublicKey(privateKey) };
}

/** Creates a signer with the first key of this process. */
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

/** Encodes a JWT. `signatureOf` signs its first two parts. */
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
