import type { CredentialStore, StoreCallOptions, StoreTransaction } from "../store/credential-store.ts";

/** A store that is chosen when it is first used, and stays the same from then on. */
export class LazyStore<C extends object> implements CredentialStore<C> {
  readonly #choose: () => Promise<CredentialStore<C>>;
  #chosen: CredentialStore<C> | undefined;

  constructor(choose: () => Promise<CredentialStore<C>>) {
    this.#choose = choose;
  }

  async load(options?: StoreCallOptions): Promise<C | undefined> {
    return (await this.#open()).load(options);
  }

  async update(
    change: (current: C | undefined, transaction?: StoreTransaction<C>) => Promise<C | undefined>,
    options?: StoreCallOptions,
  ): Promise<C | undefined> {
    return (await this.#open()).update(change, options);
  }

  async #open(): Promise<CredentialStore<C>> {
    if (this.#chosen === undefined) {
      const chosen = await this.#choose();
      // The first call decides, so that a transport uses one account.
      this.#chosen ??= chosen;
    }
    return this.#chosen;
  }
}
