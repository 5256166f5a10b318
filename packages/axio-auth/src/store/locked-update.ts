import { AxioError } from "axio";
import { type CredentialFormat, type DecodedText, decodeText, encodeText } from "./credential-format.ts";

import type { StoreTransaction } from "./credential-store.ts";

/** A place that holds one text, locked. */
export interface LockedPlace<C extends object> {
  /** Reads what is there. */
  read(): Promise<(DecodedText<C> & { readonly text: string }) | undefined>;
  /**
   * Puts a text in the place of `before`, or deletes where there is none.
   *
   * @returns `false`, and nothing is done, where the lock was lost or something else than `before` is there by now.
   */
  replace(text: string | undefined, before: string | undefined): Promise<boolean>;
  /** As in `StoreTurn`. */
  markInFlight(): boolean;
  release(): Promise<void>;
}

/** Options of {@link updateLocked}. */
export interface LockedUpdate<C extends object> {
  /** Takes the lock. */
  readonly lock: () => Promise<LockedPlace<C>>;
  readonly format: CredentialFormat<C>;
  /** Names the place in error messages. */
  readonly location: string;
  readonly change: (current: C | undefined, turn: StoreTransaction<C>) => Promise<C | undefined>;
}

/** How often a value that changed underneath is worked on anew. */
const MAX_ATTEMPTS = 5;

/** `CredentialStore.update` for every place that holds a text: lock, read, change, replace; again where that came too late. */
export async function updateLocked<C extends object>(update: LockedUpdate<C>): Promise<C | undefined> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const place = await update.lock();
    try {
      const outcome = await changeOnce(place, update);
      if (outcome.done) return outcome.credentials;
    } finally {
      await place.release();
    }
  }
  throw new AxioError(
    "store-locked",
    `Another program keeps changing the credentials in ${update.location}. Find out which one (another tool that is signed in?), then try again.`,
    { retryable: true },
  );
}

async function changeOnce<C extends object>(
  place: LockedPlace<C>,
  { format, location, change }: LockedUpdate<C>,
): Promise<{ readonly done: boolean; readonly credentials?: C | undefined }> {
  const before = await place.read();
  let there = before;
  let isLost = false;
  const markInFlight = (): boolean => {
    isLost ||= !place.markInFlight();
    return !isLost;
  };
  const replace = async (next: C | undefined): Promise<boolean> => {
    const document = format.encode(next, there?.document);
    const text = document && encodeText(document);
    if (!(await place.replace(text, there?.text))) return false;
    // Decoded, not passed on: the caller gets what the next reader will get.
    // Where the sign-in is gone, what is left may be somebody else's.
    there =
      text === undefined || next === undefined ? undefined : { text, ...decodeText(text, format, location) };
    return true;
  };
  const save = async (credentials: C): Promise<boolean> => {
    isLost ||= !(await replace(credentials));
    return !isLost;
  };
  const next = await change(before?.credentials, { markInFlight, save });
  if (isLost) return { done: false };
  const done = next === before?.credentials || (await replace(next));
  return { done, credentials: next === undefined ? undefined : there?.credentials };
}
