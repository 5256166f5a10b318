import { type CommandContext, createHost } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import { requireSignIn, shortPath } from "../selection.ts";
import { escapeLine, shellWord } from "../text/terminal-text.ts";
import { UsageError } from "../usage-error.ts";

/** The profile that exists from the start. */
const DEFAULT_PROFILE = "default";

/** Runs the command `use`. */
export async function runUse(context: CommandContext): Promise<number> {
  const { args, io, out, err, cli } = context;
  const { signal } = io;
  const signIn = requireSignIn(context);
  const host = createHost(context);
  const profile = chosenName(context);
  // Rejects a name that no profile can have.
  await signIn.profile(host, { profile, store: args.store, signal });
  if (args.store === undefined) {
    const names = (await signIn.profiles(host, { signal })).map(({ name }) => name);
    if (profile !== DEFAULT_PROFILE && !names.includes(profile))
      throw new UsageError(
        `There is no profile ${JSON.stringify(profile)}.`,
        `Profiles: ${names.join(", ")}; or sign in first: ${cli.name} login --profile ${shellWord(profile)}`,
      );
  }
  const { name, location, account } = await signIn.setDefaultProfile(host, {
    profile,
    store: args.store,
    signal,
  });
  if (args.json) {
    await out.json({ default: name, store: location, signedIn: account !== undefined });
    return EXIT.ok;
  }
  const { style } = err;
  await err.line(
    `${style.green(style.unicode ? "✓" : "ok:")} ${style.bold(escapeLine(name))} is the default now (${escapeLine(shortPath(location, context))}).`,
  );
  if (account === undefined)
    await err.line(`  You are not signed in there. Sign in: ${style.cyan(`${cli.name} login`)}`);
  return EXIT.ok;
}

function chosenName({ args, cli }: CommandContext): string {
  const stores = cli.provider.signIn?.stores ?? [];
  const store = stores.find(({ name }) => name === args.store);
  if (args.store !== undefined && store === undefined)
    throw new UsageError(
      `A profile cannot be stored in ${JSON.stringify(args.store)}.`,
      `Stores: ${stores.map(({ name }) => name).join(", ")}. Select a file with --store in each command.`,
    );
  const name = args.words[0] ?? (store?.isSingle ? store.name : undefined);
  if (name !== undefined) return name;
  throw new UsageError(
    "The name of the profile is missing.",
    `For example: ${cli.name} use work. All: ${cli.name} status`,
  );
}
