import { randomBytes } from "node:crypto";
import { withQuery } from "../codex/authorization-request.ts";
import type { PlanAuthorizationRequest } from "./authorization-request.ts";
import { DYNAMIC_CLIENT_ID } from "./registrations.ts";
import { scopeText } from "./scopes.ts";
import type { AuthorizeSwitches } from "./switches.ts";

/** A sign-in that was approved. */
export interface ApprovedSignIn {
  readonly code: string;
  readonly clientId: string;
  readonly isRegistration: boolean;
  readonly scopes: readonly string[];
  readonly issuer: string;
}

/** The redirect after an approval. */
export function approvedLocation(
  { redirectUri, state }: PlanAuthorizationRequest,
  signIn: ApprovedSignIn,
  switches: AuthorizeSwitches,
): string {
  const location = new URL(withQuery(redirectUri, { code: signIn.code }));
  for (const value of stateMembers(state, switches)) location.searchParams.append("state", value);
  for (const value of clientIdMembers(signIn, switches.clientId)) {
    location.searchParams.append("client_id", value);
  }
  if (switches.scope) location.searchParams.append("scope", scopeText(signIn.scopes));
  if (switches.iss !== "absent") {
    location.searchParams.append(
      "iss",
      switches.iss === "right" ? signIn.issuer : "https://auth.example.test",
    );
  }
  return location.href;
}

/** The redirect after a refusal. */
export function refusedLocation(
  { redirectUri, state }: PlanAuthorizationRequest,
  error: "access_denied" | "server_error",
  switches: AuthorizeSwitches,
): string {
  const description = error === "access_denied" ? "The user denied the request." : "Something went wrong.";
  const location = new URL(withQuery(redirectUri, { error, error_description: description }));
  for (const value of stateMembers(state, switches)) location.searchParams.append("state", value);
  return location.href;
}

/** The same callback with a wrong state. */
export function withForeignState(location: string): string {
  const changed = new URL(location);
  changed.searchParams.set("state", randomBytes(32).toString("base64url"));
  return changed.href;
}

function stateMembers(state: string, switches: AuthorizeSwitches): readonly string[] {
  if (switches.state === "right") return [state];
  return switches.state === "wrong" ? [randomBytes(32).toString("base64url")] : [];
}

function clientIdMembers(signIn: ApprovedSignIn, kind: AuthorizeSwitches["clientId"]): readonly string[] {
  switch (kind) {
    case "usual":
      return signIn.isRegistration ? [signIn.clientId] : [];
    case "issued":
      return [signIn.clientId];
    case "absent":
      return [];
    case "another":
      return ["oaiapp_another_app"];
    case "dynamic":
      return [DYNAMIC_CLIENT_ID];
    case "twice":
      return [signIn.clientId, "oaiapp_another_app"];
  }
}
