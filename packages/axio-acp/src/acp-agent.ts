import { type AgentApp, agent, type InitializeResponse, PROTOCOL_VERSION } from "@agentclientprotocol/sdk";
import { promptBlocks } from "./requests/prompt-blocks.ts";
import { invalidParams, requestError } from "./requests/request-error.ts";
import type { AcpSession, ShownState } from "./session/acp-session.ts";
import { SessionTable, type SessionTableOptions } from "./session/session-table.ts";
import { authMethods } from "./sign-in/auth-methods.ts";
import { signInProviders, signInWithBrowser, signOut } from "./sign-in/sign-in.ts";

/** Options of {@link createAcpAgent}. */
export interface AcpAgentOptions extends SessionTableOptions {
  /** The directory of the process, where providers are looked for before there is a session. */
  readonly cwd: string;
}

/** The agent of one connection. */
export interface AcpAgent {
  readonly app: AgentApp;
  /** Ends all sessions. */
  close(): Promise<void>;
}

/** Creates the agent: what it answers to each method of the protocol. */
export function createAcpAgent(options: AcpAgentOptions): AcpAgent {
  const table = new SessionTable(options);
  const prompting = new Set<string>();

  const opened = (session: AcpSession): ShownState => {
    // After the response: the editor does not know the session before.
    setImmediate(() => {
      session.announce().catch((error: unknown) => options.log(requestError(error).message));
    });
    return session.shownState();
  };

  const app = agent({ name: "axio" })
    .onRequest("initialize", async ({ params }): Promise<InitializeResponse> => {
      table.capabilities = params.clientCapabilities ?? {};
      const providers = await signInProviders(options);
      return {
        protocolVersion: PROTOCOL_VERSION,
        agentInfo: { name: "axio", title: "axio", version: options.io.version },
        agentCapabilities: {
          loadSession: true,
          promptCapabilities: { image: true, embeddedContext: true },
          mcpCapabilities: { http: true, sse: false },
          auth: { logout: {} },
          sessionCapabilities: { list: {}, delete: {}, resume: {}, close: {} },
        },
        authMethods: authMethods(providers, table.capabilities.auth?.terminal === true),
      };
    })
    .onRequest("authenticate", ({ params, signal }) =>
      translated(async () => {
        await signInWithBrowser(params.methodId, options, signal);
        return {};
      }),
    )
    .onRequest("logout", () =>
      translated(async () => {
        await signOut(options);
        return {};
      }),
    )
    .onRequest("session/new", ({ params, client }) =>
      translated(async () => {
        const session = await table.start(client, params);
        return { sessionId: session.id, ...opened(session) };
      }),
    )
    .onRequest("session/load", ({ params, client }) =>
      translated(async () => {
        const session = await table.start(client, params, params.sessionId);
        await session.replay();
        return opened(session);
      }),
    )
    .onRequest("session/resume", ({ params, client }) =>
      translated(async () => opened(await table.start(client, params, params.sessionId))),
    )
    .onRequest("session/list", ({ params }) => translated(() => table.list(params)))
    .onRequest("session/close", ({ params }) =>
      translated(async () => {
        table.get(params.sessionId);
        await table.close(params.sessionId);
        return {};
      }),
    )
    .onRequest("session/delete", ({ params }) =>
      translated(async () => {
        await table.delete(params.sessionId);
        return {};
      }),
    )
    .onRequest("session/set_mode", ({ params }) =>
      translated(async () => {
        await table.get(params.sessionId).setMode(params.modeId);
        return {};
      }),
    )
    .onRequest("session/set_config_option", ({ params }) =>
      translated(async () => ({
        configOptions: await table.get(params.sessionId).setOption(params.configId, params.value),
      })),
    )
    .onRequest("session/prompt", ({ params, signal }) =>
      translated(async () => {
        const { sessionId } = params;
        const session = table.get(sessionId);
        if (prompting.has(sessionId))
          throw invalidParams("A prompt of this session is in progress. Wait for its end, or cancel it.");
        prompting.add(sessionId);
        try {
          return await session.prompt(promptBlocks(params.prompt, session.cwd), signal);
        } finally {
          prompting.delete(sessionId);
        }
      }),
    )
    .onNotification("session/cancel", ({ params }) => table.get(params.sessionId).cancel());
  return { app, close: () => table.closeAll() };
}

/** Runs a handler whose failures become errors of the protocol. */
async function translated<Response>(handle: () => Promise<Response>): Promise<Response> {
  try {
    return await handle();
  } catch (error) {
    throw requestError(error);
  }
}
