import type { JsonObject } from "axio";
import { parseObject } from "../parse-object.ts";

/**
 * Decodes the claims of a JSON Web Token without verifying its signature: for tokens that came directly from their issuer
 * over TLS (OpenID Connect Core 1.0 §3.1.3.7).
 *
 * @returns `undefined` if it is not a token with readable claims. Never throws.
 * @see RFC 7519 §7.2
 */
export function decodeJwtPayload(jwt: string): JsonObject | undefined {
  const [header, payload, signature, ...rest] = jwt.split(".");
  if (!header || !payload || !signature || rest.length > 0 || !/^[\w-]+=*$/.test(payload)) return undefined;
  try {
    return parseObject(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(payload, "base64url")));
  } catch {
    return undefined;
  }
}

/** The times that the claims of an access token state. */
export interface TokenTimes {
  /** The claim `exp`, in Unix milliseconds. */
  readonly expiresAt?: number | undefined;
  /** The time from `iat` to `exp`, if it is positive. */
  readonly lifetimeMs?: number | undefined;
}

/** Reads when a token expires and how long it lasts. Never throws. */
export function tokenTimes(jwt: string): TokenTimes {
  const { exp, iat } = decodeJwtPayload(jwt) ?? {};
  if (typeof exp !== "number" || !Number.isFinite(exp)) return {};
  const lifetime = typeof iat === "number" ? exp - iat : 0;
  return { expiresAt: exp * 1_000, lifetimeMs: lifetime > 0 ? lifetime * 1_000 : undefined };
}
