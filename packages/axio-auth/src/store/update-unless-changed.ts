import { delay } from "axio-http/internal";
import type { CredentialStore, StoreTransaction } from "./credential-store.ts";

/** How often a process that waits for the lock looks whether it still needs to, in milliseconds. */
const LOOK_EVERY_MS = 50;

/**
 * Updates a store, unless another process does so first: while the update waits for the store's lock, the store is read,
 * and once `isDone` likes what is there, that is given and the wait is left. So of many who want the same, one takes the
 * lock, and the others need not queue for it.
 */
export async function updateUnlessChanged<C extends object>(
  store: CredentialStore<C>,
  change: (current: C | undefined, turn?: StoreTransaction<C>) => Promise<C | undefined>,
  isDone: (current: C) => boolean,
): Promise<C | undefined> {
  const waiting = new AbortController();
  const looking = new AbortController();
  const updating = store
    .update(
      (current, turn) => {
        looking.abort();
        return change(current, turn);
      },
      { signal: waiting.signal },
    )
    .finally(() => looking.abort());
  const found = await Promise.race([updating.then(() => undefined), look(store, isDone, looking.signal)]);
  if (found === undefined || looking.signal.aborted) return updating;
  updating.catch(() => {});
  waiting.abort();
  return found;
}

async function look<C extends object>(
  store: CredentialStore<C>,
  isDone: (current: C) => boolean,
  signal: AbortSignal,
): Promise<C | undefined> {
  while (!signal.aborted) {
    await delay(LOOK_EVERY_MS, signal).catch(() => {});
    // Where it cannot be read, the update says why.
    const current = signal.aborted ? undefined : await store.load().catch(() => undefined);
    if (current !== undefined && isDone(current)) return current;
  }
  return undefined;
}
