import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { AxioError } from "axio";
import { errorText } from "axio/internal";
import { KEY_BYTES, type KeyProvider, type StoreKey } from "./keys.ts";

/** A value as stored: its bytes, and the id of their key. `""`: not encrypted. */
export interface Sealed {
  readonly bytes: Uint8Array;
  readonly keyId: string;
}

/** Where a value belongs. A sealed value cannot be moved to another place. */
export interface SealedPlace {
  readonly space: string;
  readonly id: string;
  readonly revision: number;
}

/** How values are protected: keys, or `"none"`, where the database itself is trusted. */
export type Encryption = KeyProvider | "none";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals a text, so that it can be opened at its place only: nonce, tag, and the text in AES-256-GCM.
 *
 * @throws AxioError `store-unavailable` if the provider fails, `invalid-argument` if its key is not one.
 */
export async function seal(text: string, place: SealedPlace, encryption: Encryption): Promise<Sealed> {
  const plain = Buffer.from(text);
  if (encryption === "none") return { bytes: plain, keyId: "" };
  const { id, key } = await provided(encryption.current());
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(contextOf(place));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return { bytes: Buffer.concat([nonce, cipher.getAuthTag(), body]), keyId: id };
}

/**
 * Opens a sealed text.
 *
 * @throws AxioError `store-unavailable` if its key is not among the given ones, if the provider fails, or if the text is not
 *   encrypted and must be; `invalid-argument` if the provider's key is not one; `credentials-malformed` if the value was
 *   changed, or copied from another place.
 */
export async function unseal(
  { bytes, keyId }: Sealed,
  place: SealedPlace,
  encryption: Encryption,
): Promise<string> {
  if (encryption === "none") {
    if (keyId === "") return Buffer.from(bytes).toString();
    throw unusable(
      place,
      `are encrypted with the key ${keyId}. Pass it, in AXIO_STORE_KEY or as \`encryption\``,
    );
  }
  // Otherwise a writer of the database could replace sealed values by its own.
  if (keyId === "")
    throw unusable(
      place,
      'are not encrypted, and this store expects that. Sign in again, or pass `encryption: "none"`',
    );
  const found = await provided(encryption.get(keyId));
  if (found === undefined)
    throw unusable(
      place,
      `are encrypted with the key ${keyId}, which is not among those given. Add it after the new one`,
    );
  try {
    const options = { authTagLength: TAG_BYTES };
    const decipher = createDecipheriv(CIPHER, found.key, bytes.subarray(0, NONCE_BYTES), options)
      .setAAD(contextOf(place))
      .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString();
  } catch (cause) {
    throw new AxioError(
      "credentials-malformed",
      `The credentials ${JSON.stringify(place.id)} in the database were changed by another program, or copied from another row. They were not used. Sign in again.`,
      { cause },
    );
  }
}

/** Returns a key that a provider was asked for. */
async function provided<K extends StoreKey | undefined>(asked: Promise<K>): Promise<K> {
  const key = await asked.catch((cause: unknown) => {
    if (AxioError.is(cause)) throw cause;
    throw new AxioError(
      "store-unavailable",
      `The key of the credentials could not be read: ${errorText(cause)} Check the key provider.`,
      { cause, retryable: true },
    );
  });
  // An empty id marks values that are not encrypted.
  if (key !== undefined && (key.id === "" || key.key.length !== KEY_BYTES))
    throw new AxioError(
      "invalid-argument",
      `The key provider returned a key without an id, or not of ${KEY_BYTES} bytes. Nothing was stored.`,
    );
  return key;
}

function contextOf({ space, id, revision }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify(["axio-credential", space, id, revision]));
}

function unusable({ id }: SealedPlace, problem: string): AxioError {
  return new AxioError(
    "store-unavailable",
    `The credentials ${JSON.stringify(id)} in the database ${problem}.`,
  );
}
