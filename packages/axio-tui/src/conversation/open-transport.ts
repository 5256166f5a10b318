import { AxioError, type ModelSpec, type RunOptions } from "axio";
import type {
  ClosableTransport,
  PluginHost,
  TransportAccount,
  TransportChoice,
  TransportPlugin,
} from "axio/plugin";
import type { FoundPlugin } from "../plugins/found-plugins.ts";
import type { AppSettings } from "../settings/app-settings.ts";

/** A transport that is ready to be used, and what was chosen of it. */
export interface ActiveTransport {
  readonly name: string;
  readonly title: string;
  readonly plugin: TransportPlugin;
  readonly host: PluginHost;
  readonly transport: ClosableTransport;
  readonly profile?: string;
  readonly effort?: string | undefined;
  /** The id of the model that the user chose. Default: the transport's own. */
  readonly model?: string | undefined;
  /** Who is signed in, where the provider knows of accounts. */
  readonly account?: TransportAccount;
  /** Whether a person has to sign in before it can be used. */
  readonly needsSignIn: boolean;
}

/** What to use of a transport. What is left out is the transport's own choice. */
export interface WantedTransport {
  readonly name: string;
  readonly profile?: string | undefined;
  readonly effort?: string | undefined;
  readonly model?: string | undefined;
}

/** The transport that stands in for a provider. People choose it by name, and nothing else does. */
export const SIMULATOR = "simulator";

/**
 * The transports to begin with: the one that was named or used last, else all that are no stand-in.
 *
 * @throws AxioError `invalid-argument` where there is none of the name that is wanted.
 */
export function chooseTransports(
  names: readonly string[],
  settings: AppSettings,
  wanted: string | undefined,
): readonly string[] {
  if (wanted !== undefined) {
    if (names.includes(wanted)) return [wanted];
    throw new AxioError(
      "invalid-argument",
      `There is no transport ${JSON.stringify(wanted)}. ${names.length === 0 ? "None is installed." : `Choose one of: ${names.join(", ")}.`}`,
    );
  }
  if (settings.transport !== undefined && names.includes(settings.transport)) return [settings.transport];
  return names.filter((name) => name !== SIMULATOR);
}

/**
 * Readies a transport. Asks for nothing over the network.
 *
 * @throws AxioError where the plugin cannot be loaded or the sign-in cannot be read.
 */
export async function openTransport(
  found: FoundPlugin<TransportPlugin>,
  host: PluginHost,
  wanted: Omit<WantedTransport, "name">,
): Promise<ActiveTransport> {
  const plugin = await found.load();
  const { model, profile, effort } = wanted;
  const choice: TransportChoice = profile === undefined ? {} : { profile };
  const account = await plugin.account?.(host, choice);
  const transport = await plugin.create(host, choice);
  return {
    name: found.name,
    title: plugin.title,
    plugin,
    host,
    transport,
    ...choice,
    model,
    effort,
    ...(account === undefined ? {} : { account }),
    needsSignIn: plugin.account !== undefined && account === undefined,
  };
}

/** The model in use. One that is not on the list may be newer than the list: the provider decides. */
export function activeModel({ transport, model: id }: ActiveTransport): ModelSpec {
  if (id === undefined) return transport.model;
  return transport.models.find(id) ?? { id, capabilities: ["text", "tool-use"] };
}

/** The model and the reasoning of a request, as the user chose them. */
export function modelOptions(active: ActiveTransport): Pick<RunOptions, "model" | "reasoning"> {
  const effort = fittingEffort(activeModel(active), active.effort);
  return { model: active.model, reasoning: effort === undefined ? undefined : { effort } };
}

/** The effort, where the model takes it. */
export function fittingEffort(model: ModelSpec, effort: string | undefined): string | undefined {
  return effort !== undefined && (model.efforts ?? []).includes(effort) ? effort : undefined;
}
