import type { PluginHost, ProfileSelection, Provider, ProviderSignIn } from "axio/plugin";
import { createSignIn } from "axio-auth/provider";
import { USAGE_PAGE } from "../config.ts";
import type { ServerCredentials } from "../profile-store.ts";
import type { ChosenServer } from "./choose-server.ts";
import { SETTINGS } from "./settings.ts";

/**
 * OpenAI's API and all servers that speak like it, for apps and command lines. A profile is a sign-in to one server, so that
 * several can be used side by side.
 */
export const provider: Provider = {
  title: "OpenAI API and compatible servers",
  settings: SETTINGS,
  usageUrl: USAGE_PAGE,
  signIn: createServerSignIn(),
  createTransport: async (host, selection) =>
    (await import("./open-transport.ts")).openTransport(host, selection),
};

function createServerSignIn(): ProviderSignIn {
  const to = (chosen?: ChosenServer): ProviderSignIn =>
    createSignIn<ServerCredentials>({
      title: "Sign in with an API key",
      methods: ["api-key", "from-env"],
      load: async () => (await import("./sign-in.ts")).signInActions(chosen),
    });
  const base = to();
  /** The selection, with the profile of the setting `server`. */
  const select = async <S extends ProfileSelection>(host: PluginHost, selection: S): Promise<S> => {
    const { selectedProfile } = await import("./choose-server.ts");
    return { ...selection, profile: selectedProfile(host, selection) };
  };
  return {
    ...base,
    profilesDiffer: true,
    profiles: async (host, call) => {
      const { listProfiles } = await import("./sign-in.ts");
      return listProfiles(host, await base.profiles(host, call));
    },
    profile: async (host, selection) => {
      const { completeProfile } = await import("./sign-in.ts");
      return completeProfile(host, await base.profile(host, await select(host, selection)), selection);
    },
    login: async (host, call) => {
      const { chooseForLogin } = await import("./sign-in.ts");
      const chosen = await chooseForLogin(host, call);
      return to(chosen).login(host, { ...call, profile: chosen.profile });
    },
    logout: async (host, call) => base.logout(host, await select(host, call)),
  };
}
