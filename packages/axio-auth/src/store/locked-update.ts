import { AxioError } from "axio";
import { type CredentialFormat, type DecodedText, decodeText, encodeText } from "./credential-format.ts";
import type { StoreChange } from "./credential-store.ts";

/** A stored text, under a lock. */
export interface LockedText<C extends object> {
  /** Reads the stored text. */
  read(): Promise<DecodedText<C> | undefined>;
  /**
   * Replaces the text `before`, or deletes it if `text` is `undefined`.
   *
   * @param isLast Whether no other text follows, so that reserved space can be used. Default: `true`.
   * @returns `false`, without a change, if the lock is lost or the stored text is not `before`.
   */
  replace(text: string | undefined, before: string | undefined, isLast?: boolean): Promise<boolean>;
  /** See `StoreTransaction`. */
  markInFlight(): boolean;
  /** Proves that a text of this length can be stored, and keeps the space for it until the lock is released. */
  reserve(length: number): Promise<void>;
  release(): Promise<void>;
}

/** Options of {@link updateLocked}. */
export interface LockedUpdate<C extends object> {
  /** Acquires the lock. */
  readonly lock: () => Promise<LockedText<C>>;
  readonly format: CredentialFormat<C>;
  /** The location, for error messages. */
  readonly location: string;
  readonly change: StoreChange<C>;
}

/** The length that is reserved for the first sign-in. Two tokens with claims have about 5,000 characters. */
const FIRST_LENGTH = 8_192;
/** By how much a text may grow with a refresh, such as by longer claims. */
const GROWTH = 1.5;

/** How often a change is repeated because another program wrote meanwhile. */
const MAX_ATTEMPTS = 5;

/** `CredentialStore.update` for stores of a text: locks, reads, changes, replaces, and repeats all if the text changed. */
export async function updateLocked<C extends object>(update: LockedUpdate<C>): Promise<C | undefined> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const stored = await update.lock();
    try {
      const outcome = await changeOnce(stored, update);
      if (outcome.done) return outcome.credentials;
    } finally {
      await stored.release();
    }
  }
  throw new AxioError(
    "store-locked",
    `Another program keeps changing the credentials in ${update.location}. Close other programs that use this sign-in, then try again.`,
    { retryable: true },
  );
}

async function changeOnce<C extends object>(
  stored: LockedText<C>,
  { format, location, change }: LockedUpdate<C>,
): Promise<{ readonly done: boolean; readonly credentials?: C | undefined }> {
  const before = await stored.read();
  let current = before;
  let isLost = false;
  const replace = async (next: C | undefined, isLast: boolean): Promise<boolean> => {
    const document = format.encode(next, current?.document);
    const text = document && encodeText(document);
    if (text === current?.text) return true;
    if (!(await stored.replace(text, current?.text, isLast))) return false;
    // Decoded again, so that the caller gets the same value as the next reader.
    current = text === undefined || next === undefined ? undefined : decodeText(text, format, location);
    return true;
  };
  const next = await change(before?.credentials, {
    markInFlight: () => {
      isLost ||= !stored.markInFlight();
      return !isLost;
    },
    reserve: () => stored.reserve(Math.ceil((current?.text.length ?? FIRST_LENGTH / GROWTH) * GROWTH)),
    save: async (credentials) => {
      isLost ||= !(await replace(credentials, false));
      return !isLost;
    },
  });
  if (isLost) return { done: false };
  const done = next === before?.credentials || (await replace(next, true));
  return { done, credentials: next === undefined ? undefined : current?.credentials };
}
