import type { ModelSpec } from "axio";
import {
  chooseTransport,
  findModel,
  fittingEffort,
  type OpenTransport,
  openTransport,
  type WantedTransport,
} from "../conversation/open-transport.ts";
import type { AppOptions } from "./app-options.ts";

/** How long the account of a transport that is not in use is asked for its models. */
const LIST_TIMEOUT_MS = 5_000;

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

  /** The transport to begin with, ready; `undefined` where there is none that the app may choose by itself. */
  async first(): Promise<OpenTransport | undefined> {
    const { settings, start } = this.#options;
    const name = chooseTransport(this.names(), settings.current, start.transport);
    if (name === undefined) return undefined;
    const { model, effort, profile } = start;
    return this.open({
      name,
      ...(model === undefined ? {} : { model }),
      ...(effort === undefined ? {} : { effort }),
      ...(profile === undefined ? {} : { profile }),
    });
  }

  /** Readies a transport with what was chosen of it before, and `wanted` over that. */
  async open(wanted: WantedTransport): Promise<OpenTransport> {
    const { found, hostFor, settings } = this.#options;
    const plugin = found.transports.find(({ name }) => name === wanted.name);
    if (plugin === undefined) throw new Error(`There is no transport ${wanted.name}.`);
    const { name, ...choice } = wanted;
    return openTransport(plugin, hostFor("transports", name), {
      ...settings.current.transports[name],
      ...choice,
    });
  }

  /** Keeps what was chosen for the next start. */
  async remember({ name, model, effort, profile }: OpenTransport): Promise<void> {
    const chosen = {
      // Not the one that stands there until the account was asked: it may not have that.
      ...(model === undefined ? {} : { model }),
      ...(effort === undefined ? {} : { effort }),
      ...(profile === undefined ? {} : { profile }),
    };
    await this.#options.settings.update((settings) => ({
      ...settings,
      transport: name,
      transports: { ...settings.transports, [name]: chosen },
    }));
  }

  /**
   * Asks the provider for its models. The chosen one is looked up among them; where nothing was chosen and the list does not have
   * the one in use, the first is used.
   */
  async refreshModels(open: OpenTransport, signal: AbortSignal): Promise<void> {
    const { transport, name } = open;
    if (open.needsSignIn || transport.fetchModels === undefined) return;
    const models = await transport.fetchModels({ signal });
    const { start, settings } = this.#options;
    const chosen = start.model ?? open.model ?? settings.current.transports[name]?.model;
    const [first] = models;
    if (chosen !== undefined) transport.model = findModel(transport, chosen);
    else if (!models.has(transport.model.id) && first !== undefined) transport.model = first;
  }

  /**
   * All models of all transports, those of the one in use first. Asks the accounts of the others what they have. A transport
   * that fails is left out; `onProblem` is told.
   */
  async choices(
    current: OpenTransport | undefined,
    onProblem: (thrown: unknown) => void,
    signal: AbortSignal,
  ): Promise<readonly ModelChoice[]> {
    const names = [...this.names()].sort(
      (left, right) => Number(right === current?.name) - Number(left === current?.name),
    );
    const lists = await Promise.all(
      names.map(async (name): Promise<readonly ModelChoice[]> => {
        try {
          if (current?.name === name) return choicesOf(current, current.transport.model.id);
          const open = await this.open({ name });
          // The list that is known without asking may name models that the account does not have.
          await this.refreshModels(
            open,
            AbortSignal.any([signal, AbortSignal.timeout(LIST_TIMEOUT_MS)]),
          ).catch(() => undefined);
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
    current: OpenTransport | undefined,
  ): Promise<OpenTransport> {
    if (model === undefined || current?.name !== transport)
      return this.open({ name: transport, ...(model === undefined ? {} : { model: model.id }) });
    current.transport.model = model;
    const chosen: OpenTransport = { ...current, model: model.id };
    const effort = fittingEffort(model, current.effort);
    return effort === current.effort ? chosen : this.reopen(chosen, { effort });
  }

  /** The same transport, made anew with another effort or profile. */
  async reopen(
    current: OpenTransport,
    change: { readonly effort?: string | undefined; readonly profile?: string | undefined },
  ): Promise<OpenTransport> {
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
    if (model === undefined) return open;
    open.transport.model = findModel(open.transport, model);
    return { ...open, model };
  }
}

function choicesOf(open: OpenTransport, currentModel: string | undefined): readonly ModelChoice[] {
  const { name: transport, title: transportTitle } = open;
  if (open.needsSignIn) return [{ transport, transportTitle, isCurrent: false }];
  return [...open.transport.models].map((model) => ({
    transport,
    transportTitle,
    model,
    isCurrent: model.id === currentModel,
  }));
}
