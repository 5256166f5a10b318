import { AxioError, type ModelSpec, type RunOptions } from "axio";
import type { PluginHost, Provider, ProviderAccount, ProviderTransport } from "axio/plugin";
import type { FoundPlugin } from "../plugins/found-plugins.ts";
import type { AppSettings } from "../settings/app-settings.ts";

/** A transport in use, and the user's choices for it. */
export interface ActiveTransport {
  readonly name: string;
  readonly title: string;
  readonly plugin: Provider;
  readonly host: PluginHost;
  readonly transport: ProviderTransport;
  readonly profile?: string | undefined;
  readonly effort?: string | undefined;
  /** The id of the model that the user selected. Default: the transport's own. */
  readonly model?: string | undefined;
  /** The account that is signed in. Absent without a sign-in, or if the provider has no accounts. */
  readonly account?: ProviderAccount | undefined;
  /** Whether the user has to sign in first. */
  readonly needsSignIn: boolean;
}

/** A transport to open. Default, property by property: the transport's own choice. */
export interface TransportSelection extends Pick<ActiveTransport, "name" | "profile" | "effort" | "model"> {}

/** The transport without a provider behind it. It is used only if the user selects it by name. */
export const SIMULATOR = "simulator";

/**
 * Returns the names of the transports to start with: the requested one, else the last used one, else all but the
 * simulator.
 *
 * @throws AxioError `invalid-argument` if there is no transport of the requested name.
 */
export function startTransports(
  names: readonly string[],
  settings: AppSettings,
  requested: string | undefined,
): readonly string[] {
  if (requested !== undefined) {
    if (names.includes(requested)) return [requested];
    throw new AxioError(
      "invalid-argument",
      `There is no transport ${JSON.stringify(requested)}. ${names.length === 0 ? "None is installed." : `Choose one of: ${names.join(", ")}.`}`,
    );
  }
  if (settings.transport !== undefined && names.includes(settings.transport)) return [settings.transport];
  return names.filter((name) => name !== SIMULATOR);
}

/**
 * Opens a transport, without network access.
 *
 * @throws AxioError if the plugin fails to load, or its credentials cannot be read.
 */
export async function openTransport(
  found: FoundPlugin<Provider>,
  host: PluginHost,
  { model, profile, effort }: Omit<TransportSelection, "name">,
): Promise<ActiveTransport> {
  const plugin = await found.load();
  const selected = await plugin.signIn?.profile(host, { profile });
  if (selected?.error !== undefined) throw selected.error;
  const account = selected?.account;
  const transport = await plugin.createTransport(host, { profile });
  return {
    name: found.name,
    title: plugin.title,
    plugin,
    host,
    transport,
    profile,
    model,
    effort,
    account,
    needsSignIn: plugin.signIn !== undefined && account === undefined,
  };
}

/** The model in use. One that is not listed may be newer than the list: the provider decides. */
export function activeModel({ transport, model: id }: ActiveTransport): ModelSpec {
  if (id === undefined) return transport.model;
  return transport.models.find(id) ?? { id, capabilities: ["text", "tool-use"] };
}

/** The user's choice of model and reasoning, as options of a run. */
export function modelOptions(active: ActiveTransport): Pick<RunOptions, "model" | "reasoning"> {
  const effort = supportedEffort(activeModel(active), active.effort);
  return { model: active.model, reasoning: effort === undefined ? undefined : { effort } };
}

/** Returns the effort if the model supports it. */
export function supportedEffort({ efforts = [] }: ModelSpec, effort: string | undefined): string | undefined {
  return effort !== undefined && efforts.includes(effort) ? effort : undefined;
}
