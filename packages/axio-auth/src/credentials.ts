import { AxioError, type JsonObject } from "axio";
import { decodeJwtPayload, timeClaim } from "./token/claims.ts";

/** A ChatGPT sign-in. Its secrets do not show in `console.log` once it comes from a store or a session. */
export interface Credentials {
  readonly accessToken: string;
  /** Renews the access token; each works once. Empty where there is none. */
  readonly refreshToken: string;
  /** When the access token ends, in Unix seconds; 0 where unknown. */
  readonly expiresAt: number;
  /** The workspace: the claim `chatgpt_account_id` of the ID token. Empty where unknown. */
  readonly accountId: string;
  readonly idToken?: string;
  readonly planType?: string;
  readonly email?: string;
}

/** A number beyond this, as seconds, would be in the year 5138: it is in milliseconds. */
const LARGEST_SECONDS = 1e11;

/**
 * Reads stored credentials: axio's own members, and the four strings that axio for Python stores (`api_key` or
 * `access_token`, `refresh_token`, `expires_at`, `account_id`). Members that it does not know are left out.
 *
 * @throws AxioError `credentials-malformed` where there is neither an access token nor a refresh token.
 */
export function parseCredentials(value: JsonObject): Credentials {
  const text = (...names: string[]): string | undefined =>
    names
      .map((name) => value[name])
      .find((member): member is string => typeof member === "string" && member !== "");
  const accessToken = text("accessToken", "access_token", "apiKey", "api_key");
  const refreshToken = text("refreshToken", "refresh_token");
  if (accessToken === undefined && refreshToken === undefined) {
    throw new AxioError("credentials-malformed", "there is neither an access token nor a refresh token");
  }
  const idToken = text("idToken", "id_token");
  const planType = text("planType", "plan_type");
  const email = text("email");
  return {
    accessToken: accessToken ?? "",
    refreshToken: refreshToken ?? "",
    expiresAt: parseExpiresAt(value["expiresAt"] ?? value["expires_at"]) ?? expiryOf(accessToken) ?? 0,
    accountId: text("accountId", "account_id") ?? "",
    ...(idToken === undefined ? {} : { idToken }),
    ...(planType === undefined ? {} : { planType }),
    ...(email === undefined ? {} : { email }),
  };
}

/**
 * Reads a point in time that was stored as a number or as a numeric string, in seconds or milliseconds.
 *
 * @returns Unix seconds; `undefined` for what is neither.
 */
export function parseExpiresAt(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number) || number <= 0) return undefined;
  return Math.floor(number > LARGEST_SECONDS ? number / 1000 : number);
}

function expiryOf(accessToken: string | undefined): number | undefined {
  return timeClaim(decodeJwtPayload(accessToken ?? ""), "exp");
}
