import { AxioError, type JsonObject } from "axio";
import { type BearerCredentials, type CredentialFormat, versionedFormat } from "../../src/index.ts";

/** Credentials of an imaginary provider. */
export interface Credentials extends BearerCredentials {
  readonly accountId: string;
  readonly email?: string | undefined;
}

/** The format of these credentials. Also reads the four strings of axio for Python, and drops unknown properties. */
export const FORMAT: CredentialFormat<Credentials> = versionedFormat({ parse: parseCredentials });

function parseCredentials(value: JsonObject): Credentials {
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
    expiresAt: Number(value["expiresAt"] ?? value["expires_at"] ?? 0),
    accountId: text("accountId", "account_id"),
    ...(email === "" ? {} : { email }),
  };
}
