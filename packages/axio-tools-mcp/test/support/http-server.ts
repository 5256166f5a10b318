import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { NodeStreamableHTTPServerTransport, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, type McpServer } from "@modelcontextprotocol/server";
import { onTestFinished } from "vitest";

/** An MCP server over streamable HTTP. */
export interface HttpServer {
  readonly url: string;
  readonly requests: IncomingMessage[];
  /** Returns the number of open sessions. */
  readonly sessions: () => number;
  /** Forgets all sessions, like a restarted server. */
  readonly forget: () => Promise<void>;
}

/** The response to a request of a session that the server does not know. */
export interface UnknownSession {
  readonly status: number;
  readonly body: string;
}

const NOT_FOUND: UnknownSession = { status: 404, body: "" };

/** Starts a server until the end of the test: with sessions (protocol up to 2025), or without (`modern`, since 2026). */
export async function httpServer(
  make: () => McpServer,
  modern = false,
  unknown: UnknownSession = NOT_FOUND,
): Promise<HttpServer> {
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>();
  const requests: IncomingMessage[] = [];
  const stateless = toNodeHandler(createMcpHandler(make, { legacy: "reject" }));
  const server = createServer(async (request, response) => {
    requests.push(request);
    if (modern) {
      await stateless(request as Parameters<typeof stateless>[0], response);
      return;
    }
    const id = request.headers["mcp-session-id"];
    if (typeof id === "string") {
      const session = sessions.get(id);
      if (session === undefined)
        response.writeHead(unknown.status, { "content-type": "application/json" }).end(unknown.body);
      else await session.handleRequest(request, response);
      return;
    }
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (sessionId) => {
        sessions.set(sessionId, transport);
      },
      onsessionclosed: (sessionId) => {
        sessions.delete(sessionId);
      },
    });
    await make().connect(transport);
    await transport.handleRequest(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const forget = async (): Promise<void> => {
    const old = [...sessions.values()];
    sessions.clear();
    await Promise.all(old.map((transport) => transport.close()));
  };
  onTestFinished(async () => {
    await forget();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/mcp`, requests, sessions: () => sessions.size, forget };
}
