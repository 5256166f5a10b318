import type { ModelSpec } from "axio";
import {
  type ActiveTransport,
  chooseTransports,
  findModel,
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
    const chosen = {
      ...(model === undefined ? {} : { model }),
      ...(effort === undefined ? {} : { effort }),
      ...(profile === undefined ? {} : { profile }),
    };
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
    const { name, ...choice } = wanted;
    return openTransport(plugin, hostFor("transports", name), {
      ...settings.current.transports[name],
      ...choice,
    });
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
   * Asks the provider for its models, and uses the one that was chosen. Where none was, or the account does not have it any more,
   * the one in use stays, or the first of the list takes its place.
   */
  async refreshModels(open: ActiveTransport, signal: AbortSignal): Promise<void> {
    const { transport, name } = open;
    const isPlanOff = open.account?.planUse?.isOn === false;
    if (open.needsSignIn || isPlanOff || transport.fetchModels === undefined) return;
    const models = await transport.fetchModels({ signal });
    const { start, settings } = this.#options;
    const chosen = open.model ?? settings.current.transports[name]?.model;
    const [first] = models;
    // What the command line names is tried as it is: the provider decides.
    if (start.model !== undefined) transport.model = findModel(transport, start.model);
    else if (chosen !== undefined && models.has(chosen)) transport.model = models.get(chosen);
    else if (!models.has(transport.model.id) && first !== undefined) transport.model = first;
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
          if (current?.name === name) return choicesOf(current, current.transport.model.id);
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
      return this.open({ name: transport, ...(model === undefined ? {} : { model: model.id }) });
    current.transport.model = model;
    const chosen: ActiveTransport = { ...current, model: model.id };
    const effort = fittingEffort(model, current.effort);
    return effort === current.effort ? chosen : this.reopen(chosen, { effort });
  }

  /** The same transport, made anew with another effort or profile. */
  async reopen(
    current: ActiveTransport,
    change: { readonly effort?: string | undefined; readonly profile?: string | undefined },
  ): Promise<ActiveTransport> {
    const { found, hostFor } = this.#options;
    const plugin = found.transports.find(({ name }) => name === current.name);
    if (plugin === undefined) return current;
    const effort = "effort" in change ? change.effort : current.effort;
    const profile = "profile" in change ? change.profile : current.profile;
    const { model } = current;
    const open = await openTransport(plugin, hostFor("transports", current.name), {
      ...(effort === undefined ? {} : { effort }),
      ...(profile === undefined ? {} : { profile }),
    });
    open.transport.models = current.transport.models;
    if (model !== undefined) {
      open.transport.model = findModel(open.transport, model);
      return { ...open, model };
    }
    // What the account was found to have goes on being used; what merely stands there until it is asked is not pinned.
    if (current.transport.model.id !== open.transport.model.id)
      open.transport.model = current.transport.model;
    return open;
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
