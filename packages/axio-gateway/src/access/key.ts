import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { KeyLimits } from "../limits/key-limits.ts";

/** A key of the gateway. The secret itself is not stored. */
export interface GatewayKey {
  /** The name that users see, and that the log states. */
  readonly name: string;
  /** The SHA-256 of the secret, in hexadecimal. */
  readonly hash: string;
  /** When it was created, in Unix milliseconds. */
  readonly createdAt: number;
  /** When it stops working, in Unix milliseconds. Default: never. */
  readonly expiresAt?: number | undefined;
  /** The profile that its requests use. Default: the default profile. */
  readonly profile?: string | undefined;
  /** The models that it may use. Default: all. */
  readonly models?: readonly string[] | undefined;
  readonly limits?: KeyLimits | undefined;
}

/** A new key with its secret, which is shown once. */
export interface CreatedKey {
  readonly key: GatewayKey;
  readonly secret: string;
}

/**
 * Creates a key.
 *
 * @example
 * ```ts
 * import { createKey } from "axio-gateway";
 *
 * const { key, secret } = createKey({ name: "editor", limits: { tokensPerDay: 1_000_000 } });
 * console.log(key.name, secret.startsWith("axk_")); // editor true
 * ```
 */
export function createKey(settings: Omit<GatewayKey, "hash" | "createdAt">): CreatedKey {
  const secret = `axk_${randomBytes(32).toString("base64url")}`;
  return { key: { ...settings, hash: hashOf(secret).toString("hex"), createdAt: Date.now() }, secret };
}

/** Returns the secret of a request: a bearer token, or the header of the Messages API or of Azure. */
export function secretOf(headers: Headers): string | undefined {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "")?.[1];
  return bearer ?? headers.get("x-api-key") ?? headers.get("api-key") ?? undefined;
}

/** Returns the key of a secret, `undefined` if it is unknown or has expired. The time does not depend on the secret. */
export function findKey(
  keys: readonly GatewayKey[],
  secret: string | undefined,
  now: number,
): GatewayKey | undefined {
  const hash = hashOf(secret ?? "");
  let found: GatewayKey | undefined;
  for (const key of keys) {
    const stored = Buffer.from(key.hash, "hex");
    if (stored.length === hash.length && timingSafeEqual(stored, hash)) found = key;
  }
  return found?.expiresAt !== undefined && found.expiresAt <= now ? undefined : found;
}

function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
