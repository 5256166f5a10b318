import { AxioError } from "axio";
import type { ActiveProvider } from "../conversation/active-provider.ts";
import type { Providers } from "../conversation/providers.ts";
import type { FoundPlugins } from "../plugins/found-plugins.ts";

/**
 * Opens the provider to use, without network access.
 *
 * @throws AxioError `unauthenticated` if the user is not signed in; `invalid-argument` if there is no provider.
 */
export async function openSignedIn(
  providers: Providers,
  { providers: found }: Pick<FoundPlugins, "providers">,
): Promise<ActiveProvider> {
  const active = await providers.first();
  if (active?.needsSignIn === false) return active;
  active?.transport.close?.();
  throw signInError(
    found.map(({ name }) => name),
    active?.title,
  );
}

function signInError(names: readonly string[], title: string | undefined): AxioError {
  if (names.length === 0)
    return new AxioError(
      "invalid-argument",
      "No transport is installed. Install one: npm install --global axio-transport-codex",
    );
  return new AxioError(
    "unauthenticated",
    title === undefined
      ? `You are not signed in. Run axio in a terminal and sign in with /login, or select a provider: axio --provider ${names.join(" | ")}`
      : `You are not signed in to ${title}. Run axio in a terminal, and sign in with /login.`,
  );
}
