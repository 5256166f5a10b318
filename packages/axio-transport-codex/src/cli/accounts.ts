import { join, resolve } from "node:path";
import { type CredentialStore, type Credentials, DEFAULT_PROFILE, isProfileName } from "axio-auth";
import { CODEX_PROFILES } from "../profile-store.ts";
import type { CommandContext } from "./command.ts";
import { shellWord } from "./shell-word.ts";
import { nearest } from "./suggest.ts";
import { UsageError } from "./usage-error.ts";

/** One sign-in on this machine. */
export interface Account {
  /** The profile's name, or the path that was given instead of one. */
  readonly name: string;
  /** The name of its store; missing for a path, which has no profile. */
  readonly kind?: string;
  /** Where it is kept, for people. */
  readonly place: string;
  readonly store: CredentialStore<Credentials>;
}

/**
 * The sign-in that the options choose: where they name none, the default profile.
 *
 * @throws UsageError for a profile's name that cannot be a file's, and for an unknown store; AxioError
 *   `store-unavailable` where the list of profiles cannot be read.
 */
export async function chosenAccount(context: CommandContext): Promise<Account> {
  const { args, io } = context;
  const profile = args.text("profile");
  const kind = args.text("store");
  if (profile !== undefined) checkProfileName(profile);
  if (kind !== undefined && !CODEX_PROFILES.storeNames.includes(kind)) return pathAccount(kind, context);
  if (profile !== undefined && kind !== undefined) return profileAccount(profile, kind, context);
  const { current, stores } = await CODEX_PROFILES.read(io);
  const kindOf = (name: string): string => stores.get(name) ?? "file";
  if (kind === undefined) return profileAccount(profile ?? current, kindOf(profile ?? current), context);
  if (kindOf(current) === kind) return profileAccount(current, kind, context);
  return profileAccount(kind === "codex-cli" ? kind : DEFAULT_PROFILE, kind, context);
}

/** All sign-ins that have a profile, the default first, whether or not it is there. */
export async function allAccounts(
  context: CommandContext,
): Promise<{ readonly current: string; readonly accounts: readonly Account[] }> {
  const { io } = context;
  const { current, stores } = await CODEX_PROFILES.read(io);
  const known = [
    ...[...stores].map(([name, kind]) => ({ name, kind })),
    ...(await CODEX_PROFILES.withFile(io)).map((name) => ({ name, kind: "file" })),
    ...(stores.has(current) ? [] : [{ name: current, kind: "file" }]),
  ];
  const sorted = [...new Map(known.map((entry) => [`${entry.name} ${entry.kind}`, entry])).values()].sort(
    (left, right) =>
      Number(right.name === current) - Number(left.name === current) || (left.name < right.name ? -1 : 1),
  );
  return { current, accounts: sorted.map(({ name, kind }) => profileAccount(name, kind, context)) };
}

/** @throws UsageError for a name that cannot be a profile's. */
export function checkProfileName(name: string): void {
  if (isProfileName(name)) return;
  throw new UsageError(
    `${JSON.stringify(name)} cannot be the name of a profile.`,
    "Use letters, digits, dots, dashes and underscores, such as: --profile work",
  );
}

function pathAccount(path: string, { args }: CommandContext): Account {
  if (!/[\\/]|\.json$/.test(path)) {
    const near = nearest(path, CODEX_PROFILES.storeNames);
    throw new UsageError(
      `There is no store ${JSON.stringify(path)}.`,
      `${near === undefined ? `Stores: ${CODEX_PROFILES.storeNames.join(", ")}` : `Did you mean ${near}`}? A path needs a slash or ends with .json: --store ./${path}`,
    );
  }
  if (args.text("profile") !== undefined)
    throw new UsageError(
      "--profile and the path of --store both say which sign-in.",
      "Leave one of them out.",
    );
  return { name: path, ...CODEX_PROFILES.file(resolve(path)) };
}

function profileAccount(name: string, kind: string, { io }: CommandContext): Account {
  return { name, kind, ...CODEX_PROFILES.open(name, kind, io) };
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
