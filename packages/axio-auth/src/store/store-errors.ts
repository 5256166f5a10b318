import { AxioError } from "axio";

/** The remedy for each reason that the file system gives. */
const REMEDIES: Record<string, string> = {
  EACCES: "You have no permission for it: check who owns the file and its folder.",
  EPERM: "You have no permission for it: check who owns the file and its folder.",
  EROFS: "The disk is read-only: choose another place for the credentials, or keep them in memory.",
  ENOSPC: "The disk is full: make room, then try again.",
  EDQUOT: "Your disk quota is used up: make room, then try again.",
  EISDIR: "A folder is in the place of the file: move it away.",
  ENOTDIR: "A part of the path is a file and not a folder: move it away.",
  EEXIST: "A part of the path is a file and not a folder: move it away.",
  ELOOP: "Its symbolic links lead in a circle: remove them.",
  EMFILE: "Too many files are open: close some, then try again.",
};

/** The system's code of an error, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The error for a file that cannot be read or written. */
export function storeUnavailable(error: unknown, what: string, path: string): AxioError {
  if (AxioError.is(error)) return error;
  const code = errnoOf(error);
  const remedy = (code && REMEDIES[code]) ?? "Check the file and its folder, then try again.";
  return new AxioError("store-unavailable", `${what} ${path} failed${code ? ` (${code})` : ""}. ${remedy}`, {
    cause: error,
  });
}

/** The error for stored credentials that make no sense. Never carries what was stored. */
export function credentialsMalformed(location: string, what: string): AxioError {
  return new AxioError(
    "credentials-malformed",
    `The credentials in ${location} cannot be used: ${what}. They are left as they are. ` +
      "Move or delete them, then sign in again.",
  );
}
