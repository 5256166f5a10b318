import { AxioError, type ModelSpec, type RunOptions } from "axio";
import type { PluginHost, Provider, ProviderAccount, ProviderTransport } from "axio/plugin";
import type { FoundPlugin } from "../plugins/found-plugins.ts";
import type { AppSettings } from "../settings/app-settings.ts";

/** A provider in use, and the user's choices for it. */
export interface ActiveProvider {
  readonly name: string;
  readonly title: string;
  readonly provider: Provider;
  readonly host: PluginHost;
  readonly transport: ProviderTransport;
  readonly profile?: string | undefined;
  readonly effort?: string | undefined;
  /** The id of the model that the user selected. Default: the provider's own. */
  readonly model?: string | undefined;
  /** The account that is signed in. Absent without a sign-in, or if the provider has no accounts. */
  readonly account?: ProviderAccount | undefined;
  /** Whether the user has to sign in first. */
  readonly needsSignIn: boolean;
}

/** A provider to open. Default, property by property: the provider's own choice. */
export interface ProviderSelection extends Pick<ActiveProvider, "name" | "profile" | "effort" | "model"> {}

/** The provider without a service behind it. It is used only if the user selects it by name. */
export const SIMULATOR = "simulator";

/**
 * Returns the names of the providers to start with: the requested one, else the last used one, else all but the
 * simulator.
 *
 * @throws AxioError `invalid-argument` if there is no provider of the requested name.
 */
export function startProviders(
  names: readonly string[],
  settings: AppSettings,
  requested: string | undefined,
): readonly string[] {
  if (requested !== undefined) {
    if (names.includes(requested)) return [requested];
    throw new AxioError(
      "invalid-argument",
      `There is no provider ${JSON.stringify(requested)}. ${names.length === 0 ? "None is installed." : `Choose one of: ${names.join(", ")}.`}`,
    );
  }
  if (settings.provider !== undefined && names.includes(settings.provider)) return [settings.provider];
  return names.filter((name) => name !== SIMULATOR);
}

/**
 * Opens a provider, without network access.
 *
 * @throws AxioError if the plugin fails to load, or its credentials cannot be read.
 */
export async function openProvider(
  found: FoundPlugin<Provider>,
  host: PluginHost,
  { model, profile, effort }: Omit<ProviderSelection, "name">,
): Promise<ActiveProvider> {
  const provider = await found.load();
  const selected = await provider.signIn?.profile(host, { profile });
  if (selected?.error !== undefined) throw selected.error;
  const account = selected?.account;
  const transport = await provider.createTransport(host, { profile });
  return {
    name: found.name,
    title: provider.title,
    provider,
    host,
    transport,
    profile,
    model,
    effort,
    account,
    needsSignIn: provider.signIn !== undefined && account === undefined,
  };
}

/** The model in use. One that is not listed may be newer than the list: the provider decides. */
export function activeModel({ transport, model: id }: ActiveProvider): ModelSpec {
  if (id === undefined) return transport.model;
  return transport.models.find(id) ?? { id, capabilities: ["text", "tool-use"] };
}

/** Whether another model may be used once the models of the account are known. */
export function mayChangeModel({ transport, model, needsSignIn, account }: ActiveProvider): boolean {
  const isFetched = transport.fetchModels !== undefined && !needsSignIn && account?.planUse?.isOn !== false;
  return isFetched && model === undefined;
}

/** Whether a model accepts pictures. */
export function canSeeImages({ capabilities, inputModalities = [] }: ModelSpec): boolean {
  return capabilities.includes("vision") || inputModalities.includes("image");
}

/** The user's choice of model and reasoning, as options of a run. */
export function modelOptions(active: ActiveProvider): Pick<RunOptions, "model" | "reasoning"> {
  const effort = supportedEffort(activeModel(active), active.effort);
  return { model: active.model, reasoning: effort === undefined ? undefined : { effort } };
}

/** Returns the effort if the model supports it. */
export function supportedEffort({ efforts = [] }: ModelSpec, effort: string | undefined): string | undefined {
  return effort !== undefined && efforts.includes(effort) ? effort : undefined;
}
