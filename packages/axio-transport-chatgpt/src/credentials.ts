import { AxioError, type ErrorCode, isJsonObject, type JsonObject, type JsonValue } from "axio";
import { parseExpiresAt } from "axio-auth";
import { PLAN_SCOPE } from "./config.ts";

/**
 * A registration with "Sign in with ChatGPT" and its sign-in: one client id, issued for one account and workspace, with
 * the tokens of that client id. It stays when the sign-in ends, so that the next one does not register anew.
 */
export interface ChatGPTCredentials {
  /** The client id that was issued for this account and workspace. */
  readonly clientId: string;
  /** Who issued it. */
  readonly issuer: string;
  /** What the tokens are for. Default: OpenAI's API. */
  readonly resource?: string;
  /** Names the account for good. Empty until a sign-in was verified. */
  readonly subject: string;
  readonly email?: string;
  readonly name?: string;
  /** The newest ID token that was verified: a hint for the next sign-in. */
  readonly idToken?: string;
  /** Empty where nobody is signed in. */
  readonly accessToken: string;
  /** Renews the access token; each works once. Empty where there is none. */
  readonly refreshToken: string;
  /** When the access token ends, in Unix seconds; 0 where unknown. */
  readonly expiresAt: number;
  /** How long the access token lasts from its issue, in seconds. */
  readonly lifetime?: number;
  /** What was granted, which may be less than what was asked for. */
  readonly scopes: readonly string[];
  /** What the server says of the earliest renewal, as it came: its form is not documented. */
  readonly earliestRefreshAt?: JsonValue;
  /** An ID token that came with the tokens and is not verified yet: they are not used before it is. */
  readonly unverified?: UnverifiedIdToken;
  /** When a renewal was asked for whose answer is not known, in Unix seconds. */
  readonly renewingSince?: number;
  /** Whether the person was told once that the app uses their plan. */
  readonly planNoticeGiven?: boolean;
  /** How the last sign-in ended, where it did. */
  readonly ended?: EndOfSignIn;
}

/** An ID token that waits for its verification. */
export interface UnverifiedIdToken {
  readonly idToken: string;
  /** The `nonce` of the sign-in; a renewal has none. */
  readonly nonce?: string;
  /** When it came, in Unix milliseconds. */
  readonly receivedAt: number;
}

/** How a sign-in ended: by signing out, or by the error that ended it. */
export interface EndOfSignIn {
  readonly by: "sign-out" | ErrorCode;
  /** Whether the server confirmed a sign-out. */
  readonly revoked?: boolean;
}

/**
 * How far a registration has come.
 *
 * - `pending`: the client id was issued, and nobody has signed in with it yet.
 * - `unverified`: there are tokens, which are not used before it was verified whose they are.
 * - `identity-only`: somebody is signed in, and does not let the app use the plan.
 * - `connected`: the plan can be used.
 * - `signed-out`: the next sign-in uses the registration again.
 */
export type RegistrationState = "pending" | "unverified" | "identity-only" | "connected" | "signed-out";

/** Says how far a registration has come. */
export function registrationState(credentials: ChatGPTCredentials): RegistrationState {
  const { ended, unverified, subject, accessToken, refreshToken } = credentials;
  if (ended !== undefined) return "signed-out";
  if (unverified !== undefined) return "unverified";
  if (subject === "") return "pending";
  return usesPlan(credentials) && accessToken + refreshToken !== "" ? "connected" : "identity-only";
}

/** Whether the sign-in may use the person's plan: what was granted decides, not what was asked for. */
export function usesPlan({ scopes }: Pick<ChatGPTCredentials, "scopes">): boolean {
  return scopes.includes(PLAN_SCOPE);
}

/** A registration without a sign-in. */
export function pendingRegistration(clientId: string, issuer: string): ChatGPTCredentials {
  return { clientId, issuer, subject: "", accessToken: "", refreshToken: "", expiresAt: 0, scopes: [] };
}

/** The registration once its sign-in has ended: without tokens, and with what the next sign-in needs. */
export function endedRegistration(credentials: ChatGPTCredentials, ended: EndOfSignIn): ChatGPTCredentials {
  const { clientId, issuer, subject, email, name, idToken, resource, planNoticeGiven } = credentials;
  return {
    ...pendingRegistration(clientId, issuer),
    ...(resource === undefined ? {} : { resource }),
    subject,
    ...(planNoticeGiven === undefined ? {} : { planNoticeGiven }),
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
    // After signing out, the person wants to be asked which account it is.
    ...(idToken === undefined || ended.by === "sign-out" ? {} : { idToken }),
    ended,
  };
}

/**
 * When a renewal may come at the earliest, in Unix seconds, of whichever form: a number or its text in seconds or
 * milliseconds, or a date.
 *
 * @returns `undefined` where nothing was said, or nothing that can be read.
 */
export function earliestRefresh({ earliestRefreshAt }: ChatGPTCredentials): number | undefined {
  const time = parseExpiresAt(earliestRefreshAt);
  if (time !== undefined || typeof earliestRefreshAt !== "string") return time;
  return parseExpiresAt(Date.parse(earliestRefreshAt));
}

/**
 * Reads a stored registration. Members that it does not know are left out.
 *
 * @throws AxioError `credentials-malformed` where there is no client id.
 */
export function parseChatGPTCredentials(value: JsonObject): ChatGPTCredentials {
  const clientId = text(value, "clientId");
  const issuer = text(value, "issuer");
  if (clientId === undefined || issuer === undefined) {
    throw new AxioError("credentials-malformed", "there is no client id, or no issuer");
  }
  const { scopes, lifetime, renewingSince, earliestRefreshAt } = value;
  return {
    ...pendingRegistration(clientId, issuer),
    subject: text(value, "subject") ?? "",
    accessToken: text(value, "accessToken") ?? "",
    refreshToken: text(value, "refreshToken") ?? "",
    expiresAt: parseExpiresAt(value["expiresAt"]) ?? 0,
    scopes: Array.isArray(scopes) ? scopes.filter((scope): scope is string => typeof scope === "string") : [],
    ...optional("resource", text(value, "resource")),
    ...optional("email", text(value, "email")),
    ...optional("name", text(value, "name")),
    ...optional("idToken", text(value, "idToken")),
    ...optional("lifetime", typeof lifetime === "number" ? lifetime : undefined),
    ...optional("renewingSince", typeof renewingSince === "number" ? renewingSince : undefined),
    ...optional("earliestRefreshAt", earliestRefreshAt ?? undefined),
    ...(value["planNoticeGiven"] === true ? { planNoticeGiven: true } : {}),
    ...optional("unverified", parseUnverified(value["unverified"])),
    ...optional("ended", parseEnd(value["ended"])),
  };
}

function parseUnverified(value: JsonValue | undefined): UnverifiedIdToken | undefined {
  const idToken = isJsonObject(value) ? text(value, "idToken") : undefined;
  if (!isJsonObject(value) || idToken === undefined) return undefined;
  const { receivedAt } = value;
  return {
    idToken,
    ...optional("nonce", text(value, "nonce")),
    receivedAt: typeof receivedAt === "number" ? receivedAt : Date.now(),
  };
}

function parseEnd(value: JsonValue | undefined): EndOfSignIn | undefined {
  if (!isJsonObject(value)) return undefined;
  // Written by axio itself, of whichever version: a code that this one does not know is told as it is.
  const stored = (text(value, "by") ?? "sign-out") as EndOfSignIn["by"];
  const by = stored.startsWith("id-token-") ? "id-token-invalid" : stored;
  const { revoked } = value;
  return { by, ...optional("revoked", typeof revoked === "boolean" ? revoked : undefined) };
}

function text(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [N in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in Name]: Value });
}
