import type { CredentialStore, StoreCallOptions, StoreChange } from "../store/credential-store.ts";

/** A store that is selected by the first call, and stays the same from then on. */
export class LazyStore<C extends object> implements CredentialStore<C> {
  readonly #select: () => Promise<CredentialStore<C>>;
  #selected: CredentialStore<C> | undefined;

  constructor(select: () => Promise<CredentialStore<C>>) {
    this.#select = select;
  }

  async load(options?: StoreCallOptions): Promise<C | undefined> {
    return (await this.#open()).load(options);
  }

  async update(change: StoreChange<C>, options?: StoreCallOptions): Promise<C | undefined> {
    return (await this.#open()).update(change, options);
  }

  async #open(): Promise<CredentialStore<C>> {
    if (this.#selected === undefined) {
      const selected = await this.#select();
      // The first call decides, so that a transport uses one account.
      this.#selected ??= selected;
    }
    return this.#selected;
  }
}
