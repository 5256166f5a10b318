import { DEFAULT_PROFILE, withStore } from "axio-auth";
import { CODEX_PROFILES } from "../../profile-store.ts";
import { checkProfileName, shortPath } from "../accounts.ts";
import type { CommandContext } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { shellWord } from "../shell-word.ts";
import { nearest } from "../suggest.ts";
import { escapeLine } from "../terminal-text.ts";
import { UsageError } from "../usage-error.ts";

/** `axio-codex use`. */
export async function runUse(context: CommandContext): Promise<number> {
  const { args, io, out, err } = context;
  const kind = args.text("store");
  if (kind !== undefined && !CODEX_PROFILES.storeNames.includes(kind))
    throw new UsageError(
      `${JSON.stringify(kind)} cannot keep a profile.`,
      `Stores: ${CODEX_PROFILES.storeNames.join(", ")}. A file of your own is named with --store at each command.`,
    );
  const name = nameOf(context, kind);
  const known = await knownProfiles(context);
  if (kind === undefined && !known.has(name)) throw unknownProfile(name, [...known.keys()]);
  const where = kind ?? known.get(name) ?? "file";
  const { store, place } = CODEX_PROFILES.open(name, where, io);
  await CODEX_PROFILES.change((profiles) => ({ ...withStore(profiles, name, where), current: name }), io);
  const isSignedIn = (await store.load().catch(() => undefined)) !== undefined;
  if (args.flag("json")) {
    await out.json({ default: name, store: place, signedIn: isSignedIn });
    return EXIT.ok;
  }
  const { style } = err;
  await err.line(
    `${style.green(style.unicode ? "✓" : "ok:")} ${style.bold(name)} is used by default now (${escapeLine(shortPath(place, context))}).`,
  );
  if (!isSignedIn) await err.line(`  Nobody is signed in there. Sign in: ${style.cyan("axio-codex login")}`);
  return EXIT.ok;
}

function nameOf({ args }: CommandContext, kind: string | undefined): string {
  const [name = kind === "codex-cli" ? kind : undefined, other] = args.words;
  if (name === undefined)
    throw new UsageError("Which profile?", "Name one, such as: axio-codex use work. All: axio-codex status");
  if (other !== undefined)
    throw new UsageError("Only one profile can be the default.", "Name one: axio-codex use NAME");
  checkProfileName(name);
  return name;
}

/** Every profile that there is, with its store. */
async function knownProfiles({ io }: CommandContext): Promise<ReadonlyMap<string, string>> {
  const { current, stores } = await CODEX_PROFILES.read(io);
  const inFiles = [DEFAULT_PROFILE, current, ...(await CODEX_PROFILES.withFile(io))];
  return new Map([...inFiles.map((name) => [name, "file"] as const), ...stores]);
}

function unknownProfile(name: string, known: readonly string[]): UsageError {
  const near = nearest(name, known);
  const login = `sign in first: axio-codex login --profile ${shellWord(name)}`;
  return new UsageError(
    `There is no profile ${JSON.stringify(name)}.`,
    near === undefined ? `Profiles: ${known.join(", ")}; or ${login}` : `Did you mean ${near}? Or ${login}`,
  );
}
