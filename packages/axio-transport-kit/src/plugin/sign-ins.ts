import { AxioError } from "axio";
import { DEFAULT_PROFILE, type PathEnvironment, withStore } from "axio-auth";
import type { AccountInfo, LogoutOutcome } from "../cli/program.ts";
import type { BearerCredentials } from "../credentials.ts";
import type { SignInProvider } from "./provider.ts";

/** One profile, and who is signed in there. */
export interface ProfileInfo {
  readonly name: string;
  readonly isDefault: boolean;
  /** Where it is kept, for people. */
  readonly place: string;
  /** Absent where nobody is signed in. */
  readonly account?: AccountInfo;
  /** Why the sign-in cannot be read. */
  readonly error?: AxioError;
}

/**
 * All profiles, the default first, then by name. One that cannot be read does not hide the others.
 *
 * @throws AxioError `store-unavailable` where the list of profiles cannot be read.
 */
export async function listProfiles<C extends BearerCredentials>(
  { profiles, describe }: Pick<SignInProvider<C>, "profiles" | "describe">,
  surroundings: PathEnvironment,
  signal?: AbortSignal,
): Promise<readonly ProfileInfo[]> {
  const { current, stores } = await profiles.read(surroundings);
  const withFile = await profiles.withFile(surroundings);
  const names = new Set([current, ...[...stores.keys(), ...withFile].sort()]);
  return Promise.all(
    [...names].map(async (name): Promise<ProfileInfo> => {
      const isDefault = name === current;
      let place = "";
      try {
        const placed = profiles.open(name, stores.get(name) ?? "file", surroundings);
        place = placed.place;
        const credentials = await placed.store.load({ signal });
        const account = credentials && describe(credentials);
        return { name, isDefault, place, ...(account === undefined ? {} : { account }) };
      } catch (error) {
        if (!AxioError.is(error) || error.code === "aborted") throw error;
        return { name, isDefault, place, error };
      }
    }),
  );
}

/**
 * Who is signed in.
 *
 * @param profile Default: the profile that is used where none is named.
 * @throws AxioError where the sign-in cannot be read.
 */
export async function readAccount<C extends BearerCredentials>(
  { profiles, describe }: Pick<SignInProvider<C>, "profiles" | "describe">,
  profile: string | undefined,
  surroundings: PathEnvironment,
  signal?: AbortSignal,
): Promise<AccountInfo | undefined> {
  const credentials = await profiles.store(profile, surroundings).load({ signal });
  return credentials && describe(credentials);
}

/**
 * Makes a profile the one that is used where none is named.
 *
 * @throws AxioError `store-unavailable`, `store-locked`.
 */
export async function makeDefault<C extends BearerCredentials>(
  { profiles }: Pick<SignInProvider<C>, "profiles">,
  name: string,
  surroundings: PathEnvironment,
): Promise<void> {
  await profiles.change(
    (list) => ({ ...withStore(list, name, list.stores.get(name) ?? "file"), current: name }),
    surroundings,
  );
}

/**
 * Takes a profile off the list, once nobody is signed in there. Where it was the default, that is `default` again.
 *
 * @throws AxioError `store-unavailable`, `store-locked`.
 */
export async function forgetProfile<C extends BearerCredentials>(
  { profiles }: Pick<SignInProvider<C>, "profiles">,
  name: string,
  surroundings: PathEnvironment,
): Promise<void> {
  await profiles.change((list) => {
    const { current } = list;
    return { ...withStore(list, name, "file"), current: current === name ? DEFAULT_PROFILE : current };
  }, surroundings);
}

/** What a sign-out achieved, as a sentence or two for the person. */
export function describeLogout({ signedOut, revoked, error }: LogoutOutcome): string {
  if (!signedOut) return "Nobody was signed in: nothing to do.";
  if (revoked) return "Signed out. The tokens are worthless now.";
  const why = error === undefined ? "" : ` ${error.message}`;
  return `Signed out. The tokens are deleted here. The server did not confirm that they are worthless.${why}`;
}
