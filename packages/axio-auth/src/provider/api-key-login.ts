import { AxioError, abortedError, type ErrorCode } from "axio";
import type { LogoutResult, PluginHost, Profile, ProviderAccount } from "axio/plugin";
import { type ApiKeyCredentials, assertApiKeyOwner, describeApiKey, readApiKey } from "../api-key/api-key.ts";
import { apiKeyFromEnvironment } from "../api-key/key-environment.ts";
import type { CredentialStore } from "../store/credential-store.ts";
import type { ApiKeyActions, ApiKeyPlan, ApiKeySignInDescription } from "./api-key-description.ts";
import type { SignInActions, StoreLogin } from "./create-sign-in.ts";

/** The timeout of a sign-in, in milliseconds. */
const LOGIN_TIMEOUT_MS = 900_000;

/** Errors of the check that say nothing about the key: the key is stored, and a warning shown. */
const UNDECIDED: ReadonlySet<ErrorCode> = new Set([
  "forbidden",
  "not-found",
  "rate-limit",
  "usage-limit",
  "overloaded",
  "server",
]);

/** Errors after which the user is asked again. */
const WRONG_KEY: ReadonlySet<ErrorCode> = new Set(["unauthenticated", "invalid-argument"]);

/** Returns the code of a sign-in with an API key. */
export function apiKeySignInActions(
  description: ApiKeySignInDescription,
  { profiles, check }: ApiKeyActions,
): SignInActions<ApiKeyCredentials> {
  const plan = {
    ...description,
    check: check.bind(undefined),
    toCredentials: (credentials: ApiKeyCredentials) => credentials,
  };
  return {
    profiles,
    describe: (credentials) => describeApiKeyAccount(credentials, description.owner),
    login: (host, call) => loginWithApiKey(host, call, plan),
    logout: (host, { store }) => logoutApiKey(host, store, description),
  };
}

/**
 * Signs in with an API key: asks for it, or takes that of the environment, checks it with one request, and stores it.
 *
 * @throws AxioError `unauthenticated`, `invalid-argument`, `login-failed`, `login-timeout`, `aborted`, and the errors of the check.
 */
export function loginWithApiKey<C extends object>(
  host: PluginHost,
  call: StoreLogin<C>,
  plan: ApiKeyPlan<C>,
): Promise<C> {
  return new ApiKeyLogin(host, call, plan).run();
}

/** Deletes a stored key. Warns if the environment still has one. */
export async function logoutApiKey<C extends object>(
  host: PluginHost,
  store: CredentialStore<C>,
  { variables, keyUrl }: Pick<ApiKeySignInDescription, "variables" | "keyUrl">,
): Promise<LogoutResult> {
  let signedOut = false;
  await store.update(async (current) => {
    signedOut = current !== undefined;
    return undefined;
  });
  const variable = variables.find((name) => (host.env[name] ?? "").trim() !== "");
  if (variable !== undefined)
    host.onWarning(`${variable} is set: its key is used from now on. Unset the variable to stop that.`);
  const elsewhere = keyUrl === undefined ? "" : ` It remains valid until you revoke it at ${keyUrl}`;
  return { signedOut, revoked: false, note: `The API key is deleted here.${elsewhere}` };
}

/** Adds the key of the environment to the default profile: it is used before the stored one. */
export function describeEnvironment(
  host: PluginHost,
  profile: Profile,
  { variables, owner }: Pick<ApiKeySignInDescription, "variables" | "owner">,
): Profile {
  let found: ReturnType<typeof apiKeyFromEnvironment>;
  try {
    found = apiKeyFromEnvironment({ variables, env: host.env });
  } catch (error) {
    if (!AxioError.is(error)) throw error;
    return { ...profile, error };
  }
  if (found === undefined) return profile;
  const { apiKey, variable } = found;
  const { account: stored, name } = profile;
  return {
    name,
    isDefault: profile.isDefault,
    location: `the environment variable ${variable}`,
    account: {
      ...describeApiKeyAccount({ apiKey }, owner),
      notes:
        stored === undefined
          ? []
          : [
              `The stored ${stored.label} is not used: ${variable} is set. To use it, select it: --profile ${name}`,
            ],
    },
  };
}

/**
 * Returns what may be shown of a key.
 *
 * @param owner The service that accepts it: `"OpenAI"`. Default: it is not named.
 */
export function describeApiKeyAccount(
  { apiKey, account }: Pick<ApiKeyCredentials, "apiKey" | "account">,
  owner?: string,
): ProviderAccount {
  const key = describeApiKey(apiKey);
  return account === undefined
    ? { label: key, uses: owner === undefined ? `the ${key}` : `the ${key} of ${owner}` }
    : { label: account, details: [{ title: "Key", value: key.replace(/^API key ?/, "") || "stored" }] };
}

/** One sign-in. */
class ApiKeyLogin<C extends object> {
  readonly #host: PluginHost;
  readonly #call: StoreLogin<C>;
  readonly #plan: ApiKeyPlan<C>;
  readonly #signal: AbortSignal;
  readonly #timeout: AbortSignal;

  constructor(host: PluginHost, call: StoreLogin<C>, plan: ApiKeyPlan<C>) {
    this.#host = host;
    this.#call = call;
    this.#plan = plan;
    this.#timeout = AbortSignal.timeout(call.timeoutMs ?? LOGIN_TIMEOUT_MS);
    this.#signal = AbortSignal.any([
      this.#timeout,
      host.signal,
      ...(call.signal === undefined ? [] : [call.signal]),
    ]);
  }

  async run(): Promise<C> {
    try {
      const checked = await (this.#call.method === "from-env" ? this.#fromEnvironment() : this.#entered());
      const credentials = this.#plan.toCredentials(checked);
      await this.#call.store.update(async () => credentials, { signal: this.#signal });
      return credentials;
    } catch (error) {
      if (!this.#signal.aborted) throw error;
      if (this.#timeout.aborted)
        throw new AxioError("login-timeout", "No API key was entered in time. Start the sign-in again.");
      throw abortedError(this.#signal);
    }
  }

  async #fromEnvironment(): Promise<ApiKeyCredentials> {
    const { variables } = this.#plan;
    const found = apiKeyFromEnvironment({ variables, env: this.#host.env });
    if (found !== undefined) return this.#check(found.apiKey);
    throw new AxioError(
      "login-failed",
      `No API key is in the environment. Set ${variables.join(" or ")}, or sign in without --from-env.`,
    );
  }

  async #entered(): Promise<ApiKeyCredentials> {
    const { readSecret, onProgress } = this.#call;
    const { keyTitle, keyUrl, variables, isOptional = false } = this.#plan;
    if (readSecret === undefined) {
      throw new AxioError(
        "login-failed",
        `An API key cannot be entered here. Pipe it into login --api-key${variables.length === 0 ? "" : `, or set ${variables.join(" or ")} and use login --from-env`}.`,
      );
    }
    let rejection: AxioError | undefined;
    for (;;) {
      const text = await readSecret({ title: keyTitle, url: keyUrl, isOptional, signal: this.#signal }).catch(
        // A pipe ends after the key that was rejected.
        (error: unknown) =>
          Promise.reject(AxioError.is(error, "login-failed") ? (rejection ?? error) : error),
      );
      try {
        return await this.#check(isOptional && text.trim() === "" ? "" : readApiKey(text));
      } catch (error) {
        if (!AxioError.is(error) || !WRONG_KEY.has(error.code)) throw error;
        rejection = error;
        onProgress?.({ type: "input-rejected", error });
      }
    }
  }

  async #check(apiKey: string): Promise<ApiKeyCredentials> {
    const { onProgress, method = "api-key" } = this.#call;
    assertApiKeyOwner(apiKey, this.#plan.owner);
    onProgress?.({ type: "exchanging", method });
    try {
      const { account } = (await this.#plan.check(this.#host, { apiKey, signal: this.#signal })) ?? {};
      return account === undefined ? { apiKey } : { apiKey, account };
    } catch (error) {
      if (!AxioError.is(error) || !UNDECIDED.has(error.code)) throw error;
      onProgress?.({
        type: "warning",
        error: new AxioError(error.code, `The key is stored, but could not be checked. ${error.message}`, {
          cause: error,
          details: error.details,
        }),
      });
      return { apiKey };
    }
  }
}
