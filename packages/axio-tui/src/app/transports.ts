import type { ModelSpec } from "axio";
import {
  type ActiveTransport,
  activeModel,
  chooseTransports,
  fittingEffort,
  openTransport,
  SIMULATOR,
  type WantedTransport,
} from "../conversation/open-transport.ts";
import type { AppOptions } from "./app-options.ts";

/** How long the list of models of another transport is waited for, in milliseconds. */
const LIST_WAIT = 2_000;

/** A model that can be chosen, or a transport that has to be signed in to first. */
export interface ModelChoice {
  readonly transport: string;
  readonly transportTitle: string;
  /** Absent where nobody is signed in. */
  readonly model?: ModelSpec;
  readonly isCurrent: boolean;
}

/** The transports that were found, and what was chosen of them. */
export class Transports {
  readonly #options: Pick<AppOptions, "found" | "hostFor" | "settings" | "start">;

  constructor(options: Pick<AppOptions, "found" | "hostFor" | "settings" | "start">) {
    this.#options = options;
  }

  names(): readonly string[] {
    return this.#options.found.transports.map(({ name }) => name);
  }

  /**
   * The transport to begin with, ready: of several, the first that somebody is signed in to. `undefined` where there is none
   * that the app may choose by itself.
   *
   * @throws AxioError where the only one that may be used cannot be.
   */
  async first(): Promise<ActiveTransport | undefined> {
    const { settings, start } = this.#options;
    const { model, effort, profile } = start;
    const chosen = { model, effort, profile };
    const [name, ...others] = chooseTransports(this.names(), settings.current, start.transport);
    if (name === undefined) return undefined;
    if (others.length === 0) return this.open({ name, ...chosen });
    for (const candidate of [name, ...others]) {
      const open = await this.open({ name: candidate, ...chosen }).catch(() => undefined);
      if (open?.needsSignIn === false) return open;
      open?.transport.close?.();
    }
    return undefined;
  }

  /** The name of a transport that people see. */
  async titleOf(name: string): Promise<string> {
    const plugin = this.#options.found.transports.find((candidate) => candidate.name === name);
    return (
      plugin?.load().then(
        ({ title }) => title,
        // Why it cannot be loaded is told where it is used.
        () => name,
      ) ?? name
    );
  }

  /** Readies a transport with what was chosen of it before, and `wanted` over that. */
  async open(wanted: WantedTransport): Promise<ActiveTransport> {
    const { found, hostFor, settings } = this.#options;
    const plugin = found.transports.find(({ name }) => name === wanted.name);
    if (plugin === undefined) throw new Error(`There is no transport ${wanted.name}.`);
    const { name } = wanted;
    const remembered = settings.current.transports[name] ?? {};
    const { model = remembered.model, effort = remembered.effort, profile = remembered.profile } = wanted;
    return openTransport(plugin, hostFor("transports", name), { model, effort, profile });
  }

  /** Keeps what was chosen for the next start. Where the person chose no model, the one that they chose before holds. */
  async remember({ name, model, effort, profile }: ActiveTransport): Promise<void> {
    await this.#options.settings.update((settings) => {
      const chosen = model ?? settings.transports[name]?.model;
      return {
        ...settings,
        transport: name,
        transports: {
          ...settings.transports,
          [name]: {
            ...(chosen === undefined ? {} : { model: chosen }),
            ...(effort === undefined ? {} : { effort }),
            ...(profile === undefined ? {} : { profile }),
          },
        },
      };
    });
  }

  /**
   * Asks the provider for its models. The model that was chosen goes on being used if the account has it.
   *
   * @returns The transport with the model to use.
   */
  async refreshModels(active: ActiveTransport, signal: AbortSignal): Promise<ActiveTransport> {
    const { transport, name } = active;
    const isPlanOff = active.account?.planUse?.isOn === false;
    if (active.needsSignIn || isPlanOff || transport.fetchModels === undefined) return active;
    const models = await transport.fetchModels({ signal });
    const { start, settings } = this.#options;
    const chosen = active.model ?? settings.current.transports[name]?.model;
    // What the command line names is tried as it is: the provider decides.
    const isUsable = chosen !== undefined && (chosen === start.model || models.has(chosen));
    return { ...active, model: isUsable ? chosen : undefined };
  }

  /** All models of all transports, those of the one in use first. A transport that fails is left out; `onProblem` is told. */
  async choices(
    current: ActiveTransport | undefined,
    onProblem: (thrown: unknown) => void,
  ): Promise<readonly ModelChoice[]> {
    // The stand-in comes last: it is no provider.
    const rank = (name: string): number => (name === current?.name ? 0 : name === SIMULATOR ? 2 : 1);
    const names = [...this.names()].sort((left, right) => rank(left) - rank(right));
    const lists = await Promise.all(
      names.map(async (name): Promise<readonly ModelChoice[]> => {
        try {
          if (current?.name === name) return choicesOf(current, activeModel(current).id);
          const open = await this.open({ name });
          // What the account has is better than what is known beforehand, and not worth a long wait.
          await this.refreshModels(open, AbortSignal.timeout(LIST_WAIT)).catch(() => undefined);
          open.transport.close?.();
          return choicesOf(open, undefined);
        } catch (error) {
          onProblem(error);
          return [];
        }
      }),
    );
    return lists.flat();
  }

  /** The transport that a choice leads to: the one in use with another model, or another one. */
  async choose(
    { transport, model }: ModelChoice,
    current: ActiveTransport | undefined,
  ): Promise<ActiveTransport> {
    if (model === undefined || current?.name !== transport)
      return this.open({ name: transport, model: model?.id });
    return { ...current, model: model.id, effort: fittingEffort(model, current.effort) };
  }

  /** Opens the same transport again, after its account has changed. */
  reopen({ name, model, effort, profile }: ActiveTransport): Promise<ActiveTransport> {
    return this.open({ name, model, effort, profile });
  }
}

function choicesOf(open: ActiveTransport, currentModel: string | undefined): readonly ModelChoice[] {
  const { name: transport, title: transportTitle } = open;
  if (open.needsSignIn) return [{ transport, transportTitle, isCurrent: false }];
  return [...open.transport.models].map((model) => ({
    transport,
    transportTitle,
    model,
    isCurrent: model.id === currentModel,
  }));
}
