import { delay } from "axio-http/internal";
import type { CredentialStore, StoreChange } from "./credential-store.ts";

/** The interval at which the store is read while another process holds the lock, in milliseconds. */
const POLL_MS = 50;

/**
 * Updates a store, unless another process does so first: while the update waits for the lock, the store is polled. As soon as
 * `isDone` accepts the stored value, it is returned without the lock. So of many processes with the same goal, one takes the
 * lock and the others do not queue for it.
 */
export async function updateUnlessChanged<C extends object>(
  store: CredentialStore<C>,
  change: StoreChange<C>,
  isDone: (current: C) => boolean,
): Promise<C | undefined> {
  const waiting = new AbortController();
  const polling = new AbortController();
  const updating = store
    .update(
      (current, transaction) => {
        polling.abort();
        return change(current, transaction);
      },
      { signal: waiting.signal },
    )
    .finally(() => polling.abort());
  const found = await Promise.race([updating.then(() => undefined), poll(store, isDone, polling.signal)]);
  if (found === undefined || polling.signal.aborted) return updating;
  updating.catch(() => {});
  waiting.abort();
  return found;
}

async function poll<C extends object>(
  store: CredentialStore<C>,
  isDone: (current: C) => boolean,
  signal: AbortSignal,
): Promise<C | undefined> {
  while (!signal.aborted) {
    await delay(POLL_MS, signal).catch(() => {});
    // If the store cannot be read, the update throws the error.
    const current = signal.aborted ? undefined : await store.load().catch(() => undefined);
    if (current !== undefined && isDone(current)) return current;
  }
  return undefined;
}
