import { posix, win32 } from "node:path";
import { homeDir } from "./home-dir.ts";

/** What {@link defaultCredentialsPath} looks at. */
export interface PathEnvironment {
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Default `process.platform`. */
  readonly platform?: NodeJS.Platform | undefined;
  /** The home folder. Default {@link homeDir}. */
  readonly home?: string | undefined;
}

/**
 * Where the credentials of a provider lie: `$XDG_CONFIG_HOME/axio/NAME.json`, else `~/.config/axio` on Linux and the
 * like, `~/Library/Application Support/axio` on macOS, `%APPDATA%\axio` on Windows.
 *
 * @param name The provider: `"codex"`.
 */
export function defaultCredentialsPath(
  name: string,
  { env = process.env, platform = process.platform, home }: PathEnvironment = {},
): string {
  const path = platform === "win32" ? win32 : posix;
  return path.join(configFolder(env, platform, home), "axio", `${name}.json`);
}

function configFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string | undefined,
): string {
  const xdg = env["XDG_CONFIG_HOME"];
  // The specification tells to ignore a relative one.
  if (xdg && (platform === "win32" ? win32 : posix).isAbsolute(xdg)) return xdg;
  if (platform === "win32") return env["APPDATA"] || win32.join(home ?? homeDir(), "AppData", "Roaming");
  return platform === "darwin"
    ? posix.join(home ?? homeDir(), "Library", "Application Support")
    : posix.join(home ?? homeDir(), ".config");
}
