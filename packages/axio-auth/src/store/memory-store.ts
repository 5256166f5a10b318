import { throwIfAborted } from "axio";
import { abortable } from "axio-http/internal";
import { redactSecrets } from "../redact-secrets.ts";
import type { CredentialStore, StoreCallOptions, StoreChange } from "./credential-store.ts";

/**
 * Stores credentials in memory.
 *
 * @example
 * ```ts
 * const store = new MemoryCredentialStore({ accessToken: "secret", expiresAt: 1_900_000_000_000 });
 * (await store.load())?.expiresAt; // 1900000000000
 * ```
 */
export class MemoryCredentialStore<C extends object> implements CredentialStore<C> {
  #credentials: C | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param initial The initial credentials; copied. Default: none. */
  constructor(initial?: C) {
    this.#credentials = initial && redactSecrets(initial);
  }

  async load(): Promise<C | undefined> {
    return this.#credentials;
  }

  async update(change: StoreChange<C>, { signal }: StoreCallOptions = {}): Promise<C | undefined> {
    const updated = this.#queue.then(async () => {
      // The caller may have aborted in the queue. A change that runs is always saved.
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
    this.#queue = updated.catch(() => {});
    return abortable(updated, signal);
  }
}
