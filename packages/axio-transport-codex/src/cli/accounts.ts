import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  type CredentialStore,
  type Credentials,
  defaultCredentialsPath,
  FileCredentialStore,
  KeychainCredentialStore,
  parseCredentials,
} from "axio-auth";
import type { CommandContext } from "./command.ts";
import { shellWord } from "./shell-word.ts";
import { nearest } from "./suggest.ts";
import { UsageError } from "./usage-error.ts";

/** One sign-in on this machine. */
export interface Account {
  /** The profile's name, or the path that was given instead of one. */
  readonly name: string;
  /** Where it is kept, for people. */
  readonly place: string;
  readonly store: CredentialStore<Credentials>;
}

const DEFAULT_PROFILE = "default";
const PROFILE = /^[A-Za-z0-9][\w.-]{0,63}$/;
const PROFILE_FILE = /^codex(?:-(?<name>.+))?\.json$/;

/** The stores that have a name of their own. */
const STORES: { readonly [name: string]: (profile: string, context: CommandContext) => Account } = {
  file: (profile, context) => fileAccount(profile, profilePath(profile, context)),
  keychain: (profile, context) => {
    const account = entryName(profile);
    return {
      name: profile,
      place: `the system's keychain (axio, ${account})`,
      store: new KeychainCredentialStore({
        account,
        parse: parseCredentials,
        lockFolder: join(dirname(profilePath(profile, context)), `${account}.keychain-lock`),
      }),
    };
  },
};
/** Those that are planned: a clear word is better than a file of that name. */
const STORES_TO_COME: readonly string[] = ["codex-cli"];

/**
 * The sign-in that the options choose.
 *
 * @throws UsageError for a profile's name that cannot be a file's, and for an unknown store.
 */
export function chosenAccount(context: CommandContext): Account {
  const { args } = context;
  const profile = args.text("profile") ?? DEFAULT_PROFILE;
  if (!PROFILE.test(profile))
    throw new UsageError(
      `${JSON.stringify(profile)} cannot be the name of a profile.`,
      "Use letters, digits, dots, dashes and underscores, such as: --profile work",
    );
  const where = args.text("store") ?? "file";
  const store = STORES[where];
  if (store !== undefined) return store(profile, context);
  if (STORES_TO_COME.includes(where))
    throw new UsageError(
      `The store ${JSON.stringify(where)} is not available in this version.`,
      "Leave --store out to use the default file, or give the path of a file.",
    );
  if (!/[\\/]|\.json$/.test(where)) {
    const near = nearest(where, Object.keys(STORES));
    throw new UsageError(
      `There is no store ${JSON.stringify(where)}.`,
      `${near === undefined ? `Stores: ${Object.keys(STORES).join(", ")}` : `Did you mean ${near}`}? A path needs a slash or ends with .json: --store ./${where}`,
    );
  }
  if (args.text("profile") !== undefined)
    throw new UsageError(
      "--profile and the path of --store both say which sign-in.",
      "Leave one of them out.",
    );
  return fileAccount(where, resolve(where));
}

/** All sign-ins that have a profile, the default first, whether or not it is there. */
export async function allAccounts(context: CommandContext): Promise<readonly Account[]> {
  const folder = dirname(profilePath(DEFAULT_PROFILE, context));
  const files = await readdir(folder).catch((): readonly string[] => []);
  const names = files.flatMap((file) => PROFILE_FILE.exec(file)?.groups?.["name"] ?? []);
  const others = names.filter((name) => PROFILE.test(name) && name !== DEFAULT_PROFILE).sort();
  return [DEFAULT_PROFILE, ...others].map((name) => fileAccount(name, profilePath(name, context)));
}

/** A command line that goes on with the same sign-in, to be copied. */
export function nextCommand(command: string, { args }: CommandContext): string {
  const kept = ["profile", "store"].flatMap((name) => {
    const value = args.text(name);
    return value === undefined ? [] : [`--${name}`, shellWord(value)];
  });
  return ["axio-codex", command, ...kept].join(" ");
}

/** A path under the home folder, as people write it. */
export function shortPath(path: string, { io }: CommandContext): string {
  const home = io.home ?? io.env["HOME"];
  return home !== undefined && path.startsWith(join(home, "/")) ? `~${path.slice(home.length)}` : path;
}

/** What a profile's entry is called, whatever keeps it. */
function entryName(profile: string): string {
  return profile === DEFAULT_PROFILE ? "codex" : `codex-${profile}`;
}

function profilePath(profile: string, { io }: CommandContext): string {
  const { env, platform, home } = io;
  return defaultCredentialsPath(entryName(profile), {
    env,
    platform,
    home,
  });
}

function fileAccount(name: string, path: string): Account {
  return { name, place: path, store: new FileCredentialStore({ path, parse: parseCredentials }) };
}
