import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { callTool } from "test-support/call-tools";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { httpServer } from "./support/http-server.ts";
import { open, temporaryDirectory } from "./support/run.ts";
import { testServer } from "./support/test-server.ts";

const SECRET = "hunter2-hunter2";

describe("A server over streamable HTTP", () => {
  it.each([false, true])("lists and calls tools; without sessions: %s", async (modern) => {
    const server = await httpServer(testServer, modern);
    const { mcp, warnings } = await open({
      web: { url: server.url, headers: { Authorization: `Bearer ${SECRET}` } },
    });
    expect(warnings).toEqual([]);
    expect((await callTool(mcp.tools, "web__echo", { text: "hello" })).text).toBe("hello");
    expect(server.requests.every(({ headers }) => headers.authorization === `Bearer ${SECRET}`)).toBe(true);
  });

  it("shows progress and receives the abort of a call", async () => {
    const server = await httpServer(testServer);
    const { mcp } = await open({ web: { url: server.url } });
    const mark = join(await temporaryDirectory(), "mark");
    const controller = new AbortController();
    let seen = "";
    const run = callTool(
      mcp.tools,
      "web__wait",
      { mark },
      {
        signal: controller.signal,
        onShown: (shown) => {
          seen = shown;
          controller.abort();
        },
      },
    );
    await expect(run).rejects.toMatchObject({ code: "aborted" });
    expect(seen).toBe("1/2 half way\n");
    await vi.waitFor(() => expect(existsSync(mark)).toBe(true), { timeout: 20_000 });
  });

  it.each([
    ["as the protocol says", { status: 404, body: "" }],
    [
      "with 400, as in the examples of the SDK",
      {
        status: 400,
        body: '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: No valid session ID provided"},"id":null}',
      },
    ],
    [
      "with 400, as a new process of the SDK",
      {
        status: 400,
        body: '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: Server not initialized"},"id":null}',
      },
    ],
    ["with 400 and text", { status: 400, body: "Invalid or missing session ID" }],
  ])(
    "opens a new session if the server lost the old one, and makes the call once: %s",
    async (_, unknown) => {
      const server = await httpServer(testServer, false, unknown);
      const { mcp, warnings } = await open({ web: { url: server.url } });
      await server.forget();
      expect((await callTool(mcp.tools, "web__echo", { text: "again" })).text).toBe("again");
      expect(server.sessions()).toBe(1);
      expect(warnings).toEqual([]);
    },
  );

  it("ends the session on close", async () => {
    const server = await httpServer(testServer);
    const { mcp } = await open({ web: { url: server.url } });
    expect(server.sessions()).toBe(1);
    await mcp.close();
    expect(server.sessions()).toBe(0);
  });
});

describe("A remote server that fails", () => {
  async function serverWithStatus(status: number): Promise<string> {
    const server = createServer((request, response) => {
      request.resume();
      response
        .writeHead(status, { "content-type": "text/plain" })
        .end(`no: ${request.headers.authorization}`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp?key=${SECRET}`;
  }

  it.each([
    [401, /"web" rejected the request \(401\)\. Add a valid token to its headers/],
    [
      404,
      /"web" was not found at http:\/\/127\.0\.0\.1:\d+\/mcp \(404\)\. Check the URL; many end in \/mcp\./,
    ],
    [500, /"web" returned the status 500 \(http:\/\/127\.0\.0\.1:\d+\/mcp\)\./],
  ])("is reported with the remedy and without secrets: %i", async (status, expected) => {
    const url = await serverWithStatus(status);
    const { mcp, warnings } = await open({ web: { url, headers: { Authorization: `Bearer ${SECRET}` } } });
    expect(mcp.tools).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toMatch(expected);
    expect(inspect(warnings, { depth: 10, showHidden: true })).not.toContain("hunter2");
  });

  it("is reported if the connection is refused", async () => {
    // Nothing listens on port 1.
    const { warnings } = await open({ web: { url: "http://127.0.0.1:1/mcp" } });
    expect(warnings[0]?.message).toBe(
      'The MCP server "web" cannot be reached at http://127.0.0.1:1/mcp. Check the URL and the network.',
    );
  });
});
