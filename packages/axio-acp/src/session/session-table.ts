import { stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import {
  type AgentContext,
  type ClientCapabilities,
  type ListSessionsRequest,
  type ListSessionsResponse,
  type McpServer,
  RequestError,
} from "@agentclientprotocol/sdk";
import { AxioError } from "axio";
import type { SessionDatabase } from "axio-context-sqlite";
import {
  HeadlessConversation,
  openWorkspace,
  type PermissionAnswer,
  type SettingsStore,
  type Workspace,
  type WorkspaceIo,
} from "axio-tui/internal";
import { mcpSettings } from "../requests/mcp-settings.ts";
import { invalidParams } from "../requests/request-error.ts";
import { listPage } from "../requests/session-list.ts";
import { AcpSession } from "./acp-session.ts";
import { Editor } from "./editor.ts";

/** Everything that sessions share. */
export interface SessionTableOptions {
  readonly io: WorkspaceIo;
  readonly settings: SettingsStore;
  readonly database: SessionDatabase;
  /** Takes lines that an editor cannot show. */
  readonly log: (line: string) => void;
}

/** The folder of a session, and what the editor gives it. */
export interface SessionFolder {
  readonly cwd: string;
  readonly mcpServers?: readonly McpServer[] | undefined;
  readonly additionalDirectories?: readonly string[] | undefined;
}

/** The sessions of one connection. */
export class SessionTable {
  readonly #options: SessionTableOptions;
  readonly #open = new Map<string, AcpSession>();
  capabilities: ClientCapabilities = {};

  constructor(options: SessionTableOptions) {
    this.#options = options;
  }

  /**
   * Returns an open session.
   *
   * @throws RequestError -32002 if no session has this id.
   */
  get(id: string): AcpSession {
    const session = this.#open.get(id);
    if (session === undefined) throw RequestError.sessionNotFound(id);
    return session;
  }

  /** Opens a session: a new one, or the one with an id. */
  async start(client: AgentContext, folder: SessionFolder, id?: string): Promise<AcpSession> {
    const { database } = this.#options;
    if (id !== undefined) await this.#assertStored(id);
    if (id !== undefined) await this.close(id);
    const workspace = await this.#workspace(folder);
    let session: AcpSession | undefined;
    const onRequest = async (request: Parameters<AcpSession["answer"]>[0]): Promise<PermissionAnswer> =>
      session?.answer(request) ?? { type: "no" };
    const conversation = await HeadlessConversation.open({ workspace, sessions: database, onRequest }).catch(
      (error: unknown) => {
        workspace.close();
        throw error;
      },
    );
    const store = id === undefined ? await conversation.begin() : await conversation.resume(id);
    if (store === undefined) throw new Error("The conversation is not stored.");
    const editor = new Editor(client, this.capabilities, { sessionId: store.id, log: this.#options.log });
    session = new AcpSession({ conversation, store, database, editor, hasTitle: id !== undefined });
    this.#open.set(store.id, session);
    return session;
  }

  async list({ cwd, cursor }: ListSessionsRequest): Promise<ListSessionsResponse> {
    return listPage(cursor, (limit) => this.#options.database.list({ directory: cwd ?? undefined, limit }));
  }

  /** Ends a session, if it is open. It stays stored, unless it is empty. */
  async close(id: string): Promise<void> {
    const session = this.#open.get(id);
    if (session === undefined) return;
    this.#open.delete(id);
    await session.close();
    await this.#deleteEmpty(id);
  }

  /** Ends a session and deletes what is stored of it. */
  async delete(id: string): Promise<void> {
    const session = this.#open.get(id);
    this.#open.delete(id);
    await session?.close();
    await this.#assertStored(id);
    await this.#options.database.delete(id);
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.close(id)));
  }

  async #assertStored(id: string): Promise<void> {
    try {
      await this.#options.database.open(id);
    } catch (error) {
      if (AxioError.is(error, "invalid-argument")) throw RequestError.sessionNotFound(id);
      throw error;
    }
  }

  async #deleteEmpty(id: string): Promise<void> {
    const store = await this.#options.database.open(id);
    if ((await store.history()).length === 0) await this.#options.database.delete(id);
  }

  async #workspace({ cwd, mcpServers = [], additionalDirectories = [] }: SessionFolder): Promise<Workspace> {
    if (!isAbsolute(cwd)) throw invalidParams(`The folder ${cwd} is not an absolute path.`);
    const stats = await stat(cwd).catch(() => undefined);
    if (stats?.isDirectory() !== true) throw invalidParams(`There is no folder ${cwd}.`);
    if (additionalDirectories.length > 0)
      throw invalidParams("A session works in one folder. Leave out additionalDirectories.");
    const { io, settings } = this.#options;
    const workspace = await openWorkspace({ io, cwd, settings });
    return mcpServers.length === 0 ? workspace : withMcpServers(workspace, mcpServers);
  }
}

/** Gives the servers of the editor to the plugin for MCP servers. They override those of the settings. */
function withMcpServers(workspace: Workspace, servers: readonly McpServer[]): Workspace {
  if (!workspace.found.tools.some(({ name }) => name === "mcp")) {
    workspace.close();
    throw invalidParams(
      "The plugin for MCP servers is missing or disabled. Install axio-tools-mcp, or remove the MCP servers.",
    );
  }
  const own = mcpSettings(servers, workspace.cwd);
  return {
    ...workspace,
    hostFor: (kind, name) => {
      const host = workspace.hostFor(kind, name);
      if (kind !== "tools" || name !== "mcp") return host;
      const { settings } = host;
      const { mcpServers } = settings;
      return {
        ...host,
        settings: { ...settings, mcpServers: { ...(isObject(mcpServers) ? mcpServers : {}), ...own } },
      };
    },
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
