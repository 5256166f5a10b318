import { createHash } from "node:crypto";
import { AxioError } from "axio";

/** A key for AES-256. */
export interface StoreKey {
  /** Is stored in clear with each value. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** Where keys come from, such as a key management service. */
export interface KeyProvider {
  /** The key for new values. */
  current(): Promise<StoreKey>;
  /** The key with an id; `undefined` if it does not exist. */
  get(id: string): Promise<StoreKey | undefined>;
}

const VARIABLE = "AXIO_STORE_KEY";
/** The length of a key. */
export const KEY_BYTES = 32;

/**
 * Returns a provider of fixed keys. The first one seals; the others only open what was sealed earlier, so a key is replaced
 * by putting a new one before it.
 *
 * @param keys Each has 32 random bytes in Base64, as `openssl rand -base64 32` prints them.
 * @throws AxioError `invalid-argument`.
 */
export function fixedKeys(keys: readonly string[]): KeyProvider {
  const parsed = keys.map(parseKey);
  const [first] = parsed;
  if (first === undefined) throw missingKey();
  return {
    current: async () => first,
    get: async (id) => parsed.find((key) => key.id === id),
  };
}

/**
 * Returns the keys of the variable `AXIO_STORE_KEY`: one, or several with commas between them.
 *
 * @throws AxioError `invalid-argument` if it is missing.
 */
export function keysFromEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
): KeyProvider {
  return fixedKeys((env[VARIABLE] ?? "").split(",").filter((text) => text.trim() !== ""));
}

function parseKey(text: string): StoreKey {
  const key = Buffer.from(text.trim(), "base64");
  if (
    key.length !== KEY_BYTES ||
    key.toString("base64").replace(/=+$/, "") !== text.trim().replace(/=+$/, "")
  )
    throw new AxioError(
      "invalid-argument",
      `A store key must be ${KEY_BYTES} bytes in Base64, as \`openssl rand -base64 32\` prints them.`,
    );
  // Tells keys apart without helping to guess one.
  const id = createHash("sha256").update("axio-store-key:").update(key).digest("hex").slice(0, 12);
  return { id, key };
}

function missingKey(): AxioError {
  return new AxioError(
    "invalid-argument",
    `There is no key for stored credentials. Set ${VARIABLE} to the output of \`openssl rand -base64 32\`, the same on all machines, or pass \`encryption\`.`,
  );
}
