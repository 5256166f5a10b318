import type { TransportPlugin } from "axio/plugin";
import { textSetting, transportPlugin } from "axio-transport-kit/plugin";
import { ChatGPTTransport } from "../transport.ts";
import { CHATGPT_PROVIDER } from "./provider.ts";

/**
 * A ChatGPT plan by the documented way, for apps that find their transports as plugins. The settings of the plugin may name
 * another `baseUrl` and `issuer`.
 */
export const transport: TransportPlugin = transportPlugin(CHATGPT_PROVIDER, {
  create: (host, credentials, { effort }) => {
    const baseUrl = textSetting(host, "baseUrl");
    const issuer = textSetting(host, "issuer");
    return new ChatGPTTransport({
      credentials,
      onWarning: (warning) => host.warn(warning),
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(issuer === undefined ? {} : { issuer }),
      ...(effort === undefined ? {} : { reasoning: { effort } }),
    });
  },
});
