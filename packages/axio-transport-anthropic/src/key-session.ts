import type { ApiKeyCredentials } from "axio-auth";
import { ApiKeySession } from "axio-auth/internal";
import type { CredentialSource } from "axio-transport-kit";
import { KEY_VARIABLE } from "./config.ts";
import type { AnthropicTransportOptions } from "./options.ts";
import { ANTHROPIC_PROFILES } from "./profile-store.ts";
import { refuseSubscriptionToken } from "./refuse-subscription-token.ts";

/**
 * Provides the API key: from the options, the environment or the selected profile. Compatible servers may need none.
 *
 * @throws AxioError `invalid-argument` for an `apiKey` that cannot be a key; `unauthenticated` for a token of a subscription.
 */
export function keySession(
  { apiKey, authToken, credentials, env }: AnthropicTransportOptions,
  isAnthropic: boolean,
): CredentialSource<ApiKeyCredentials> {
  if (apiKey !== undefined) refuseSubscriptionToken(apiKey.trim());
  if (authToken !== undefined) refuseSubscriptionToken(authToken.trim());
  const session = new ApiKeySession({
    apiKey,
    // A selected profile comes before the environment.
    variables: credentials === undefined ? [KEY_VARIABLE] : [],
    env,
    store: credentials ?? ANTHROPIC_PROFILES.store(),
    isOptional: !isAnthropic || authToken !== undefined,
    owner: isAnthropic ? "Anthropic" : undefined,
    hint: `Set ${KEY_VARIABLE}, pass apiKey, or run \`npx axio-anthropic login\`.`,
  });
  return {
    get: async (options) => {
      const found = await session.get(options);
      refuseSubscriptionToken(found.apiKey);
      return found;
    },
    handleUnauthorized: (rejected, options) => session.handleUnauthorized(rejected, options),
  };
}
