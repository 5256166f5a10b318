import { type PluginHost, type ProfileSelection, readSettings } from "axio/plugin";
import { CHATGPT_PROFILES } from "../profile-store.ts";
import { ChatGPTTransport } from "../transport.ts";
import { SETTINGS } from "./settings.ts";

/** Creates the transport for the selected profile. */
export async function openTransport(
  host: PluginHost,
  selection: ProfileSelection,
): Promise<ChatGPTTransport> {
  const { baseUrl, issuer } = readSettings(host, SETTINGS);
  const { store } = await CHATGPT_PROFILES.select(selection, host);
  return new ChatGPTTransport({
    credentials: store,
    onWarning: (warning) => host.onWarning(warning),
    onRetry: (retry) => host.onRetry?.(retry),
    baseUrl,
    issuer,
  });
}
