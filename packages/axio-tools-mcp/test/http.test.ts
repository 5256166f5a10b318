import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { callTool } from "test-support/call-tools";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { httpServer } from "./support/http-server.ts";
import { folder, open } from "./support/run.ts";
import { testServer } from "./support/test-server.ts";

const SECRET = "hunter2-hunter2";

describe("A server over streamable HTTP", () => {
  it.each([false, true])(
    "gives its tools and answers; without sessions, as since 2026: %s",
    async (modern) => {
      const server = await httpServer(testServer, modern);
      const { mcp, warnings } = await open({
        web: { url: server.url, headers: { Authorization: `Bearer ${SECRET}` } },
      });
      expect(warnings).toEqual([]);
      expect((await callTool(mcp.tools, "web__echo", { text: "hello" })).text).toBe("hello");
      expect(server.requests.every(({ headers }) => headers.authorization === `Bearer ${SECRET}`)).toBe(true);
    },
  );

  it("shows progress, and is told of a call that was cancelled", async () => {
    const server = await httpServer(testServer);
    const { mcp } = await open({ web: { url: server.url } });
    const mark = join(await folder(), "mark");
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

  it("gets a new session where it has forgotten the old one, and the call is made once", async () => {
    const server = await httpServer(testServer);
    const { mcp, warnings } = await open({ web: { url: server.url } });
    await server.forget();
    expect((await callTool(mcp.tools, "web__echo", { text: "again" })).text).toBe("again");
    expect(server.sessions()).toBe(1);
    expect(warnings).toEqual([]);
  });

  it("is told that the session ends", async () => {
    const server = await httpServer(testServer);
    const { mcp } = await open({ web: { url: server.url } });
    expect(server.sessions()).toBe(1);
    await mcp.close();
    expect(server.sessions()).toBe(0);
  });
});

describe("A server behind an address that does not work", () => {
  async function answering(status: number): Promise<string> {
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
    [401, /"web" refuses the request \(401\)\. Put a token that holds into its headers/],
    [404, /"web" is not at http:\/\/127\.0\.0\.1:\d+\/mcp \(404\)\. Check the address; many end in \/mcp\./],
    [500, /"web" answered with the status 500 \(http:\/\/127\.0\.0\.1:\d+\/mcp\)\./],
  ])("is named with the remedy and without secrets: %i", async (status, expected) => {
    const url = await answering(status);
    const { mcp, warnings } = await open({ web: { url, headers: { Authorization: `Bearer ${SECRET}` } } });
    expect(mcp.tools).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toMatch(expected);
    expect(inspect(warnings, { depth: 10, showHidden: true })).not.toContain("hunter2");
  });

  it("is named where nobody listens", async () => {
    // Port 1 is never listened to on a machine for tests.
    const { warnings } = await open({ web: { url: "http://127.0.0.1:1/mcp" } });
    expect(warnings[0]?.message).toBe(
      'The MCP server "web" cannot be reached at http://127.0.0.1:1/mcp. Check the address and the network.',
    );
  });
});
