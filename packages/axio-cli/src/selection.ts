import { homedir } from "node:os";
import { join } from "node:path";
import { AxioError } from "axio";
import type { Profile, ProfileSelection, ProviderSignIn } from "axio/plugin";
import type { CommandContext } from "./command-context.ts";
import { shellWord } from "./text/terminal-text.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Returns the sign-in of the provider.
 *
 * @throws AxioError `invalid-argument` if it needs none.
 */
export function requireSignIn({ cli }: Pick<CommandContext, "cli">): ProviderSignIn {
  const { signIn, title } = cli.provider;
  if (signIn === undefined)
    throw new AxioError("invalid-argument", `${title} needs no sign-in. Use it without one.`);
  return signIn;
}

/**
 * Returns the profile that the options select.
 *
 * @throws UsageError for an unknown store, and for a path together with a profile.
 */
export function selectionOf({ args, cli, io }: CommandContext): ProfileSelection {
  const { profile, store } = args;
  const stores = cli.provider.signIn?.stores ?? [];
  const { signal } = io;
  if (store === undefined || stores.some(({ name }) => name === store)) return { profile, store, signal };
  if (!/[\\/]|^~|\.json["']?$/.test(store))
    throw new UsageError(
      `There is no store ${JSON.stringify(store)}.`,
      `Stores: ${stores.map(({ name }) => name).join(", ")}. A path needs a slash or ends with .json: --store ./${store}`,
    );
  if (profile !== undefined)
    throw new UsageError(
      "--profile and the path of --store both select a sign-in.",
      "Leave one of them out.",
    );
  return { store, signal };
}

/**
 * Returns a command that uses the same profile, to be copied.
 *
 * @param profile The profile that the provider chose, if the arguments name none.
 */
export function nextCommand(
  command: string,
  { args, cli }: CommandContext,
  profile?: Pick<Profile, "name" | "isDefault">,
): string {
  const chosen = profile?.isDefault === false && args.store === undefined ? profile.name : undefined;
  const selection = { profile: args.profile ?? chosen, store: args.store };
  const options = Object.entries(selection).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, shellWord(value)],
  );
  return [cli.name, command, ...options].join(" ");
}

/** Shortens a path in the home directory to `~/…`. */
export function shortPath(path: string, { io }: Pick<CommandContext, "io">): string {
  const home = io.env["HOME"] || homedir();
  return path.startsWith(join(home, "/")) ? `~${path.slice(home.length)}` : path;
}
