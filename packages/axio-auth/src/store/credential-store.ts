/** How a call on a store may be ended early. */
export interface StoreCallOptions {
  /** Ends the wait for the store's lock. What already runs under the lock is finished and saved. */
  readonly signal?: AbortSignal | undefined;
}

/** The turn of a `change` in a store that several processes share. */
export interface StoreTransaction<C extends object = never> {
  /**
   * To be called right before what must not happen twice, such as sending a refresh token. From then on no other process
   * gets a turn while this one lives. `false` where the turn is lost already: then it must not happen, the result of
   * `change` does not count, and `change` runs again on the newer value.
   */
  markInFlight(): boolean;
  /**
   * Saves a value before `change` is done: a mark of what is about to happen, which stays where `change` fails or its
   * process dies. `false` where the turn is lost, as with `pin`. Missing where the store cannot do that.
   */
  save?(credentials: C): Promise<boolean>;
}

/**
 * Where a credential is kept. `C` is its shape: every provider has its own.
 *
 * Objects from a store are not to be changed; their secrets do not show in `console.log`.
 */
export interface CredentialStore<C extends object> {
  /**
   * Reads the credential; `undefined` where nobody is signed in.
   *
   * @throws AxioError `credentials-malformed`, `store-unavailable`.
   */
  load(options?: StoreCallOptions): Promise<C | undefined>;

  /**
   * Runs `change` on the stored value under the store's lock and saves the result before returning it. Returning the
   * value it was given writes nothing; returning `undefined` deletes.
   *
   * `change` runs a second time, on the newer value, where another writer got between; so it must not assume that it
   * runs once. It must not call `update` of the same store: it would wait for itself.
   *
   * @throws AxioError `store-locked`, `store-unavailable`, `credentials-malformed`, and whatever `change` throws, in
   *   which case nothing is written.
   */
  update(
    change: (current: C | undefined, turn?: StoreTransaction<C>) => Promise<C | undefined>,
    options?: StoreCallOptions,
  ): Promise<C | undefined>;
}
