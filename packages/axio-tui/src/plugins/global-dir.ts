import { posix, win32 } from "node:path";
import { readRegularFile } from "axio-tools-local/contained-file";

const MAX_NPMRC_BYTES = 1_000_000;

/** The environment in which npm is installed. */
export interface NpmEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The program `node`. */
  readonly execPath: string;
  readonly home: string;
}

/**
 * Returns the directory of `npm install --global`, like `npm root --global`, but without starting npm (half a second). The
 * prefix is that of the environment, of `~/.npmrc`, of the machine's `npmrc`, or of `node`.
 *
 * @see https://docs.npmjs.com/cli/configuring-npm/folders#prefix-configuration
 */
export async function globalModuleDir(environment: NpmEnvironment): Promise<string | undefined> {
  const { env, platform, home } = environment;
  const path = platform === "win32" ? win32 : posix;
  const configured =
    env["npm_config_prefix"] ||
    env["NPM_CONFIG_PREFIX"] ||
    (await prefixOfFile(
      env["npm_config_userconfig"] || env["NPM_CONFIG_USERCONFIG"] || path.join(home, ".npmrc"),
      environment,
    )) ||
    (await prefixOfFile(path.join(defaultPrefix(environment), "etc", "npmrc"), environment));
  const prefix =
    configured ||
    (platform === "win32" && env["APPDATA"] ? win32.join(env["APPDATA"], "npm") : defaultPrefix(environment));
  if (!path.isAbsolute(prefix)) return undefined;
  return platform === "win32"
    ? win32.join(prefix, "node_modules")
    : posix.join(prefix, "lib", "node_modules");
}

function defaultPrefix({ platform, execPath, env }: NpmEnvironment): string {
  if (platform === "win32") return win32.dirname(execPath);
  return env["PREFIX"] || posix.dirname(posix.dirname(execPath));
}

/** Reads `prefix` from an npmrc file, which has INI format. */
async function prefixOfFile(file: string, { env, home }: NpmEnvironment): Promise<string | undefined> {
  const read = await readRegularFile(file, MAX_NPMRC_BYTES);
  const text = read.status === "read" ? read.bytes.toString("utf8") : "";
  const value = /^[ \t]*prefix[ \t]*=[ \t]*"?([^"\r\n]+?)"?[ \t]*$/m.exec(text)?.[1];
  return value
    ?.replace(/^~(?=[\\/]|$)/, home)
    .replaceAll(/\$\{(\w+)\}/g, (_all, name: string) => env[name] ?? "");
}
