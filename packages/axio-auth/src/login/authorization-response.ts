import { createHash, timingSafeEqual } from "node:crypto";
import { AxioError } from "axio";
import { truncateForMessage } from "axio-http";

/**
 * Suffixes that the authorization server may append to the state it was sent (the Codex sign-in does for one of its
 * ways in).
 */
const STATE_SUFFIXES = ["", ".onboarding_entrypoint=life_sciences"];

/** What a callback with a code says. */
export interface AuthorizationResponse {
  readonly code: string;
  /** All members, also those that only one provider knows, such as `client_id`. */
  readonly params: URLSearchParams;
}

/**
 * Tells whether a callback's state is the one that was sent. Takes the same time for every wrong one, so that it cannot
 * be guessed piece by piece.
 */
export function isExpectedState(received: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return STATE_SUFFIXES.map((suffix) =>
    timingSafeEqual(digest(received), digest(expected + suffix)),
  ).includes(true);
}

/**
 * Reads the members of a callback whose state was checked.
 *
 * @throws AxioError `login-denied`, `not-entitled`, `login-failed`.
 * @see RFC 6749 §4.1.2
 */
export function readAuthorizationResponse(params: URLSearchParams): AuthorizationResponse {
  const error = params.get("error");
  if (error !== null) throw authorizationError(error, params.get("error_description") ?? "");
  const [code, ...others] = params.getAll("code");
  if (!code || others.length > 0) {
    throw new AxioError(
      "login-failed",
      "The browser came back without an authorization code. Start the sign-in again.",
    );
  }
  return { code, params };
}

function authorizationError(error: string, description: string): AxioError {
  const details = { peerCode: truncateForMessage(error) };
  // The description is a sentence as a rule, and here it stands inside another.
  const reason = truncateForMessage(description).replace(/\.$/, "");
  const said = reason === "" ? truncateForMessage(error) : `${reason} (${truncateForMessage(error)})`;
  if (description.includes("missing_codex_entitlement")) {
    return new AxioError(
      "not-entitled",
      "This account's plan, or its workspace, does not include Codex. Ask the workspace's administrator, or sign in with another account.",
      { details: { ...details, reason: "usage-not-included" } },
    );
  }
  if (error === "access_denied") {
    return new AxioError(
      "login-denied",
      `The sign-in was not approved: ${said}. Start it again if that was a mistake.`,
      {
        details,
      },
    );
  }
  return new AxioError("login-failed", `The server refused the sign-in: ${said}. Start it again.`, {
    details,
  });
}
