import { homedir, userInfo } from "node:os";
import { isAbsolute, posix, win32 } from "node:path";
import { AxioError } from "axio";

/** The environment that {@link defaultSessionsPath} reads. */
export interface PathEnvironment {
  /** Environment variables. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Default: `process.platform`. */
  readonly platform?: string | undefined;
  /** Default: the home directory of the environment, or else of the account. */
  readonly homeDir?: string | undefined;
}

/**
 * Returns the default path of the session file: `sessions.db` in `$XDG_STATE_HOME/axio`, `~/.local/state/axio` (Linux),
 * `~/Library/Application Support/axio` (macOS) or `%LOCALAPPDATA%\axio` (Windows).
 *
 * @throws AxioError `store-unavailable` if there is no home directory.
 * @see https://specifications.freedesktop.org/basedir-spec
 */
export function defaultSessionsPath({
  env = process.env,
  platform = process.platform,
  homeDir = defaultHomeDir(),
}: PathEnvironment = {}): string {
  const path = platform === "win32" ? win32 : posix;
  const directory = stateDirectory(env, platform, homeDir);
  // With an empty HOME the path would be relative to the working directory, which may belong to another user.
  if (path.isAbsolute(directory)) return path.join(directory, "axio", "sessions.db");
  throw new AxioError(
    "store-unavailable",
    `There is no home directory for sessions: it is ${JSON.stringify(homeDir)}. Set HOME, or pass a path.`,
  );
}

function stateDirectory(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
  homeDir: string,
): string {
  const xdg = env["XDG_STATE_HOME"];
  // The specification requires ignoring a relative path.
  if (xdg && (platform === "win32" ? win32 : posix).isAbsolute(xdg)) return xdg;
  if (platform === "win32") return env["LOCALAPPDATA"] || win32.join(homeDir, "AppData", "Local");
  return platform === "darwin"
    ? posix.join(homeDir, "Library", "Application Support")
    : posix.join(homeDir, ".local", "state");
}

function defaultHomeDir(): string {
  try {
    const fromEnvironment = homedir();
    return isAbsolute(fromEnvironment) ? fromEnvironment : userInfo().homedir;
  } catch {
    // The user id of a container often has no account.
    return "";
  }
}
