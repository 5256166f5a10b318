import { throwIfAborted } from "axio";
import { abortable } from "../abortable.ts";
import { redactSecrets } from "../redact-secrets.ts";
import type { CredentialStore, StoreCallOptions, StoreTransaction } from "./credential-store.ts";

/**
 * Keeps a credential for as long as the process runs.
 *
 * @example
 * ```ts
 * const store = new MemoryCredentialStore({ accessToken: "secret", expiresAt: 1_900_000_000 });
 * (await store.load())?.expiresAt; // 1900000000
 * ```
 */
export class MemoryCredentialStore<C extends object> implements CredentialStore<C> {
  #credentials: C | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param initial What the store holds at first; copied. */
  constructor(initial?: C) {
    this.#credentials = initial && redactSecrets(initial);
  }

  async load(): Promise<C | undefined> {
    return this.#credentials;
  }

  async update(
    change: (current: C | undefined, turn?: StoreTransaction<C>) => Promise<C | undefined>,
    { signal }: StoreCallOptions = {},
  ): Promise<C | undefined> {
    const turn = this.#queue.then(async () => {
      // The caller may have left while it waited in the queue; once `change` runs, its result is kept.
      throwIfAborted(signal);
      const before = this.#credentials;
      const next = await change(before, {
        markInFlight: () => true,
        save: async (credentials) => {
          this.#credentials = redactSecrets(credentials);
          return true;
        },
      });
      if (next !== before) this.#credentials = next && redactSecrets(next);
      return this.#credentials;
    });
    this.#queue = turn.catch(() => {});
    return abortable(turn, signal);
  }
}
