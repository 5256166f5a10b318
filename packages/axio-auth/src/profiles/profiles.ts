import { AxioError, isJsonObject } from "axio";
import { parseObject } from "../parse-object.ts";

/** Several sign-ins side by side, each under a name of the person's own. */
export interface Profiles {
  /** The name of the profile that is used where nobody names one. */
  readonly current: string;
  /** Where a profile is kept, by name. Profiles that are not here are kept in a file each. */
  readonly stores: ReadonlyMap<string, string>;
}

/** The profile that is there from the start. */
export const DEFAULT_PROFILE = "default";

/** Where nothing was ever written down. */
export const NO_PROFILES: Profiles = { current: DEFAULT_PROFILE, stores: new Map() };

const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;
const VERSION = 1;

/** Whether a name can be a profile's: it becomes a part of a file's name, so it is no path. */
export function isProfileName(name: string): boolean {
  return NAME.test(name);
}

/** What a profile's entry is called, whatever keeps it: `codex`, `codex-work`. */
export function profileEntry(provider: string, profile: string): string {
  return profile === DEFAULT_PROFILE ? provider : `${provider}-${profile}`;
}

/** The profile of a provider that a file of axio's folder belongs to; `undefined` for all other files. */
export function profileOfFile(provider: string, file: string): string | undefined {
  const entry = file.endsWith(".json") ? file.slice(0, -".json".length) : "";
  if (entry === provider) return DEFAULT_PROFILE;
  const name = entry.startsWith(`${provider}-`) ? entry.slice(provider.length + 1) : "";
  return isProfileName(name) ? name : undefined;
}

/**
 * Reads the list of profiles.
 *
 * @param location Where it comes from, for the message of an error.
 * @throws AxioError `store-unavailable` where it makes no sense, or is of a newer version.
 */
export function parseProfiles(text: string, location: string): Profiles {
  const document = parseObject(text);
  const { version, default: current = DEFAULT_PROFILE, stores = {} } = document ?? {};
  if (version !== undefined && version !== VERSION)
    throw unusable(
      location,
      `it is of version ${JSON.stringify(version)}, and this axio knows version ${VERSION}`,
    );
  if (document === undefined || typeof current !== "string" || !isProfileName(current))
    throw unusable(location, "it is cut off, or was changed by something else");
  if (!isJsonObject(stores)) throw unusable(location, "its stores are not an object");
  const known = Object.entries(stores).filter(
    (entry): entry is [string, string] => isProfileName(entry[0]) && typeof entry[1] === "string",
  );
  return { current, stores: new Map(known) };
}

/** Writes the list of profiles as text. */
export function formatProfiles({ current, stores }: Profiles): string {
  const document = { version: VERSION, default: current, stores: Object.fromEntries(stores) };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Notes where a profile is kept. */
export function withStore(profiles: Profiles, name: string, store: string): Profiles {
  const stores = new Map(profiles.stores);
  if (store === "file") stores.delete(name);
  else stores.set(name, store);
  return { ...profiles, stores };
}

function unusable(location: string, what: string): AxioError {
  return new AxioError(
    "store-unavailable",
    `The list of profiles in ${location} cannot be used: ${what}. Correct or delete it: profiles that are kept in files are found without it.`,
  );
}
