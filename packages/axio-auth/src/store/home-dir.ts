import { homedir, userInfo } from "node:os";
import { isAbsolute } from "node:path";
import { AxioError } from "axio";

/**
 * The person's home folder: the one that the surroundings name, else that of the account. A `HOME` that is empty or
 * relative names none, or secrets would land in whatever folder a program happens to be started in.
 *
 * @throws AxioError `store-unavailable` where there is none.
 */
export function homeDir(): string {
  try {
    const named = homedir();
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
    "There is no home folder to keep the sign-in in. Set HOME or XDG_CONFIG_HOME to a folder of yours.",
    cause === undefined ? {} : { cause },
  );
}
