import { type PluginHost, type ProfileSelection, readSettings } from "axio/plugin";
import { CODEX_PROFILES } from "../profile-store.ts";
import { CodexTransport } from "../transport.ts";
import { SETTINGS } from "./settings.ts";

/** Creates the transport for the selected profile. */
export async function openTransport(host: PluginHost, selection: ProfileSelection): Promise<CodexTransport> {
  const { baseUrl, issuer, transport } = readSettings(host, SETTINGS);
  const { store } = await CODEX_PROFILES.select(selection, host);
  return new CodexTransport({
    credentials: store,
    onWarning: (warning) => host.onWarning(warning),
    onRetry: (retry) => host.onRetry?.(retry),
    baseUrl,
    issuer,
    transport,
  });
}
