import { createServer, request, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import {
  type CallbackServer,
  type CallbackServerOptions,
  callbackPage,
  readAuthorizationResponse,
  startCallbackServer,
} from "../src/index.ts";

const STATE = "the-state-of-this-sign-in";
const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

async function start(options: Partial<CallbackServerOptions> = {}): Promise<CallbackServer> {
  const server = await startCallbackServer({ state: STATE, ports: [0], ...options });
  open.push(() => server.close());
  return server;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
}

/** Made by hand: `fetch` sets the Host header itself. */
function get(
  port: number,
  path: string,
  options: { host?: string; method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { host = "127.0.0.1", method = "GET", headers = {} } = options;
  return new Promise((resolve, reject) => {
    const asking = request(
      { host, port, path, method, agent: false, headers: { host: `localhost:${port}`, ...headers } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          text += part;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    asking.on("error", reject);
    asking.end();
  });
}

function hold(server: Server | TcpServer, port: number, host = "127.0.0.1"): Promise<number> {
  open.push(() => new Promise((resolve) => server.close(resolve)));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === "::1");

describe("the callback", () => {
  it("is given with all its members, and the browser learns the result of the sign-in", async () => {
    const server = await start();
    expect(server.redirectUri).toBe(`http://localhost:${server.port}/auth/callback`);
    const browser = get(server.port, `/auth/callback?code=c1&state=${STATE}&client_id=issued`);
    const callback = await server.waitForCallback();
    expect(readAuthorizationResponse(callback.params).code).toBe("c1");
    expect(callback.params.get("client_id")).toBe("issued");
    await callback.respond({ kind: "signed-in", account: "dev@example.test" });
    const { status, text } = await browser;
    expect(status).toBe(200);
    expect(text).toContain("Signed in as dev@example.test");
    await expect(get(server.port, "/auth/callback")).rejects.toThrow();
  });

  it("tells the browser why a sign-in failed", async () => {
    const server = await start();
    const browser = get(server.port, `/auth/callback?code=c1&state=${STATE}`);
    const callback = await server.waitForCallback();
    await callback.respond({
      kind: "failed",
      code: "account-mismatch",
      message: "This is workspace <b>A</b>.",
    });
    const { text } = await browser;
    expect(text).toContain("This is the wrong workspace");
    expect(text).toContain("This is workspace &lt;b&gt;A&lt;/b&gt;.");
  });

  it("may carry the suffix that the server appends to the state", async () => {
    const server = await start();
    const browser = get(
      server.port,
      `/auth/callback?code=c1&state=${STATE}.onboarding_entrypoint=life_sciences`,
    );
    await (await server.waitForCallback()).respond({ kind: "signed-in" });
    expect((await browser).status).toBe(200);
  });

  it("tells of a refusal only with the right state", async () => {
    const server = await start();
    expect((await get(server.port, "/auth/callback?error=access_denied&state=forged")).status).toBe(400);
    expect((await get(server.port, "/auth/callback?error=access_denied")).status).toBe(400);
    const browser = get(server.port, `/auth/callback?error=access_denied&state=${STATE}`);
    const callback = await server.waitForCallback();
    expect(() => readAuthorizationResponse(callback.params)).toThrow(
      expect.objectContaining({ code: "login-denied" }),
    );
    await callback.respond({ kind: "failed", code: "login-denied", message: "You said no." });
    expect((await browser).text).toContain("Sign-in was not approved");
  });

  it("is taken once", async () => {
    const server = await start();
    const first = get(server.port, `/auth/callback?code=c1&state=${STATE}`);
    const callback = await server.waitForCallback();
    const second = await get(server.port, `/auth/callback?code=c2&state=${STATE}`);
    expect(second.status).toBe(400);
    expect(second.text).toContain("already used");
    expect(callback.params.get("code")).toBe("c1");
    await callback.respond({ kind: "signed-in" });
    expect((await first).status).toBe(200);
  });
});

describe("what is not the callback changes nothing", () => {
  it.each([
    ["a wrong state", 400, `/auth/callback?code=evil&state=${STATE}x`, {}],
    ["no state", 400, "/auth/callback?code=evil", {}],
    ["two states", 400, `/auth/callback?code=evil&state=${STATE}&state=${STATE}`, {}],
    ["another path", 404, `/callback?code=evil&state=${STATE}`, {}],
    ["an absolute address", 404, `http://localhost/auth/callback?code=evil&state=${STATE}`, {}],
    ["a path that is no address", 404, "//[", {}],
    ["a foreign host", 400, `/auth/callback?code=evil&state=${STATE}`, { headers: { host: "evil.test" } }],
    [
      "a host without its port",
      400,
      `/auth/callback?code=evil&state=${STATE}`,
      { headers: { host: "localhost" } },
    ],
    ["POST", 405, `/auth/callback?code=evil&state=${STATE}`, { method: "POST" }],
    ["/cancel by a web page", 400, "/cancel", { headers: { "sec-fetch-site": "cross-site" } }],
    ["/cancel with an Origin", 400, "/cancel", { headers: { origin: "https://evil.test" } }],
    ["/cancel with a foreign host", 400, "/cancel", { headers: { host: "evil.test" } }],
  ])("%s", async (_, status, path, options) => {
    const server = await start();
    expect((await get(server.port, path, options)).status).toBe(status);
    const browser = get(server.port, `/auth/callback?code=good&state=${STATE}`);
    const callback = await server.waitForCallback();
    expect(callback.params.get("code")).toBe("good");
    await callback.respond({ kind: "signed-in" });
    await browser;
  });
});

describe("the port", () => {
  it("is served on IPv6 too", async ({ skip }) => {
    if (!hasIpv6) skip("This machine has no IPv6.");
    const server = await start();
    const browser = get(server.port, `/auth/callback?code=c6&state=${STATE}`, { host: "::1" });
    const callback = await server.waitForCallback();
    expect(callback.params.get("code")).toBe("c6");
    await callback.respond({ kind: "signed-in" });
    await browser;
  });

  it("is taken over from an older sign-in, which is told", async () => {
    const port = await freePort();
    const older = await start({ ports: [port] });
    const end = expect(older.waitForCallback()).rejects.toMatchObject({
      code: "login-failed",
      message: expect.stringContaining("asked this one to stop"),
    });
    const newer = await start({ ports: [port, 0] });
    expect(newer.port).toBe(port);
    await end;
  });

  it("is the second one where a stranger stays on the first", async () => {
    let asked = "";
    const stranger = createServer((incoming, response) => {
      asked += `${incoming.method} ${incoming.url} ${incoming.headers.host};`;
      response.end();
    });
    const port = await hold(stranger, 0);
    const second = await freePort();
    const server = await start({ ports: [port, second] });
    expect(server.port).toBe(second);
    expect(server.redirectUri).toContain(`:${second}/`);
    expect(asked).toBe(`GET /cancel 127.0.0.1:${port};`);
  });

  it("is not one whose IPv6 side belongs to a stranger", async ({ skip }) => {
    if (!hasIpv6) skip("This machine has no IPv6.");
    const port = await hold(createTcpServer(), 0, "::1");
    const server = await start({ ports: [port, 0] });
    expect(server.port).not.toBe(port);
  });

  it("is missed with a typed error where all are taken", async () => {
    const port = await hold(
      createTcpServer((socket) => socket.destroy()),
      0,
    );
    await expect(startCallbackServer({ state: STATE, ports: [port] })).rejects.toMatchObject({
      code: "callback-port-in-use",
      message: expect.stringContaining(String(port)),
    });
  });
});

describe("the wait", () => {
  it("ends after its time", async () => {
    const server = await start({ timeoutMs: 1 });
    await expect(server.waitForCallback()).rejects.toMatchObject({ code: "login-timeout" });
  });

  it("ends with the signal, and tells a browser that is waiting", async () => {
    const controller = new AbortController();
    const server = await start({ signal: controller.signal });
    const browser = get(server.port, `/auth/callback?code=c1&state=${STATE}`);
    await server.waitForCallback();
    controller.abort();
    expect((await browser).text).toContain("The sign-in has ended");
    await expect(get(server.port, "/")).rejects.toThrow();
  });

  it("does not begin with a signal that has fired", async () => {
    await expect(start({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
  });

  it("ends when the server is closed, more than once if need be", async () => {
    const server = await start();
    await Promise.all([server.close(), server.close()]);
    await expect(server.waitForCallback()).rejects.toMatchObject({ code: "login-failed" });
  });

  it("closes connections that a browser keeps in reserve", async () => {
    const server = await start();
    const { connect } = await import("node:net");
    const spare = connect(server.port, "127.0.0.1");
    await new Promise((resolve) => spare.once("connect", resolve));
    const closed = new Promise((resolve) => spare.once("close", resolve));
    spare.on("error", () => {});
    await server.close();
    await closed;
  });
});

describe("the page", () => {
  const page = callbackPage({ kind: "failed", code: "login-failed", message: `<script>alert("1")</script>` });

  it("shows what comes from outside as text", () => {
    expect(page.html).not.toContain("<script>alert");
    expect(page.html).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
  });

  it("is not stored, sends no referrer, and runs only its own script", () => {
    expect(page.headers).toMatchObject({ "cache-control": "no-store", "referrer-policy": "no-referrer" });
    const policy = page.headers["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe-inline");
  });

  it("allows by hash exactly the style and the script that it holds", async () => {
    const { createHash } = await import("node:crypto");
    for (const [, text = ""] of page.html.matchAll(/<(?:style|script)>([\s\S]*?)<\/(?:style|script)>/g)) {
      const digest = createHash("sha256").update(text).digest("base64");
      expect(page.headers["content-security-policy"]).toContain(`'sha256-${digest}'`);
    }
  });

  it("takes the code out of the address bar", () => {
    expect(page.html).toContain("history.replaceState");
  });
});
