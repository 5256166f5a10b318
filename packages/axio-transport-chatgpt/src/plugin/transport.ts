import type { PluginHost, TransportChoice, TransportPlugin } from "axio/plugin";
import type { CredentialStore } from "axio-auth";
import { textSetting, transportPlugin } from "axio-transport-kit/plugin";
import type { ChatGPTCredentials } from "../credentials.ts";
import { ChatGPTTransport } from "../transport.ts";
import { CHATGPT_PROVIDER } from "./provider.ts";

/**
 * A ChatGPT plan by the documented way, for apps that find their transports as plugins. People sign in to the app that they
 * use, by its own name (`PluginHost.appName`). The settings of the plugin may give another `appName`, the `port` that the
 * browser comes back to, and another `baseUrl` and `issuer`.
 */
export const transport: TransportPlugin = transportPlugin(CHATGPT_PROVIDER, { create: open });

function open(
  host: PluginHost,
  credentials: CredentialStore<ChatGPTCredentials>,
  { effort }: TransportChoice,
): ChatGPTTransport {
  const baseUrl = textSetting(host, "baseUrl");
  const issuer = textSetting(host, "issuer");
  return new ChatGPTTransport({
    credentials,
    onWarning: (warning) => host.onWarning(warning),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(effort === undefined ? {} : { reasoning: { effort } }),
  });
}
