import { type PluginHost, type ProfileSelection, readSettings } from "axio/plugin";
import { KEY_VARIABLE } from "../config.ts";
import { ANTHROPIC_PROFILES } from "../profile-store.ts";
import { AnthropicTransport } from "../transport.ts";
import { SETTINGS } from "./settings.ts";

/** Creates the transport for the selected profile. Without a selection, the key of the environment comes first. */
export async function openTransport(
  host: PluginHost,
  selection: ProfileSelection,
): Promise<AnthropicTransport> {
  const { baseUrl, features, thinking, maxTokens, cacheLifetime } = readSettings(host, SETTINGS);
  const isSelected = selection.profile !== undefined || selection.store !== undefined;
  const hasVariable = (host.env[KEY_VARIABLE] ?? "").trim() !== "";
  const { store } = await ANTHROPIC_PROFILES.select(selection, host);
  return new AnthropicTransport({
    credentials: hasVariable && !isSelected ? undefined : store,
    env: host.env,
    onWarning: (warning) => host.onWarning(warning),
    onRetry: (retry) => host.onRetry?.(retry),
    baseUrl,
    isAnthropic: features === undefined ? undefined : features === "all",
    thinking,
    maxTokens,
    cache: cacheLifetime === undefined ? undefined : { lifetime: cacheLifetime },
  });
}
