import type { PluginHost, ProfileSelection } from "axio/plugin";
import type { ApiKeyCredentials } from "axio-auth";
import { ApiTransport } from "axio-transport-kit";
import type { ServerOptions } from "../options.ts";
import { connectService } from "../stored-key.ts";
import { profileInUse } from "./choose-server.ts";

/** Creates the transport for the selected profile: to its server, with its key. */
export async function openTransport(
  host: PluginHost,
  selection: ProfileSelection,
): Promise<ApiTransport<ApiKeyCredentials>> {
  const { server, options, stored, credentials, isSelected } = await profileInUse(host, selection);
  const common: ServerOptions = {
    ...options,
    headers: { "x-title": host.appName, ...options.headers },
    onWarning: (warning) => host.onWarning(warning),
    onRetry: (retry) => host.onRetry?.(retry),
  };
  // A key of the environment counts before a stored one, unless the user selected that.
  const hasOwnKey = credentials !== undefined && isSelected;
  return new ApiTransport(
    ...connectService(server, hasOwnKey ? { ...common, credentials: stored.store } : common, {
      env: host.env,
      store: stored.store,
    }),
  );
}
