import { createHash, randomUUID } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler } from "@modelcontextprotocol/server";
import { callTool } from "test-support/call-tools";
import { describe, expect, it, onTestFinished } from "vitest";
import { ENV, open, temporaryDirectory } from "./support/run.ts";
import { testServer } from "./support/test-server.ts";

/** An MCP server that accepts only tokens of its own authorization server (RFC 9728, 8414, 7591, 7636). */
async function protectedServer() {
  const handler = toNodeHandler(createMcpHandler(testServer, { legacy: "reject" }));
  const codes = new Map<string, string>();
  const tokens = new Set<string>();
  /** Each is accepted once; a second time ends the sign-in. */
  const refreshTokens = new Set<string>();
  const seen = { registrations: 0, refreshes: 0, authorizations: 0, denies: false, isDown: false };
  const body = async (request: IncomingMessage): Promise<string> => {
    let text = "";
    for await (const chunk of request) text += chunk;
    return text;
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", origin());
    const json = (value: unknown, status = 200) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    const grant = () => {
      const token = randomUUID();
      tokens.add(token);
      refreshTokens.add(`refresh-${token}`);
      json({
        access_token: token,
        refresh_token: `refresh-${token}`,
        token_type: "Bearer",
        expires_in: 3_600,
      });
    };
    switch (url.pathname) {
      case "/.well-known/oauth-protected-resource":
      case "/.well-known/oauth-protected-resource/mcp":
        return json({ resource: `${origin()}/mcp`, authorization_servers: [origin()] });
      case "/.well-known/oauth-authorization-server":
        return json({
          issuer: origin(),
          authorization_endpoint: `${origin()}/authorize`,
          token_endpoint: `${origin()}/token`,
          registration_endpoint: `${origin()}/register`,
          response_types_supported: ["code"],
          grant_types_supported: ["authorization_code", "refresh_token"],
          code_challenge_methods_supported: ["S256"],
          token_endpoint_auth_methods_supported: ["none"],
        });
      case "/register":
        seen.registrations += 1;
        return json({ ...JSON.parse(await body(request)), client_id: `client-${seen.registrations}` }, 201);
      case "/authorize": {
        seen.authorizations += 1;
        const callback = new URL(url.searchParams.get("redirect_uri") ?? "");
        callback.searchParams.set("state", url.searchParams.get("state") ?? "");
        if (seen.denies) callback.searchParams.set("error", "access_denied");
        else {
          const code = randomUUID();
          codes.set(code, url.searchParams.get("code_challenge") ?? "");
          callback.searchParams.set("code", code);
        }
        return response.writeHead(302, { location: callback.href }).end();
      }
      case "/token": {
        const form = new URLSearchParams(await body(request));
        if (seen.isDown) return json({ error: "server_error" }, 503);
        if (form.get("grant_type") === "refresh_token") {
          seen.refreshes += 1;
          if (refreshTokens.delete(form.get("refresh_token") ?? "")) return grant();
          tokens.clear();
          refreshTokens.clear();
          return json({ error: "invalid_grant" }, 400);
        }
        const challenge = createHash("sha256")
          .update(form.get("code_verifier") ?? "")
          .digest("base64url");
        if (codes.get(form.get("code") ?? "") !== challenge) return json({ error: "invalid_grant" }, 400);
        codes.delete(form.get("code") ?? "");
        return grant();
      }
      case "/mcp": {
        const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
        if (token !== undefined && tokens.has(token))
          return handler(request as Parameters<typeof handler>[0], response);
        const metadata = `${origin()}/.well-known/oauth-protected-resource/mcp`;
        return response
          .writeHead(401, { "www-authenticate": `Bearer resource_metadata="${metadata}"` })
          .end();
      }
      default:
        return response.writeHead(404).end();
    }
  });
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `${origin()}/mcp`,
    seen,
    expire: () => tokens.clear(),
    revoke: () => {
      tokens.clear();
      refreshTokens.clear();
    },
  };
}

/** A user whose browser follows redirects. */
const signInCall = (urls: string[] = []) => ({
  signal: new AbortController().signal,
  onUrl: (url: string) => void urls.push(url),
  openUrl: (url: string) => fetch(url),
});

describe("a server that needs a sign-in", () => {
  it("says so at its start, opens no browser, and works after the sign-in, also in the next process", async () => {
    const server = await protectedServer();
    const home = await temporaryDirectory();
    const env = { ...ENV, XDG_CONFIG_HOME: home };
    const { mcp, warnings } = await open({ remote: { url: server.url } }, { env, oauth: true });
    expect(mcp.servers).toMatchObject([{ state: "needs-sign-in", toolCount: 0 }]);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^The MCP server "remote" needs a sign-in\. In the app, \/mcp signs in;/),
    ]);
    expect(server.seen).toMatchObject({ registrations: 0, authorizations: 0 });

    const urls: string[] = [];
    await mcp.servers[0]?.signIn?.(signInCall(urls));
    expect(mcp.servers).toMatchObject([{ state: "ready" }]);
    expect((await callTool(mcp.tools, "remote__echo", { text: "hi" })).text).toBe("hi");
    expect(urls).toEqual([expect.stringMatching(/\/authorize\?.*code_challenge_method=S256/)]);

    const file = join(home, "axio", "mcp.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const next = await open({ remote: { url: server.url } }, { env, oauth: true });
    expect((await callTool(next.mcp.tools, "remote__echo", { text: "again" })).text).toBe("again");
    expect(server.seen).toMatchObject({ registrations: 1, authorizations: 1 });
  });

  it("gets a new token with the refresh token when the old one has expired", async () => {
    const server = await protectedServer();
    const env = { ...ENV, XDG_CONFIG_HOME: await temporaryDirectory() };
    const { mcp } = await open({ remote: { url: server.url } }, { env, oauth: true });
    await mcp.servers[0]?.signIn?.(signInCall());
    server.expire();
    expect((await callTool(mcp.tools, "remote__echo", { text: "still here" })).text).toBe("still here");
    expect(server.seen).toMatchObject({ refreshes: 1, authorizations: 1 });
  });

  it("refreshes once for concurrent calls of several processes, since a refresh token is valid once", async () => {
    const server = await protectedServer();
    const env = { ...ENV, XDG_CONFIG_HOME: await temporaryDirectory() };
    const first = await open({ remote: { url: server.url } }, { env, oauth: true });
    await first.mcp.servers[0]?.signIn?.(signInCall());
    const second = await open({ remote: { url: server.url } }, { env, oauth: true });
    for (const round of [1, 2]) {
      server.expire();
      const calls = [first, second, first, second, first].map(({ mcp }, index) =>
        callTool(mcp.tools, "remote__echo", { text: `${index}` }),
      );
      expect((await Promise.all(calls)).map(({ text }) => text)).toEqual(["0", "1", "2", "3", "4"]);
      expect(server.seen).toMatchObject({ refreshes: round, authorizations: 1 });
    }
  });

  it("keeps the sign-in while the authorization server is down", async () => {
    const server = await protectedServer();
    const env = { ...ENV, XDG_CONFIG_HOME: await temporaryDirectory() };
    const { mcp } = await open({ remote: { url: server.url } }, { env, oauth: true });
    await mcp.servers[0]?.signIn?.(signInCall());
    server.expire();
    server.seen.isDown = true;
    const failed = await callTool(mcp.tools, "remote__echo", { text: "hi" });
    expect(failed.isError).toBe(true);
    expect(failed.text).toContain("could not be refreshed: HTTP status 503. It is kept; try again later.");
    server.seen.isDown = false;
    expect((await callTool(mcp.tools, "remote__echo", { text: "back" })).text).toBe("back");
  });

  it("needs a new sign-in when the old one was revoked", async () => {
    const server = await protectedServer();
    const env = { ...ENV, XDG_CONFIG_HOME: await temporaryDirectory() };
    const { mcp } = await open({ remote: { url: server.url } }, { env, oauth: true });
    await mcp.servers[0]?.signIn?.(signInCall());
    server.revoke();
    expect((await callTool(mcp.tools, "remote__echo", { text: "hi" })).text).toContain("needs a sign-in");
    await mcp.servers[0]?.signIn?.(signInCall());
    expect((await callTool(mcp.tools, "remote__echo", { text: "again" })).text).toBe("again");
  });

  it("stores nothing if the user denies it", async () => {
    const server = await protectedServer();
    server.seen.denies = true;
    const home = await temporaryDirectory();
    const { mcp } = await open(
      { remote: { url: server.url } },
      { env: { ...ENV, XDG_CONFIG_HOME: home }, oauth: true },
    );
    await expect(mcp.servers[0]?.signIn?.(signInCall())).rejects.toMatchObject({ code: "login-denied" });
    await expect(readFile(join(home, "axio", "mcp.json"), "utf8")).rejects.toThrow("ENOENT");
    expect(mcp.servers).toMatchObject([{ state: "needs-sign-in" }]);
  });

  it("has no sign-in if its config has a token", async () => {
    const server = await protectedServer();
    const headers = { authorization: "Bearer wrong" };
    const { mcp } = await open({ remote: { url: server.url, headers } }, { oauth: true });
    expect(mcp.servers[0]?.signIn).toBeUndefined();
    expect(server.seen).toMatchObject({ registrations: 0, authorizations: 0 });
  });
});
