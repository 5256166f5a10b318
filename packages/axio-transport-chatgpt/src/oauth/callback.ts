import { AxioError } from "axio";
import { REGISTERING_CLIENT_ID } from "../config.ts";
import { accountMismatch } from "./id-token.ts";

const CLIENT_ID = /^[\w-]{1,200}$/;

/**
 * The client id to get tokens with: the one that was issued with this callback, or the registration's. A callback that
 * tells of a failure need not name any.
 *
 * @param registered The client id that the sign-in was asked for with; `undefined` where it registers.
 * @returns `undefined` where the callback tells of a failure, and names none.
 * @throws AxioError `login-failed` where a registration brought no client id, or the answer is not the issuer's;
 *   `account-mismatch` where it is another registration's.
 */
export function clientIdOf(
  params: URLSearchParams,
  registered: string | undefined,
  issuer: string,
): string | undefined {
  const answering = params.getAll("iss");
  if (answering.some((each) => each !== issuer)) {
    throw new AxioError(
      "login-failed",
      "The answer is not from the server that you were to sign in at. Start again.",
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
    "The registration is incomplete: the server gave the app no id of its own. Start the sign-in again.",
  );
}
