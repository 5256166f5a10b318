import type { ModelSpec } from "axio";
import type { Provider } from "axio/plugin";
import type { AppOptions } from "../host/app-options.ts";
import type { FoundPlugin } from "../plugins/found-plugins.ts";
import {
  type ActiveProvider,
  activeModel,
  mayChangeModel,
  openProvider,
  type ProviderSelection,
  SIMULATOR,
  startProviders,
  supportedEffort,
} from "./active-provider.ts";

/** How long the models of a provider that is not in use may take, in milliseconds. */
const MODELS_TIMEOUT_MS = 2_000;

/** A model that can be selected, or a provider that needs a sign-in first. */
export interface ModelChoice {
  readonly provider: string;
  readonly providerTitle: string;
  /** Absent if the user is not signed in. */
  readonly model?: ModelSpec | undefined;
  /** The profile to use. Default: the one in the settings. */
  readonly profile?: string | undefined;
  readonly isCurrent: boolean;
}

type ProvidersOptions = Pick<AppOptions, "found" | "hostFor" | "settings" | "start">;

/** Opens the installed providers with the user's choices. */
export class Providers {
  readonly #options: ProvidersOptions;

  constructor(options: ProvidersOptions) {
    this.#options = options;
  }

  /**
   * Opens the provider to start with: of several, the first with a sign-in. Returns `undefined` if the user has to
   * choose.
   *
   * @throws AxioError if the only possible provider fails to open.
   */
  async first(): Promise<ActiveProvider | undefined> {
    const { settings, start, found } = this.#options;
    const { model, effort, profile } = start;
    const names = startProviders(
      found.providers.map(({ name }) => name),
      settings.current,
      start.provider,
    );
    const [name, ...others] = names;
    if (name === undefined) return undefined;
    if (others.length === 0) return this.open({ name, model, effort, profile });
    for (const candidate of names) {
      const active = await this.open({ name: candidate, model, effort, profile }).catch(() => undefined);
      if (active?.needsSignIn === false) return active;
      active?.transport.close?.();
    }
    return undefined;
  }

  /** Opens a provider. Choices that the selection leaves open are those in the settings. */
  async open({ name, ...selection }: ProviderSelection): Promise<ActiveProvider> {
    const plugin = this.#find(name);
    if (plugin === undefined) throw new Error(`There is no provider ${name}.`);
    const { hostFor, settings } = this.#options;
    const stored = settings.current.providers[name] ?? {};
    return openProvider(plugin, hostFor("providers", name), {
      model: selection.model ?? stored.model,
      effort: selection.effort ?? stored.effort,
      profile: selection.profile ?? stored.profile,
    });
  }

  /** Opens the same provider again, after its account has changed. */
  reopen({ name, model, effort, profile }: ActiveProvider): Promise<ActiveProvider> {
    return this.open({ name, model, effort, profile });
  }

  /** Stores the choices for the next start. Without a choice of a model, the stored one remains. */
  async remember({ name, model, effort, profile }: ActiveProvider): Promise<void> {
    await this.#options.settings.update((settings) => ({
      ...settings,
      provider: name,
      providers: {
        ...settings.providers,
        [name]: { model: model ?? settings.providers[name]?.model, effort, profile },
      },
    }));
  }

  /** Fetches the models of a provider. Returns it with the selected model, if the account has that. */
  async refreshModels(active: ActiveProvider, signal: AbortSignal): Promise<ActiveProvider> {
    const { transport, name, account, needsSignIn } = active;
    const isPlanOff = account?.planUse?.isOn === false;
    if (needsSignIn || isPlanOff || transport.fetchModels === undefined) return active;
    const models = await transport.fetchModels({ signal });
    const { start, settings } = this.#options;
    const model = active.model ?? settings.current.providers[name]?.model;
    // The model of the command line is used as it is: the provider decides.
    const isUsable = model !== undefined && (model === start.model || models.has(model));
    return { ...active, model: isUsable ? model : undefined };
  }

  /**
   * Fetches the models of a provider, if the choice of the model or of the effort depends on them. What is known is used if that
   * fails.
   */
  async withModels(active: ActiveProvider, signal: AbortSignal): Promise<ActiveProvider> {
    const needsEfforts = active.effort !== undefined && activeModel(active).efforts === undefined;
    if (!needsEfforts && !mayChangeModel(active)) return active;
    // The request itself reports what is wrong.
    return this.refreshModels(active, signal).catch(() => active);
  }

  /** The models of all providers, those of the current one first. Reports and omits providers that fail. */
  async choices(
    current: ActiveProvider | undefined,
    onProblem: (thrown: unknown) => void,
  ): Promise<readonly ModelChoice[]> {
    const rank = (name: string): number => (name === current?.name ? 0 : name === SIMULATOR ? 2 : 1);
    const names = this.#options.found.providers.map(({ name }) => name);
    const lists = await Promise.all(
      names
        .sort((left, right) => rank(left) - rank(right))
        .map(async (name): Promise<readonly ModelChoice[]> => {
          try {
            const own =
              current?.name === name
                ? choicesOf(current, activeModel(current).id)
                : choicesOf(await this.#listed({ name }), undefined);
            return [...own, ...(await this.#otherProfiles(name, current))];
          } catch (error) {
            onProblem(error);
            return [];
          }
        }),
    );
    return lists.flat();
  }

  /** The models of the other profiles of a provider, if its profiles are different services. Omits those that fail. */
  async #otherProfiles(name: string, current: ActiveProvider | undefined): Promise<readonly ModelChoice[]> {
    const { signIn } = (await this.#find(name)?.load()) ?? {};
    if (signIn?.profilesDiffer !== true) return [];
    const profiles = await signIn.profiles(this.#options.hostFor("providers", name));
    const used =
      current?.name === name ? current.profile : this.#options.settings.current.providers[name]?.profile;
    const others = profiles.filter(
      (profile) =>
        profile.account !== undefined &&
        !(profile.name === used || (used === undefined && profile.isDefault)),
    );
    const lists = await Promise.all(
      others.map(async ({ name: profile }) => {
        const active = await this.#listed({ name, profile }).catch(() => undefined);
        return active === undefined ? [] : choicesOf(active, undefined);
      }),
    );
    return lists.flat().filter(({ model }) => model !== undefined);
  }

  /** Opens a provider, and fetches its models. They are better than the known ones, but not worth a long wait. */
  async #listed(selection: ProviderSelection): Promise<ActiveProvider> {
    const active = await this.open(selection);
    await this.refreshModels(active, AbortSignal.timeout(MODELS_TIMEOUT_MS)).catch(() => undefined);
    active.transport.close?.();
    return active;
  }

  /** Returns the provider of a choice: the current one with another model, or another one. */
  async choose(
    { provider, model, profile }: ModelChoice,
    current: ActiveProvider | undefined,
  ): Promise<ActiveProvider> {
    if (model === undefined || current?.name !== provider || current.profile !== profile)
      return this.open({ name: provider, model: model?.id, profile });
    return { ...current, model: model.id, effort: supportedEffort(model, current.effort) };
  }

  #find(name: string): FoundPlugin<Provider> | undefined {
    return this.#options.found.providers.find((plugin) => plugin.name === name);
  }
}

function choicesOf(active: ActiveProvider, currentModel: string | undefined): readonly ModelChoice[] {
  const { name: provider, title, needsSignIn, profile, transport } = active;
  if (needsSignIn) return [{ provider, providerTitle: title, isCurrent: false }];
  // Services of one provider are told apart by the names of their transports.
  const providerTitle = active.provider.signIn?.profilesDiffer === true ? transport.name : title;
  return [...transport.models].map((model) => ({
    provider,
    providerTitle,
    profile,
    model,
    isCurrent: model.id === currentModel,
  }));
}
