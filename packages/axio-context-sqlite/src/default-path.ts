import { homedir } from "node:os";
import { posix, win32 } from "node:path";

/** What {@link defaultSessionsPath} looks at. */
export interface PathSurroundings {
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Default `process.platform`. */
  readonly platform?: NodeJS.Platform | undefined;
  /** The home folder. Default `os.homedir()`. */
  readonly home?: string | undefined;
}

/**
 * Where sessions lie: `$XDG_STATE_HOME/axio/sessions.db`, else `~/.local/state/axio` on Linux and the like,
 * `~/Library/Application Support/axio` on macOS, `%LOCALAPPDATA%\axio` on Windows.
 *
 * @see https://specifications.freedesktop.org/basedir-spec
 */
export function defaultSessionsPath({
  env = process.env,
  platform = process.platform,
  home = homedir(),
}: PathSurroundings = {}): string {
  const path = platform === "win32" ? win32 : posix;
  return path.join(stateFolder(env, platform, home), "axio", "sessions.db");
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
