import { AxioError } from "axio";
import { REGISTERING_CLIENT_ID } from "../config.ts";
import { accountMismatch } from "./id-token.ts";

const CLIENT_ID = /^[\w-]{1,200}$/;

/**
 * Returns the client id for the token request: the registered one, or the one that the callback issues.
 *
 * @param registered The client id of the authorization request; `undefined` if it registers.
 * @returns `undefined` if the callback reports an error and has no client id.
 * @throws AxioError `login-failed` if a registration has no valid client id, or the callback is not from the issuer;
 *   `account-mismatch` if it belongs to another registration.
 */
export function callbackClientId(
  params: URLSearchParams,
  registered: string | undefined,
  issuer: string,
): string | undefined {
  if (params.getAll("iss").some((each) => each !== issuer)) {
    throw new AxioError(
      "login-failed",
      "The callback is not from the expected sign-in server. Start the sign-in again.",
    );
  }
  const [issued, ...others] = params.getAll("client_id");
  if (registered !== undefined) {
    if (others.length > 0 || (issued !== undefined && issued !== registered)) throw accountMismatch();
    return registered;
  }
  const isUsable =
    issued !== undefined && others.length === 0 && issued !== REGISTERING_CLIENT_ID && CLIENT_ID.test(issued);
  if (isUsable) return issued;
  if (params.has("error")) return undefined;
  throw new AxioError(
    "login-failed",
    "The registration is incomplete: the server issued no client id for this app. Start the sign-in again.",
  );
}
