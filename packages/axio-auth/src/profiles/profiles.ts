import { AxioError, isJsonObject } from "axio";
import { parseObject } from "../parse-object.ts";
import { withoutByteOrderMark } from "../store/text-encoding.ts";

/** The list of profiles of a provider. */
export interface Profiles {
  /** The name of the default profile. */
  readonly current: string;
  /** The name of the store of each profile. Profiles that are not listed are stored in files. */
  readonly stores: ReadonlyMap<string, string>;
}

/** The profile that exists from the start. */
export const DEFAULT_PROFILE = "default";

/** The store of profiles that the list does not name. */
export const FILE_STORE = "file";

/** The list before anything is written. */
export const NO_PROFILES: Profiles = { current: DEFAULT_PROFILE, stores: new Map() };

const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;
const VERSION = 1;

/** Whether a profile can have this name: it becomes a part of a file name, so it must not be a path. */
export function isProfileName(name: string): boolean {
  return NAME.test(name);
}

/** @throws AxioError `invalid-argument` for a name that no profile can have. */
export function assertProfileName(name: string): void {
  if (isProfileName(name)) return;
  throw new AxioError(
    "invalid-argument",
    `${JSON.stringify(String(name))} cannot be the name of a profile. Use letters, digits, dots, dashes and underscores.`,
  );
}

/** The name of a profile's entry in every kind of store: `codex`, `codex-work`. */
export function profileEntry(provider: string, profile: string): string {
  return profile === DEFAULT_PROFILE ? provider : `${provider}-${profile}`;
}

/** Returns the profile that a file in axio's directory belongs to, or `undefined` for all other files. */
export function profileOfFile(provider: string, file: string): string | undefined {
  const entry = file.endsWith(".json") ? file.slice(0, -".json".length) : "";
  if (entry === provider) return DEFAULT_PROFILE;
  const name = entry.startsWith(`${provider}-`) ? entry.slice(provider.length + 1) : "";
  return isProfileName(name) ? name : undefined;
}

/**
 * Reads the list of profiles.
 *
 * @param location Where the text comes from, for error messages.
 * @throws AxioError `store-unavailable` if it is malformed, or of a newer version.
 */
export function parseProfiles(text: string, location: string): Profiles {
  const readable = withoutByteOrderMark(text);
  if (readable === undefined) throw unusable(location, "it is in UTF-16 instead of UTF-8");
  const document = parseObject(readable);
  const { version, default: current = DEFAULT_PROFILE, stores = {} } = document ?? {};
  if (version !== undefined && version !== VERSION)
    throw unusable(
      location,
      `it has version ${JSON.stringify(version)}, and this axio knows version ${VERSION}`,
    );
  if (document === undefined || typeof current !== "string" || !isProfileName(current))
    throw unusable(location, "it is truncated, or another program changed it");
  if (!isJsonObject(stores)) throw unusable(location, "its stores are not an object");
  const valid = Object.entries(stores).filter(
    (entry): entry is [string, string] => isProfileName(entry[0]) && typeof entry[1] === "string",
  );
  return { current, stores: new Map(valid) };
}

/** Formats the list of profiles for its file. */
export function formatProfiles({ current, stores }: Profiles): string {
  const document = { version: VERSION, default: current, stores: Object.fromEntries(stores) };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Returns the list with another store for a profile. */
export function withStore(profiles: Profiles, name: string, store: string): Profiles {
  const stores = new Map(profiles.stores);
  if (store === FILE_STORE) stores.delete(name);
  else stores.set(name, store);
  return { ...profiles, stores };
}

function unusable(location: string, problem: string): AxioError {
  return new AxioError(
    "store-unavailable",
    `The list of profiles in ${location} cannot be used: ${problem}. Correct or delete it: profiles that are stored in files are found without it.`,
  );
}
