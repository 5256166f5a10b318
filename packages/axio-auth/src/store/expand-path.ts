import { posix, resolve, win32 } from "node:path";
import { AxioError } from "axio";
import { homeDir, type Variables } from "./home-dir.ts";

/** The environment of a path. */
export interface ExpandOptions {
  /** Default: `process.env`. */
  readonly env?: Variables | undefined;
  /** The directory of relative paths. Default: the working directory. */
  readonly cwd?: string | undefined;
}

/** A home directory at the beginning of a path, as shells write it. */
const HOME = /^(?:~|\$HOME|\$\{HOME\}|%USERPROFILE%)(?=[\\/]|$)/i;

/**
 * Returns the absolute path that the user means. Shells do not expand `~` in `--option=~/x` and in files with variables, and
 * such files may keep the quotes of a value.
 *
 * @throws AxioError `invalid-argument` for an empty path, and for the home directory of another user.
 */
export function expandPath(
  path: string,
  { env = process.env, cwd = process.cwd() }: ExpandOptions = {},
): string {
  const expanded = expandHome(path, env);
  if (expanded !== "") return resolve(cwd, expanded);
  throw new AxioError("invalid-argument", "The path is empty. Is a variable of your shell not set?");
}

/**
 * Returns a directory that a variable names, if it is absolute.
 *
 * @see https://specifications.freedesktop.org/basedir-spec, which says to ignore a relative path
 */
export function absoluteVariable(
  value: string | undefined,
  env: Variables,
  platform: string = process.platform,
): string | undefined {
  const directory = expandHome(value ?? "", env);
  return (platform === "win32" ? win32 : posix).isAbsolute(directory) ? directory : undefined;
}

/** Removes quotes around a path, and replaces `~` at its beginning. */
function expandHome(text: string, env: Variables): string {
  const path = text.trim().replace(/^(["'])(.*)\1$/s, "$2");
  if (HOME.test(path)) return path.replace(HOME, () => homeDir(env));
  if (!/^~[\w.-]+(?:[\\/]|$)/.test(path)) return path;
  throw new AxioError(
    "invalid-argument",
    `The path ${JSON.stringify(path)} names the home directory of another user. Write it in full; for a file whose name begins with ~, write ./ before it.`,
  );
}
