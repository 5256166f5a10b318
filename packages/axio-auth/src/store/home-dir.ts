import { homedir, userInfo } from "node:os";
import { isAbsolute } from "node:path";
import { AxioError } from "axio";

/** Environment variables. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Returns the user's home directory: `HOME`, or `USERPROFILE` on Windows; otherwise the one of the account. An empty or
 * relative value is ignored, because it would put secrets into the current directory.
 *
 * @param env Default: `process.env`.
 * @throws AxioError `store-unavailable` if there is none.
 */
export function homeDir(env: Variables = process.env): string {
  try {
    const named = env[process.platform === "win32" ? "USERPROFILE" : "HOME"] || homedir();
    const home = isAbsolute(named) ? named : userInfo().homedir;
    if (isAbsolute(home)) return home;
  } catch (cause) {
    // The user id of a container often has no account.
    throw noHome(cause);
  }
  throw noHome();
}

function noHome(cause?: unknown): AxioError {
  return new AxioError(
    "store-unavailable",
    "There is no home directory to store the sign-in in. Set HOME or XDG_CONFIG_HOME to one of your directories.",
    { cause },
  );
}
