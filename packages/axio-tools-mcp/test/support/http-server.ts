import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { NodeStreamableHTTPServerTransport, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, type McpServer } from "@modelcontextprotocol/server";
import { onTestFinished } from "vitest";

/** A server over streamable HTTP, closed after the test. */
export interface HttpServer {
  readonly url: string;
  readonly requests: IncomingMessage[];
  /** How many sessions it knows. */
  readonly sessions: () => number;
  /** Forgets all sessions, as a server that was started anew. */
  readonly forget: () => Promise<void>;
}

/** With sessions, as in the protocol up to 2025; `modern` without, as since 2026. */
export async function httpServer(make: () => McpServer, modern = false): Promise<HttpServer> {
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
      const known = sessions.get(id);
      if (known === undefined) response.writeHead(404).end();
      else await known.handleRequest(request, response);
      return;
    }
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (session) => {
        sessions.set(session, transport);
      },
      onsessionclosed: (session) => {
        sessions.delete(session);
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
