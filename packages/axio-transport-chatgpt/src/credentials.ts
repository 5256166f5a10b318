import { AxioError, type ErrorCode, isJsonObject, type JsonObject, type JsonValue } from "axio";
import type { BearerCredentials, CredentialFormat } from "axio-auth";
import { parseUnixTime, toUnixSeconds, versionedFormat } from "axio-auth/internal";
import { readNumber, readString } from "axio-http/internal";
import { PLAN_SCOPE } from "./config.ts";

/**
 * A registration with "Sign in with ChatGPT" and its sign-in: a client id, issued for one account and workspace, and the
 * tokens of that client. The registration remains when the sign-in ends, so that the next one does not register again.
 */
export interface ChatGPTCredentials extends BearerCredentials {
  /** The client id that was issued for this account and workspace. */
  readonly clientId: string;
  readonly issuer: string;
  /** The audience of the tokens. Default: OpenAI's API. */
  readonly resource?: string | undefined;
  /** Permanently identifies the account. Empty until a sign-in was verified. */
  readonly subject: string;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  /** The newest verified ID token, as a hint for the next sign-in. */
  readonly idToken?: string | undefined;
  /** The time from issue to expiry of the access token. */
  readonly lifetimeMs?: number | undefined;
  /** The granted scopes, which may be fewer than the requested ones. */
  readonly scopes: readonly string[];
  /** The earliest time for a refresh according to the server, in Unix milliseconds. */
  readonly earliestRefreshAt?: number | undefined;
  /** An ID token that is not verified yet. Until then, the tokens are not used. */
  readonly unverified?: UnverifiedIdToken | undefined;
  /** When a refresh started whose outcome is unknown, in Unix milliseconds. */
  readonly refreshStartedAt?: number | undefined;
  /** Whether the user has seen the notice that the app uses their plan. */
  readonly planNoticeGiven?: boolean | undefined;
  /** How the last sign-in ended, if it did. */
  readonly ended?: EndOfSignIn | undefined;
}

/** An ID token that is not verified yet. */
export interface UnverifiedIdToken {
  readonly idToken: string;
  /** The `nonce` of the sign-in. Absent after a refresh. */
  readonly nonce?: string | undefined;
  /** The time of receipt, in Unix milliseconds. */
  readonly receivedAt: number;
}

/** How a sign-in ended: by signing out, or by an error. */
export interface EndOfSignIn {
  readonly by: "sign-out" | ErrorCode;
  /** Whether the server confirmed a sign-out. */
  readonly revoked?: boolean | undefined;
}

/**
 * The state of a registration.
 *
 * - `pending`: the client id was issued, and no sign-in has succeeded yet.
 * - `unverified`: there are tokens, which are not used until the account is verified.
 * - `identity-only`: the user is signed in, and does not allow the use of the plan.
 * - `connected`: the plan can be used.
 * - `signed-out`: the next sign-in uses the registration again.
 */
export type RegistrationState = "pending" | "unverified" | "identity-only" | "connected" | "signed-out";

/** Returns the state of a registration. */
export function registrationState(credentials: ChatGPTCredentials): RegistrationState {
  const { ended, unverified, subject, accessToken, refreshToken } = credentials;
  if (ended !== undefined) return "signed-out";
  if (unverified !== undefined) return "unverified";
  if (subject === "") return "pending";
  return usesPlan(credentials) && accessToken + refreshToken !== "" ? "connected" : "identity-only";
}

/** Whether the sign-in may use the user's plan: the granted scopes decide, not the requested ones. */
export function usesPlan({ scopes }: Pick<ChatGPTCredentials, "scopes">): boolean {
  return scopes.includes(PLAN_SCOPE);
}

/** Returns a registration without a sign-in. */
export function pendingRegistration(clientId: string, issuer: string): ChatGPTCredentials {
  return { clientId, issuer, subject: "", accessToken: "", refreshToken: "", expiresAt: 0, scopes: [] };
}

/** Returns the registration after its sign-in has ended: without tokens, but with the data for the next sign-in. */
export function endedRegistration(credentials: ChatGPTCredentials, ended: EndOfSignIn): ChatGPTCredentials {
  const { clientId, issuer, subject, email, name, idToken, resource, planNoticeGiven } = credentials;
  return {
    ...pendingRegistration(clientId, issuer),
    resource,
    subject,
    planNoticeGiven,
    email,
    name,
    // After a sign-out, the user expects to be asked for the account.
    idToken: ended.by === "sign-out" ? undefined : idToken,
    ended,
  };
}

/**
 * The format in which registrations are stored in files and keychain entries, with times and durations in seconds.
 *
 * @example
 * ```ts no-run
 * import { CHATGPT_CREDENTIAL_FORMAT, FileCredentialStore } from "axio-transport-chatgpt";
 *
 * const store = new FileCredentialStore({ path: "./chatgpt.json", format: CHATGPT_CREDENTIAL_FORMAT });
 * ```
 */
export const CHATGPT_CREDENTIAL_FORMAT: CredentialFormat<ChatGPTCredentials> = versionedFormat({
  isPersonal: true,
  parse: parseStored,
  serialize: ({ expiresAt, lifetimeMs, earliestRefreshAt, refreshStartedAt, ...rest }) => ({
    ...rest,
    expiresAt: toUnixSeconds(expiresAt),
    lifetime: lifetimeMs && lifetimeMs / 1_000,
    earliestRefreshAt: earliestRefreshAt && toUnixSeconds(earliestRefreshAt),
    renewingSince: refreshStartedAt && toUnixSeconds(refreshStartedAt),
  }),
});

/** Reads a time of any documented form: seconds or milliseconds as a number or text, or a date. */
export function parseTime(value: unknown): number | undefined {
  const time = parseUnixTime(value);
  return time === undefined && typeof value === "string" ? parseUnixTime(Date.parse(value)) : time;
}

function parseStored(value: JsonObject): ChatGPTCredentials {
  const clientId = readString(value, "clientId");
  const issuer = readString(value, "issuer");
  if (clientId === undefined || issuer === undefined) {
    throw new AxioError("credentials-malformed", "there is no client id, or no issuer");
  }
  const { scopes } = value;
  const lifetime = readNumber(value, "lifetime");
  return {
    ...pendingRegistration(clientId, issuer),
    subject: readString(value, "subject") ?? "",
    accessToken: readString(value, "accessToken") ?? "",
    refreshToken: readString(value, "refreshToken") ?? "",
    expiresAt: parseUnixTime(value["expiresAt"]) ?? 0,
    scopes: Array.isArray(scopes) ? scopes.filter((scope): scope is string => typeof scope === "string") : [],
    resource: readString(value, "resource"),
    email: readString(value, "email"),
    name: readString(value, "name"),
    idToken: readString(value, "idToken"),
    lifetimeMs: lifetime && lifetime * 1_000,
    refreshStartedAt: parseUnixTime(value["renewingSince"]),
    earliestRefreshAt: parseTime(value["earliestRefreshAt"]),
    planNoticeGiven: value["planNoticeGiven"] === true ? true : undefined,
    unverified: parseUnverified(value["unverified"]),
    ended: parseEnd(value["ended"]),
  };
}

function parseUnverified(value: JsonValue | undefined): UnverifiedIdToken | undefined {
  if (!isJsonObject(value)) return undefined;
  const idToken = readString(value, "idToken");
  if (idToken === undefined) return undefined;
  return {
    idToken,
    nonce: readString(value, "nonce"),
    receivedAt: readNumber(value, "receivedAt") ?? Date.now(),
  };
}

function parseEnd(value: JsonValue | undefined): EndOfSignIn | undefined {
  if (!isJsonObject(value)) return undefined;
  // Written by some version of axio: a code that this version does not know is kept.
  const stored = (readString(value, "by") ?? "sign-out") as EndOfSignIn["by"];
  const by = stored.startsWith("id-token-") ? "id-token-invalid" : stored;
  const { revoked } = value;
  return { by, revoked: typeof revoked === "boolean" ? revoked : undefined };
}
