import { DEFAULT_PROFILE, type ProfileSet, withStore } from "axio-auth";
import type { BearerCredentials } from "../../credentials.ts";
import { checkProfileName, shortPath } from "../accounts.ts";
import type { CommandContext } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import type { CliIo } from "../io.ts";
import { shellWord } from "../shell-word.ts";
import { nearest } from "../suggest.ts";
import { escapeLine } from "../terminal-text.ts";
import { UsageError } from "../usage-error.ts";

/** The command `use`. */
export async function runUse<C extends BearerCredentials>(context: CommandContext<C>): Promise<number> {
  const { args, io, out, err, program } = context;
  const profiles = await program.load.profiles();
  const kind = args.text("store");
  if (kind !== undefined && !profiles.storeNames.includes(kind))
    throw new UsageError(
      `${JSON.stringify(kind)} cannot keep a profile.`,
      `Stores: ${profiles.storeNames.join(", ")}. A file of your own is named with --store at each command.`,
    );
  const name = nameOf(
    args.words,
    program.name,
    kind !== undefined && profiles.isSinglePlace(kind) ? kind : undefined,
  );
  const known = await knownProfiles(profiles, io);
  if (kind === undefined && !known.has(name)) throw unknownProfile(program.name, name, [...known.keys()]);
  const where = kind ?? known.get(name) ?? "file";
  const { store, place } = profiles.open(name, where, io);
  await profiles.change((list) => ({ ...withStore(list, name, where), current: name }), io);
  const credentials = await store.load().catch(() => undefined);
  const isSignedIn = credentials !== undefined && program.describe(credentials) !== undefined;
  if (args.flag("json")) {
    await out.json({ default: name, store: place, signedIn: isSignedIn });
    return EXIT.ok;
  }
  const { style } = err;
  await err.line(
    `${style.green(style.unicode ? "✓" : "ok:")} ${style.bold(name)} is used by default now (${escapeLine(shortPath(place, context))}).`,
  );
  if (!isSignedIn)
    await err.line(`  Nobody is signed in there. Sign in: ${style.cyan(`${program.name} login`)}`);
  return EXIT.ok;
}

function nameOf(words: readonly string[], program: string, usual: string | undefined): string {
  const [name = usual, other] = words;
  if (name === undefined)
    throw new UsageError("Which profile?", `Name one, such as: ${program} use work. All: ${program} status`);
  if (other !== undefined)
    throw new UsageError("Only one profile can be the default.", `Name one: ${program} use NAME`);
  checkProfileName(name);
  return name;
}

/** Every profile that there is, with its store. */
async function knownProfiles<C extends BearerCredentials>(
  profiles: ProfileSet<C>,
  io: CliIo,
): Promise<ReadonlyMap<string, string>> {
  const { current, stores } = await profiles.read(io);
  const inFiles = [DEFAULT_PROFILE, current, ...(await profiles.withFile(io))];
  return new Map([...inFiles.map((name) => [name, "file"] as const), ...stores]);
}

function unknownProfile(program: string, name: string, known: readonly string[]): UsageError {
  const near = nearest(name, known);
  const login = `sign in first: ${program} login --profile ${shellWord(name)}`;
  return new UsageError(
    `There is no profile ${JSON.stringify(name)}.`,
    near === undefined ? `Profiles: ${known.join(", ")}; or ${login}` : `Did you mean ${near}? Or ${login}`,
  );
}
