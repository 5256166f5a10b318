import { AxioError } from "axio";
import { errorCode } from "axio/internal";

/** The advice for each error code of the file system. */
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: "You have no permission: check the owner of the file and its directory.",
  EPERM: "You have no permission: check the owner of the file and its directory.",
  EROFS: "The disk is read-only: choose another location for the credentials, or keep them in memory.",
  ENOSPC: "The disk is full: free some space, then try again.",
  EDQUOT: "Your disk quota is used up: free some space, then try again.",
  EISDIR: "A directory has the name of the file: move it away.",
  ENOTDIR: "A part of the path is a file instead of a directory: move it away.",
  EEXIST: "A part of the path is a file instead of a directory: move it away.",
  ELOOP: "Its symbolic links form a cycle: remove them.",
  EMFILE: "Too many files are open: close some, then try again.",
};

/**
 * Creates the error for a file that cannot be used.
 *
 * @param action What failed, such as `"Reading"`.
 */
export function storeUnavailable(error: unknown, action: string, path: string): AxioError {
  if (AxioError.is(error)) return error;
  const code = errorCode(error);
  const advice = (code && ADVICE[code]) ?? "Check the file and its directory, then try again.";
  return new AxioError(
    "store-unavailable",
    `${action} ${path} failed${code ? ` (${code})` : ""}. ${advice}`,
    { cause: error },
  );
}

/** Creates the error for stored credentials that are not valid. Never contains what was stored. */
export function credentialsMalformed(location: string, problem: string): AxioError {
  return new AxioError(
    "credentials-malformed",
    `The credentials in ${location} cannot be used: ${problem}. They were not changed. ` +
      "Move or delete them, then sign in again.",
  );
}
