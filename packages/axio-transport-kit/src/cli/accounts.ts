import { join, resolve } from "node:path";
import { type CredentialStore, DEFAULT_PROFILE, isProfileName, type ProfileSet } from "axio-auth";
import type { BearerCredentials } from "../credentials.ts";
import type { CommandContext } from "./command.ts";
import type { CliIo } from "./io.ts";
import { shellWord } from "./shell-word.ts";
import { nearest } from "./suggest.ts";
import { UsageError } from "./usage-error.ts";

/** One sign-in on this machine. */
export interface Account<C extends BearerCredentials> {
  /** The profile's name, or the path that was given instead of one. */
  readonly name: string;
  /** The name of its store; missing for a path, which has no profile. */
  readonly kind?: string;
  /** Where it is kept, for people. */
  readonly place: string;
  readonly store: CredentialStore<C>;
}

/**
 * The sign-in that the options choose: where they name none, the default profile.
 *
 * @throws UsageError for a profile's name that cannot be a file's, and for an unknown store; AxioError
 *   `store-unavailable` where the list of profiles cannot be read.
 */
export async function chosenAccount<C extends BearerCredentials>(
  context: CommandContext<C>,
): Promise<Account<C>> {
  const { args, io, program } = context;
  const profile = args.text("profile");
  const kind = args.text("store");
  if (profile !== undefined) checkProfileName(profile);
  const profiles = await program.load.profiles();
  if (kind !== undefined && !profiles.storeNames.includes(kind)) return pathAccount(profiles, kind, context);
  if (profile !== undefined && kind !== undefined) return profileAccount(profiles, profile, kind, io);
  const { current, stores } = await profiles.read(io);
  const kindOf = (name: string): string => stores.get(name) ?? "file";
  if (kind === undefined) return profileAccount(profiles, profile ?? current, kindOf(profile ?? current), io);
  if (kindOf(current) === kind) return profileAccount(profiles, current, kind, io);
  return profileAccount(profiles, profiles.isSinglePlace(kind) ? kind : DEFAULT_PROFILE, kind, io);
}

/** All sign-ins that have a profile, the default first, whether or not it is there. */
export async function allAccounts<C extends BearerCredentials>({
  io,
  program,
}: CommandContext<C>): Promise<{ readonly current: string; readonly accounts: readonly Account<C>[] }> {
  const profiles = await program.load.profiles();
  const { current, stores } = await profiles.read(io);
  const known = [
    ...[...stores].map(([name, kind]) => ({ name, kind })),
    ...(await profiles.withFile(io)).map((name) => ({ name, kind: "file" })),
    ...(stores.has(current) ? [] : [{ name: current, kind: "file" }]),
  ];
  const sorted = [...new Map(known.map((entry) => [`${entry.name} ${entry.kind}`, entry])).values()].sort(
    (left, right) =>
      Number(right.name === current) - Number(left.name === current) || (left.name < right.name ? -1 : 1),
  );
  return { current, accounts: sorted.map(({ name, kind }) => profileAccount(profiles, name, kind, io)) };
}

/** @throws UsageError for a name that cannot be a profile's. */
export function checkProfileName(name: string): void {
  if (isProfileName(name)) return;
  throw new UsageError(
    `${JSON.stringify(name)} cannot be the name of a profile.`,
    "Use letters, digits, dots, dashes and underscores, such as: --profile work",
  );
}

function pathAccount<C extends BearerCredentials>(
  profiles: ProfileSet<C>,
  path: string,
  { args }: CommandContext<C>,
): Account<C> {
  if (!/[\\/]|\.json$/.test(path)) {
    const near = nearest(path, profiles.storeNames);
    throw new UsageError(
      `There is no store ${JSON.stringify(path)}.`,
      `${near === undefined ? `Stores: ${profiles.storeNames.join(", ")}` : `Did you mean ${near}`}? A path needs a slash or ends with .json: --store ./${path}`,
    );
  }
  if (args.text("profile") !== undefined)
    throw new UsageError(
      "--profile and the path of --store both say which sign-in.",
      "Leave one of them out.",
    );
  return { name: path, ...profiles.file(resolve(path)) };
}

function profileAccount<C extends BearerCredentials>(
  profiles: ProfileSet<C>,
  name: string,
  kind: string,
  io: CliIo,
): Account<C> {
  return { name, kind, ...profiles.open(name, kind, io) };
}

/** A command line that goes on with the same sign-in, to be copied. */
export function nextCommand<C extends BearerCredentials>(
  command: string,
  { args, program }: CommandContext<C>,
): string {
  const kept = ["profile", "store"].flatMap((name) => {
    const value = args.text(name);
    return value === undefined ? [] : [`--${name}`, shellWord(value)];
  });
  return [program.name, command, ...kept].join(" ");
}

/** A path under the home folder, as people write it. */
export function shortPath(path: string, { io }: { readonly io: CliIo }): string {
  const home = io.home ?? io.env["HOME"];
  return home !== undefined && path.startsWith(join(home, "/")) ? `~${path.slice(home.length)}` : path;
}
