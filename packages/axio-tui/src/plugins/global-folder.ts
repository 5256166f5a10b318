import { readFile } from "node:fs/promises";
import { posix, win32 } from "node:path";
import type { SearchPlaces } from "./module-folders.ts";

type Surroundings = Pick<SearchPlaces, "env" | "platform" | "execPath" | "home">;

/**
 * The folder that `npm install --global` puts packages into, as `npm root --global` would say, without starting npm (half a
 * second): the prefix of the surroundings, of `~/.npmrc`, of the `npmrc` of the whole machine, else that of `node`.
 *
 * @see https://docs.npmjs.com/cli/configuring-npm/folders#prefix-configuration
 */
export async function globalModuleFolder(surroundings: Surroundings): Promise<string | undefined> {
  const { env, platform, home } = surroundings;
  const path = platform === "win32" ? win32 : posix;
  const named =
    env["npm_config_prefix"] ||
    env["NPM_CONFIG_PREFIX"] ||
    (await prefixOfFile(
      env["npm_config_userconfig"] || env["NPM_CONFIG_USERCONFIG"] || path.join(home, ".npmrc"),
      surroundings,
    )) ||
    (await prefixOfFile(path.join(usualPrefix(surroundings), "etc", "npmrc"), surroundings));
  const prefix =
    named ||
    (platform === "win32" && env["APPDATA"] ? win32.join(env["APPDATA"], "npm") : usualPrefix(surroundings));
  if (!path.isAbsolute(prefix)) return undefined;
  return platform === "win32"
    ? win32.join(prefix, "node_modules")
    : posix.join(prefix, "lib", "node_modules");
}

function usualPrefix({ platform, execPath, env }: Surroundings): string {
  if (platform === "win32") return win32.dirname(execPath);
  return env["PREFIX"] || posix.dirname(posix.dirname(execPath));
}

/** The member `prefix` of an npmrc, which is in the form of an INI file. */
async function prefixOfFile(file: string, { env, home }: Surroundings): Promise<string | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  const value = /^[ \t]*prefix[ \t]*=[ \t]*"?([^"\r\n]+?)"?[ \t]*$/m.exec(text)?.[1];
  return value
    ?.replace(/^~(?=[\\/]|$)/, home)
    .replaceAll(/\$\{(\w+)\}/g, (_all, name: string) => env[name] ?? "");
}
