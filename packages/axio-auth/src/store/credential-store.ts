/** Options of the calls of a credential store. */
export interface StoreCallOptions {
  /** Aborts waiting for the lock of the store. A change that already runs is completed and saved. */
  readonly signal?: AbortSignal | undefined;
}

/** A running `update` of a store that several processes share. */
export interface StoreTransaction<C extends object> {
  /**
   * Call this directly before an action that must not happen twice, such as sending a refresh token. From then on, no other
   * process takes over the lock while this process lives.
   *
   * @returns `false` if the transaction is already lost. Then do not perform the action: the result of the change is
   *   discarded, and the change runs again on the newer value.
   */
  markInFlight(): boolean;
  /**
   * Proves that the store can be written, and keeps space for a new value until the change is done. Call it before an action
   * whose result must not be lost, such as sending a refresh token. Absent if the store does not support it.
   *
   * @throws AxioError `store-unavailable` if the result could not be saved. Then do not perform the action.
   */
  reserve?(): Promise<void>;
  /**
   * Saves a value before the change is done, for example a mark that remains if the change fails or the process dies. Absent
   * if the store does not support it.
   *
   * @returns `false` if the transaction is lost, like {@link markInFlight}.
   */
  save?(credentials: C): Promise<boolean>;
}

/** A change of stored credentials. Returns the given value to write nothing, and `undefined` to delete it. */
export type StoreChange<C extends object> = (
  current: C | undefined,
  transaction?: StoreTransaction<C>,
) => Promise<C | undefined>;

/**
 * Stores credentials of the shape `C`, which each provider defines. Treat the returned objects as immutable; their secrets
 * do not appear in `console.log`.
 */
export interface CredentialStore<C extends object> {
  /**
   * Returns the credentials, or `undefined` if there are none.
   *
   * @throws AxioError `credentials-malformed`, `store-unavailable`.
   */
  load(options?: StoreCallOptions): Promise<C | undefined>;

  /**
   * Runs a change on the stored value under the lock of the store, and saves the result before returning it.
   *
   * The change runs again, on the newer value, if another writer interfered. It must not call `update` of the same store,
   * because that would wait for itself.
   *
   * @throws AxioError `store-locked`, `store-unavailable`, `credentials-malformed`, and the errors of the change, after which
   *   nothing is written.
   */
  update(change: StoreChange<C>, options?: StoreCallOptions): Promise<C | undefined>;
}
