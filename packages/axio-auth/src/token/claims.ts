import { isJsonObject, type JsonObject } from "axio";

/**
 * Reads the claims of a JSON Web Token, without checking its signature: for tokens that came straight from the server
 * that issued them, over TLS (OpenID Connect Core §3.1.3.7).
 *
 * @returns `undefined` for what is not a token with readable claims. Never throws.
 * @see RFC 7519 §7.2
 */
export function decodeJwtPayload(jwt: string): JsonObject | undefined {
  const [header, payload, signature, ...rest] = jwt.split(".");
  if (!header || !payload || !signature || rest.length > 0 || !/^[\w-]+=*$/.test(payload)) return undefined;
  try {
    const bytes = Buffer.from(payload, "base64url");
    const claims: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isJsonObject(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

/** A claim that holds a time (`exp`, `iat`), in Unix seconds; `undefined` where it is missing or no number. */
export function timeClaim(claims: JsonObject | undefined, name: "exp" | "iat" | "nbf"): number | undefined {
  const value = claims?.[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
