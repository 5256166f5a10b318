import { AxioError, type JsonObject } from "axio";
import { type BearerCredentials, parseExpiresAt } from "../../src/index.ts";

/** Credentials of an imaginary provider. */
export interface Credentials extends BearerCredentials {
  readonly accountId: string;
  readonly email?: string;
}

/** Reads stored credentials, also in the older format of axio for Python. Drops unknown properties. */
export function parseCredentials(value: JsonObject): Credentials {
  const text = (...names: string[]): string => {
    const property = names.map((name) => value[name]).find((found) => found !== undefined);
    return typeof property === "string" ? property : "";
  };
  const accessToken = text("accessToken", "access_token", "api_key");
  const refreshToken = text("refreshToken", "refresh_token");
  if (accessToken + refreshToken === "")
    throw new AxioError("credentials-malformed", "there is neither an access token nor a refresh token");
  const email = text("email");
  return {
    accessToken,
    refreshToken,
    expiresAt: parseExpiresAt(value["expiresAt"] ?? value["expires_at"]) ?? 0,
    accountId: text("accountId", "account_id"),
    ...(email === "" ? {} : { email }),
  };
}
