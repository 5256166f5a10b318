import type { Provider, Screen, SignInScreenOptions } from "axio/plugin";

/** Opens the provider's own screen, or the app's sign-in screen for it. Returns `undefined` if it has no sign-in. */
export async function openScreen(
  provider: Provider | undefined,
  options: SignInScreenOptions,
): Promise<Screen | undefined> {
  if (provider?.openScreen !== undefined) return provider.openScreen(options);
  if (provider?.signIn === undefined) return undefined;
  const { SignInScreen } = await import("./sign-in-screen.ts");
  return new SignInScreen(provider, provider.signIn, options);
}
