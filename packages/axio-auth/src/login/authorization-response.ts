import { AxioError } from "axio";
import { truncateForMessage } from "axio-http/internal";

/** A successful authorization response (RFC 6749, section 4.1.2). */
export interface AuthorizationResponse {
  readonly code: string;
  /** All parameters, including those of one provider only, such as `client_id`. */
  readonly params: URLSearchParams;
}

/**
 * Reads the parameters of a callback whose state was checked.
 *
 * @throws AxioError `login-denied`, `login-failed`.
 */
export function readAuthorizationResponse(params: URLSearchParams): AuthorizationResponse {
  const error = params.get("error");
  if (error !== null) throw authorizationError(error, params.get("error_description") ?? "");
  const [code, ...others] = params.getAll("code");
  if (!code || others.length > 0) {
    throw new AxioError(
      "login-failed",
      "The browser returned without an authorization code. Start the sign-in again.",
    );
  }
  return { code, params };
}

function authorizationError(error: string, description: string): AxioError {
  const peerCode = truncateForMessage(error);
  // The description becomes part of a sentence.
  const reason = truncateForMessage(description).replace(/\.$/, "");
  const explanation = reason === "" ? peerCode : `${reason} (${peerCode})`;
  return error === "access_denied"
    ? new AxioError(
        "login-denied",
        `The sign-in was not approved: ${explanation}. Start it again if that was a mistake.`,
        { details: { peerCode } },
      )
    : new AxioError("login-failed", `The server rejected the sign-in: ${explanation}. Start it again.`, {
        details: { peerCode },
      });
}
