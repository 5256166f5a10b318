import type { PluginHost, TransportChoice, TransportPlugin } from "axio/plugin";
import type { CredentialStore, Credentials } from "axio-auth";
import { textSetting, transportPlugin } from "axio-transport-kit/plugin";
import { CodexTransport } from "../transport.ts";
import { CODEX_PROVIDER } from "./provider.ts";

/**
 * ChatGPT (Codex), for apps that find their transports as plugins. The settings of the plugin may name another `baseUrl` and
 * `issuer`, and how answers come (`transport`: `"sse"`, `"websocket"` or `"auto"`).
 */
export const transport: TransportPlugin = transportPlugin(CODEX_PROVIDER, {
  create: open,
  usage: async (host, credentials, signal) => {
    using opened = open(host, credentials);
    return await opened.fetchRateLimits(signal === undefined ? {} : { signal });
  },
});

function open(
  host: PluginHost,
  credentials: CredentialStore<Credentials>,
  { effort }: TransportChoice = {},
): CodexTransport {
  const baseUrl = textSetting(host, "baseUrl");
  const issuer = textSetting(host, "issuer");
  const channel = textSetting(host, "transport");
  return new CodexTransport({
    credentials,
    onWarning: (warning) => host.onWarning(warning),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(effort === undefined ? {} : { reasoning: { effort } }),
    ...(channel === "websocket" || channel === "auto" ? { transport: channel } : {}),
  });
}
