import { AxioError } from "axio";
import type { Server, ServerId } from "./server.ts";
import { isServerId, SERVERS } from "./servers.ts";

/**
 * Returns the preset of a name, or a server as it is.
 *
 * @throws AxioError `invalid-argument` for an unknown name.
 */
export function presetOf(server: ServerId | Server | undefined): Server | undefined {
  if (typeof server !== "string") return server;
  if (isServerId(server)) return SERVERS[server];
  throw new AxioError(
    "invalid-argument",
    `There is no server ${JSON.stringify(server)}. Choose one of: ${Object.keys(SERVERS).join(", ")}; or give a baseUrl.`,
  );
}
