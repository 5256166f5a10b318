import { AxioError, throwIfAborted } from "axio";
import { redactSecrets } from "../redact-secrets.ts";
import type { SessionCallOptions } from "../session-options.ts";
import type { CredentialStore } from "../store/credential-store.ts";
import { type ApiKeyCredentials, assertApiKeyOwner, readApiKey } from "./api-key.ts";
import { apiKeyFromEnvironment, type KeyVariables } from "./key-environment.ts";

/** Where an {@link ApiKeySession} gets its key. The first of `apiKey`, the environment and the store that has one counts. */
export interface ApiKeySessionOptions extends KeyVariables {
  /** The key itself. */
  readonly apiKey?: string | undefined;
  /** Where keys are stored. Default: nowhere. */
  readonly store?: CredentialStore<ApiKeyCredentials> | undefined;
  /** Whether the server works without a key. Then a missing key is empty. Default: `false`. */
  readonly isOptional?: boolean | undefined;
  /** The provider in the list of known keys, so that no key of another one is sent: `"OpenAI"`. Default: any key is sent. */
  readonly owner?: string | undefined;
  /** How to get a key into the program, for error messages: ``"Run `npx axio-openai login`."``. */
  readonly hint: string;
}

/**
 * Provides an API key to requests. A key is never refreshed. After a 401 the store is read again: if another key was stored
 * meanwhile, the request is repeated with it.
 *
 * @example
 * ```ts
 * import { ApiKeySession } from "axio-auth";
 *
 * const session = new ApiKeySession({ variables: ["EXAMPLE_API_KEY"], hint: "Set EXAMPLE_API_KEY." });
 * const { apiKey } = await session.get();
 * ```
 */
export class ApiKeySession {
  readonly #options: ApiKeySessionOptions;
  readonly #given: ApiKeyCredentials | undefined;

  /** @throws AxioError `invalid-argument` for an `apiKey` that is empty, that cannot be a key, or that is another provider's. */
  constructor(options: ApiKeySessionOptions) {
    this.#options = options;
    this.#given =
      options.apiKey === undefined ? undefined : this.#check({ apiKey: readApiKey(options.apiKey) });
  }

  /**
   * Returns the key for a request.
   *
   * @throws AxioError `unauthenticated` without a key; `invalid-argument` for a key of another provider; `aborted`, and the
   *   errors of the store.
   */
  async get({ signal }: SessionCallOptions = {}): Promise<ApiKeyCredentials> {
    throwIfAborted(signal);
    const { store, isOptional = false, hint } = this.#options;
    if (this.#given !== undefined) return this.#given;
    const fromEnvironment = apiKeyFromEnvironment(this.#options);
    if (fromEnvironment !== undefined) return this.#check({ apiKey: fromEnvironment.apiKey });
    const stored = await store?.load({ signal });
    if (stored !== undefined) return this.#check(stored);
    if (isOptional) return { apiKey: "" };
    throw new AxioError("unauthenticated", `There is no API key. ${hint}`);
  }

  /** Returns another key that was stored since; `undefined` without one. */
  async handleUnauthorized(
    rejected: ApiKeyCredentials,
    { signal }: SessionCallOptions = {},
  ): Promise<ApiKeyCredentials | undefined> {
    const current = await this.get({ signal });
    return current.apiKey === rejected.apiKey ? undefined : current;
  }

  #check(credentials: ApiKeyCredentials): ApiKeyCredentials {
    assertApiKeyOwner(credentials.apiKey, this.#options.owner);
    return redactSecrets(credentials);
  }
}
