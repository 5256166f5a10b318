import type { PluginHost, Profile, ProfileSelection, ProviderSignIn } from "axio/plugin";
import type { ApiKeyCredentials } from "../api-key/api-key.ts";
import type { ApiKeySignInDescription } from "./api-key-description.ts";
import { createSignIn } from "./create-sign-in.ts";

/**
 * Creates the sign-in of a provider that takes API keys. The user enters the key, which is not shown, or it comes from an
 * environment variable (`login --from-env`). It is checked and stored; of a stored key, only the last four characters are ever
 * shown. Importing this module loads nothing else.
 *
 * @example
 * ```ts no-run
 * import { createApiKeySignIn } from "axio-auth/provider";
 *
 * export const signIn = createApiKeySignIn({
 *   title: "Sign in with an Example API key",
 *   keyTitle: "Example API key",
 *   keyUrl: "https://example.com/keys",
 *   variables: ["EXAMPLE_API_KEY"],
 *   load: async () => {
 *     const { apiKeyProfiles } = await import("axio-auth");
 *     return {
 *       profiles: apiKeyProfiles("example"),
 *       check: async (_host, { apiKey, signal }) => {
 *         const headers = { "x-api-key": apiKey };
 *         await fetch("https://api.example.com/v1/models", { headers, signal });
 *         return undefined;
 *       },
 *     };
 *   },
 * });
 * ```
 */
export function createApiKeySignIn(description: ApiKeySignInDescription): ProviderSignIn {
  const { title } = description;
  const signIn = createSignIn<ApiKeyCredentials>({
    title,
    methods: ["api-key", "from-env"],
    load: async () => {
      const { apiKeySignInActions } = await import("./api-key-login.ts");
      return apiKeySignInActions(description, await description.load());
    },
  });
  const withEnvironment = async (host: PluginHost, profile: Profile): Promise<Profile> => {
    const { describeEnvironment } = await import("./api-key-login.ts");
    return describeEnvironment(host, profile, description);
  };
  return {
    ...signIn,
    profiles: async (host, call) => {
      const profiles = await signIn.profiles(host, call);
      return Promise.all(
        profiles.map((profile) => (profile.isDefault ? withEnvironment(host, profile) : profile)),
      );
    },
    profile: async (host, selection) => {
      const profile = await signIn.profile(host, selection);
      return isSelected(selection) ? profile : withEnvironment(host, profile);
    },
  };
}

/** Whether the user selects a sign-in. Then the key of the environment does not count. */
function isSelected({ profile, store }: ProfileSelection): boolean {
  return profile !== undefined || store !== undefined;
}
