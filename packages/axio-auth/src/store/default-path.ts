import { posix, win32 } from "node:path";
import { homeDir, type Variables } from "./home-dir.ts";

/** The environment that decides where files are stored. A `PluginHost` is one. */
export interface PathEnvironment {
  /** Default: `process.env`. */
  readonly env?: Variables | undefined;
  /** Default: `process.platform`. */
  readonly platform?: NodeJS.Platform | undefined;
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

function configDir(env: Variables, platform: NodeJS.Platform): string {
  const xdg = env["XDG_CONFIG_HOME"];
  // The specification says to ignore a relative path.
  if (xdg && (platform === "win32" ? win32 : posix).isAbsolute(xdg)) return xdg;
  if (platform === "win32") return env["APPDATA"] || win32.join(homeDir(env), "AppData", "Roaming");
  return platform === "darwin"
    ? posix.join(homeDir(env), "Library", "Application Support")
    : posix.join(homeDir(env), ".config");
}
