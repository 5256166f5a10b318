import type { CredentialStore, StoreCallOptions, StoreTransaction } from "../store/credential-store.ts";

/** A store that is opened when it is needed, and kept from then on. */
export class ProfileStore<C extends object> implements CredentialStore<C> {
  readonly #choose: () => Promise<CredentialStore<C>>;
  #opened: CredentialStore<C> | undefined;

  constructor(choose: () => Promise<CredentialStore<C>>) {
    this.#choose = choose;
  }

  async load(options?: StoreCallOptions): Promise<C | undefined> {
    return (await this.#open()).load(options);
  }

  async update(
    change: (current: C | undefined, turn?: StoreTransaction<C>) => Promise<C | undefined>,
    options?: StoreCallOptions,
  ): Promise<C | undefined> {
    return (await this.#open()).update(change, options);
  }

  async #open(): Promise<CredentialStore<C>> {
    if (this.#opened === undefined) {
      const chosen = await this.#choose();
      // Whoever came first decides, so that one transport has one account.
      this.#opened ??= chosen;
    }
    return this.#opened;
  }
}
