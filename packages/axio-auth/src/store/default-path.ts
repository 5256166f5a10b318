import { posix, win32 } from "node:path";
import { absoluteVariable } from "./expand-path.ts";
import { homeDir, type Variables } from "./home-dir.ts";

/** The environment that decides where files are stored. A `PluginHost` is one. */
export interface PathEnvironment {
  /** Default: `process.env`. */
  readonly env?: Variables | undefined;
  /** The directory of relative paths. Default: the working directory. */
  readonly cwd?: string | undefined;
  /** Default: `process.platform`. */
  readonly platform?: string | undefined;
}

/**
 * Returns where the credentials of a provider are stored: `$XDG_CONFIG_HOME/axio/NAME.json`, or without that variable in
 * `~/.config/axio` on Linux, `~/Library/Application Support/axio` on macOS and `%APPDATA%\axio` on Windows.
 *
 * @param name The provider: `"codex"`.
 */
export function defaultCredentialsPath(
  name: string,
  { env = process.env, platform = process.platform }: PathEnvironment = {},
): string {
  const path = platform === "win32" ? win32 : posix;
  return path.join(configDir(env, platform), "axio", `${name}.json`);
}

function configDir(env: Variables, platform: string): string {
  const xdg = absoluteVariable(env["XDG_CONFIG_HOME"], env, platform);
  if (xdg !== undefined) return xdg;
  if (platform === "win32")
    return absoluteVariable(env["APPDATA"], env, platform) ?? win32.join(homeDir(env), "AppData", "Roaming");
  return platform === "darwin"
    ? posix.join(homeDir(env), "Library", "Application Support")
    : posix.join(homeDir(env), ".config");
}
