import type { ModelSpec } from "axio";
import type { Provider } from "axio/plugin";
import {
  type ActiveTransport,
  activeModel,
  openTransport,
  SIMULATOR,
  startTransports,
  supportedEffort,
  type TransportSelection,
} from "../conversation/active-transport.ts";
import type { FoundPlugin } from "../plugins/found-plugins.ts";
import type { AppOptions } from "./app-options.ts";

/** How long the models of a transport that is not in use may take, in milliseconds. */
const MODELS_TIMEOUT_MS = 2_000;

/** A model that can be selected, or a transport that needs a sign-in first. */
export interface ModelChoice {
  readonly transport: string;
  readonly transportTitle: string;
  /** Absent if the user is not signed in. */
  readonly model?: ModelSpec | undefined;
  readonly isCurrent: boolean;
}

type TransportsOptions = Pick<AppOptions, "found" | "hostFor" | "settings" | "start">;

/** Opens the installed transports with the user's choices. */
export class Transports {
  readonly #options: TransportsOptions;

  constructor(options: TransportsOptions) {
    this.#options = options;
  }

  /**
   * Opens the transport to start with: of several, the first with a sign-in. Returns `undefined` if the user has to
   * choose.
   *
   * @throws AxioError if the only possible transport fails to open.
   */
  async first(): Promise<ActiveTransport | undefined> {
    const { settings, start, found } = this.#options;
    const { model, effort, profile } = start;
    const names = startTransports(
      found.providers.map(({ name }) => name),
      settings.current,
      start.transport,
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

  /** The title of a transport; its name if it fails to load, which is reported when it is used. */
  async titleOf(name: string): Promise<string> {
    const plugin = await this.#find(name)
      ?.load()
      .catch(() => undefined);
    return plugin?.title ?? name;
  }

  /** Opens a transport. Choices that the selection leaves open are those in the settings. */
  async open({ name, ...selection }: TransportSelection): Promise<ActiveTransport> {
    const plugin = this.#find(name);
    if (plugin === undefined) throw new Error(`There is no transport ${name}.`);
    const { hostFor, settings } = this.#options;
    const stored = settings.current.transports[name] ?? {};
    return openTransport(plugin, hostFor("providers", name), {
      model: selection.model ?? stored.model,
      effort: selection.effort ?? stored.effort,
      profile: selection.profile ?? stored.profile,
    });
  }

  /** Opens the same transport again, after its account has changed. */
  reopen({ name, model, effort, profile }: ActiveTransport): Promise<ActiveTransport> {
    return this.open({ name, model, effort, profile });
  }

  /** Stores the choices for the next start. Without a choice of a model, the stored one remains. */
  async remember({ name, model, effort, profile }: ActiveTransport): Promise<void> {
    await this.#options.settings.update((settings) => ({
      ...settings,
      transport: name,
      transports: {
        ...settings.transports,
        [name]: { model: model ?? settings.transports[name]?.model, effort, profile },
      },
    }));
  }

  /** Fetches the models of a transport. Returns it with the selected model, if the account has that. */
  async refreshModels(active: ActiveTransport, signal: AbortSignal): Promise<ActiveTransport> {
    const { transport, name, account, needsSignIn } = active;
    const isPlanOff = account?.planUse?.isOn === false;
    if (needsSignIn || isPlanOff || transport.fetchModels === undefined) return active;
    const models = await transport.fetchModels({ signal });
    const { start, settings } = this.#options;
    const model = active.model ?? settings.current.transports[name]?.model;
    // The model of the command line is used as it is: the provider decides.
    const isUsable = model !== undefined && (model === start.model || models.has(model));
    return { ...active, model: isUsable ? model : undefined };
  }

  /** The models of all transports, those of the current one first. Reports and omits transports that fail. */
  async choices(
    current: ActiveTransport | undefined,
    onProblem: (thrown: unknown) => void,
  ): Promise<readonly ModelChoice[]> {
    const rank = (name: string): number => (name === current?.name ? 0 : name === SIMULATOR ? 2 : 1);
    const names = this.#options.found.providers.map(({ name }) => name);
    const lists = await Promise.all(
      names
        .sort((left, right) => rank(left) - rank(right))
        .map(async (name): Promise<readonly ModelChoice[]> => {
          try {
            if (current?.name === name) return choicesOf(current, activeModel(current).id);
            const active = await this.open({ name });
            // The account's models are better than the known ones, but not worth a long wait.
            await this.refreshModels(active, AbortSignal.timeout(MODELS_TIMEOUT_MS)).catch(() => undefined);
            active.transport.close?.();
            return choicesOf(active, undefined);
          } catch (error) {
            onProblem(error);
            return [];
          }
        }),
    );
    return lists.flat();
  }

  /** Returns the transport of a choice: the current one with another model, or another one. */
  async choose(
    { transport, model }: ModelChoice,
    current: ActiveTransport | undefined,
  ): Promise<ActiveTransport> {
    if (model === undefined || current?.name !== transport)
      return this.open({ name: transport, model: model?.id });
    return { ...current, model: model.id, effort: supportedEffort(model, current.effort) };
  }

  #find(name: string): FoundPlugin<Provider> | undefined {
    return this.#options.found.providers.find((plugin) => plugin.name === name);
  }
}

function choicesOf(active: ActiveTransport, currentModel: string | undefined): readonly ModelChoice[] {
  const { name: transport, title: transportTitle, needsSignIn } = active;
  if (needsSignIn) return [{ transport, transportTitle, isCurrent: false }];
  return [...active.transport.models].map((model) => ({
    transport,
    transportTitle,
    model,
    isCurrent: model.id === currentModel,
  }));
}
