import { homedir, userInfo } from "node:os";
import { isAbsolute, posix, win32 } from "node:path";
import { AxioError } from "axio";

/** What {@link defaultSessionsPath} looks at. */
export interface PathEnvironment {
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Default `process.platform`. */
  readonly platform?: NodeJS.Platform | undefined;
  /** The home folder. Default: that of the surroundings, else that of the account. */
  readonly home?: string | undefined;
}

/**
 * Where sessions lie: `$XDG_STATE_HOME/axio/sessions.db`, else `~/.local/state/axio` on Linux and the like,
 * `~/Library/Application Support/axio` on macOS, `%LOCALAPPDATA%\axio` on Windows.
 *
 * @throws AxioError `store-unavailable` where the surroundings name no home folder.
 * @see https://specifications.freedesktop.org/basedir-spec
 */
export function defaultSessionsPath({
  env = process.env,
  platform = process.platform,
  home = homeFolder(),
}: PathEnvironment = {}): string {
  const path = platform === "win32" ? win32 : posix;
  const folder = stateFolder(env, platform, home);
  // With an empty HOME the path would be below the working folder, which may be anybody's.
  if (path.isAbsolute(folder)) return path.join(folder, "axio", "sessions.db");
  throw new AxioError(
    "store-unavailable",
    `There is no home folder to keep sessions in: it is ${JSON.stringify(home)}. Set HOME, or name a file.`,
  );
}

function stateFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string,
): string {
  const xdg = env["XDG_STATE_HOME"];
  // The specification tells to ignore a relative one.
  if (xdg && (platform === "win32" ? win32 : posix).isAbsolute(xdg)) return xdg;
  if (platform === "win32") return env["LOCALAPPDATA"] || win32.join(home, "AppData", "Local");
  return platform === "darwin"
    ? posix.join(home, "Library", "Application Support")
    : posix.join(home, ".local", "state");
}

function homeFolder(): string {
  try {
    const named = homedir();
    return isAbsolute(named) ? named : userInfo().homedir;
  } catch {
    // The user id of a container often has no account.
    return "";
  }
}
