import { isJsonObject, type JsonObject } from "axio";
import {
  defaultCredentialsPath,
  FileCredentialStore,
  type PathEnvironment,
  versionedFormat,
} from "axio-auth";

/** The credentials of one server: its client registration and its tokens, as the SDK gives them. */
export interface ServerCredentials {
  readonly client?: JsonObject | undefined;
  readonly tokens?: JsonObject | undefined;
}

/** The credentials of all servers, by URL. */
interface StoredServers {
  readonly servers: Readonly<Record<string, ServerCredentials>>;
}

/** Stores the credentials of MCP servers in a file that only the user can read: `axio/mcp.json`, beside the others. */
export class TokenStore {
  readonly #file: FileCredentialStore<StoredServers>;

  constructor(environment: PathEnvironment) {
    this.#file = new FileCredentialStore({
      path: defaultCredentialsPath("mcp", environment),
      format: versionedFormat({ parse: parseServers }),
    });
  }

  async load(url: string): Promise<ServerCredentials> {
    return (await this.#file.load())?.servers[url] ?? {};
  }

  /** Replaces the given members; `undefined` removes one. */
  async save(url: string, change: ServerCredentials): Promise<void> {
    await this.update(url, async (current) => ({ ...current, ...change }));
  }

  /** Changes the credentials of a server, one call and process at a time. Returns the new ones. */
  async update(
    url: string,
    change: (current: ServerCredentials) => Promise<ServerCredentials>,
  ): Promise<ServerCredentials> {
    const stored = await this.#file.update(async (current) => ({
      servers: { ...current?.servers, [url]: await change(current?.servers[url] ?? {}) },
    }));
    return stored?.servers[url] ?? {};
  }
}

function parseServers({ servers }: JsonObject): StoredServers {
  const entries = isJsonObject(servers) ? Object.entries(servers) : [];
  return {
    servers: Object.fromEntries(
      entries.flatMap(([url, value]) => {
        if (!isJsonObject(value)) return [];
        const { client, tokens } = value;
        return [
          [
            url,
            {
              ...(isJsonObject(client) && { client }),
              ...(isJsonObject(tokens) && { tokens }),
            },
          ],
        ];
      }),
    ),
  };
}
