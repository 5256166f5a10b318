import type { PluginHost } from "axio/plugin";
import type { ApiKeyCredentials } from "../api-key/api-key.ts";
import type { ProfileSet } from "../profiles/profile-set.ts";

/** A sign-in with an API key, without the code that does it, which is loaded at the first call. */
export interface ApiKeySignInDescription {
  /** The name of the sign-in: `"Sign in with an OpenAI API key"`. */
  readonly title: string;
  /** The name of the key in prompts: `"OpenAI API key"`. */
  readonly keyTitle: string;
  /** Where users get a key. Default: not shown. */
  readonly keyUrl?: string | undefined;
  /**
   * The environment variables that may hold a key. The key of the environment is used before a stored one, unless the user
   * selects a profile.
   */
  readonly variables: readonly string[];
  /** The provider in the list of known keys, so that no key of another one is sent: `"OpenAI"`. Default: any key is accepted. */
  readonly owner?: string | undefined;
  readonly load: () => Promise<ApiKeyActions>;
}

/** The code of a sign-in with an API key. */
export interface ApiKeyActions {
  readonly profiles: ProfileSet<ApiKeyCredentials>;
  /**
   * Checks a key with one request that costs nothing, such as the one for the list of models.
   *
   * @returns Whose key it is, if the provider says so.
   * @throws AxioError `unauthenticated` if the provider does not accept the key.
   */
  check(host: PluginHost, key: ApiKeyCheck): Promise<{ readonly account?: string | undefined } | undefined>;
}

/** A key to check. */
export interface ApiKeyCheck {
  readonly apiKey: string;
  readonly signal: AbortSignal;
}

/** How to sign in with an API key: the texts for the user, and the check. `C` is the shape of the credentials. */
export interface ApiKeyPlan<C extends object>
  extends Pick<ApiKeySignInDescription, "keyTitle" | "keyUrl" | "variables" | "owner"> {
  /** Whether the server may need no key, so that the user may enter nothing. Default: `false`. */
  readonly isOptional?: boolean | undefined;
  /** As {@link ApiKeyActions.check}. */
  readonly check: ApiKeyActions["check"];
  /** Makes the credentials to store. */
  readonly toCredentials: (credentials: ApiKeyCredentials) => C;
}
