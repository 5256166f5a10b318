import { AxioError } from "axio";
import type { CredentialStore } from "./credential-store.ts";

/**
 * Proves that a sign-in can be saved, before the user does anything.
 *
 * @returns The stored credentials.
 * @throws AxioError `store-unavailable`, `store-locked`, `credentials-malformed`, `aborted`.
 */
export async function assertWritable<C extends object>(
  store: CredentialStore<C>,
  signal?: AbortSignal,
): Promise<C | undefined> {
  return store.update(
    async (current, transaction) => {
      await transaction?.reserve?.();
      return current;
    },
    { signal },
  );
}

/**
 * Adds to the error of a store what became of the tokens that could not be saved.
 *
 * @param revocation The error of their revocation, if it failed.
 */
export function asUnsaved(error: unknown, revocation: AxioError | undefined): unknown {
  if (!AxioError.is(error)) return error;
  const { code, message, details, retryable } = error;
  const outcome =
    revocation === undefined
      ? "The new sign-in was not saved, and its tokens were revoked."
      : `The new sign-in was not saved, and its tokens could not be revoked: ${revocation.message}`;
  return new AxioError(code, `${message} ${outcome}`, { cause: error, details, retryable });
}
