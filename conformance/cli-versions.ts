import { CLIENT_VERSION } from "../packages/axio-transport-codex/src/config.ts";
import { execute } from "./execute.ts";

/** The oldest official CLI that the simulator serves. */
export const OLDEST_VERSION = "0.144.6";

/**
 * Asks the npm registry for the newest release of the official CLI.
 *
 * @throws Error if the registry does not answer with a version.
 */
export async function newestVersion(): Promise<string> {
  const { stdout, stderr } = await execute("npm", ["view", "@openai/codex", "version"]);
  const version = stdout.trim();
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`npm did not name the newest CLI:\n${stderr}`);
  return version;
}

/** Says how to update our client version if it is not that of the newest CLI. */
export function staleClientVersion(newest: string): readonly string[] {
  return CLIENT_VERSION === newest
    ? []
    : [
        `CLIENT_VERSION in packages/axio-transport-codex/src/config.ts is ${JSON.stringify(CLIENT_VERSION)}: set it to ${JSON.stringify(newest)}`,
      ];
}
