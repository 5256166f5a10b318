import { execFile } from "node:child_process";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { networkInterfaces } from "node:os";
import { promisify } from "node:util";
import { freePort } from "test-support/free-port";
import { LINUX, needs, ROOT_USER } from "test-support/requirements";
import { afterEach, describe, expect, it } from "vitest";
import {
  type CallbackServer,
  type CallbackServerOptions,
  readAuthorizationResponse,
  startCallbackServer,
} from "../src/index.ts";
import { callbackPage } from "../src/login/callback-page.ts";

const STATE = "the-state-of-this-sign-in";
const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

async function start(options: Partial<CallbackServerOptions> = {}): Promise<CallbackServer> {
  const server = await startCallbackServer({
    state: STATE,
    path: "/auth/callback",
    redirectHost: "localhost",
    ...options,
  });
  open.push(() => server.close());
  return server;
}

interface Reply {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
}

/** Not `fetch`, which sets the Host header itself. */
function get(
  port: number,
  path: string,
  options: { host?: string; method?: string; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const { host = "127.0.0.1", method = "GET", headers = {} } = options;
  return new Promise((resolve, reject) => {
    const sent = request(
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
    sent.on("error", reject);
    sent.end();
  });
}

function hold(server: Server | TcpServer, port: number, host = "127.0.0.1"): Promise<number> {
  open.push(() => new Promise((resolve) => server.close(resolve)));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === "::1");

describe("the callback server", () => {
  it("passes on all parameters and shows the result of the sign-in in the browser", async () => {
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

  it("shows in the browser why a sign-in failed", async () => {
    const server = await start();
    const browser = get(server.port, `/auth/callback?code=c1&state=${STATE}`);
    const callback = await server.waitForCallback();
    await callback.respond({
      kind: "failed",
      code: "account-mismatch",
      headline: "This is the <wrong> workspace",
      message: "This is workspace <b>A</b>.",
    });
    const { text } = await browser;
    expect(text).toContain("This is the &lt;wrong&gt; workspace");
    expect(text).toContain("This is workspace &lt;b&gt;A&lt;/b&gt;.");
  });

  it("accepts a state with a suffix that the server may append, and no other", async () => {
    const path = `/auth/callback?code=c1&state=${STATE}.from=elsewhere`;
    expect((await get((await start()).port, path)).status).toBe(400);
    const server = await start({ stateSuffixes: [".from=elsewhere"] });
    const browser = get(server.port, path);
    await (await server.waitForCallback()).respond({ kind: "signed-in" });
    expect((await browser).status).toBe(200);
  });

  it("accepts an error only with the expected state", async () => {
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

  it("accepts one callback", async () => {
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

describe("other requests change nothing", () => {
  it.each([
    ["a wrong state", 400, `/auth/callback?code=evil&state=${STATE}x`, {}],
    ["no state", 400, "/auth/callback?code=evil", {}],
    ["two states", 400, `/auth/callback?code=evil&state=${STATE}&state=${STATE}`, {}],
    ["another path", 404, `/callback?code=evil&state=${STATE}`, {}],
    ["an absolute address", 404, `http://localhost/auth/callback?code=evil&state=${STATE}`, {}],
    ["an invalid path", 404, "//[", {}],
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
    [
      "/cancel by an old browser",
      400,
      "/cancel",
      { headers: { "user-agent": "Mozilla/5.0", accept: "*/*" } },
    ],
    ["/cancel with a language", 400, "/cancel", { headers: { "accept-language": "en" } }],
    ["/cancel with a cookie", 400, "/cancel", { headers: { cookie: "a=b" } }],
    ["/cancel with an encoding", 400, "/cancel", { headers: { "accept-encoding": "gzip" } }],
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

describe("the callback port", () => {
  it("listens on IPv6 too", async ({ skip }) => {
    if (!hasIpv6) skip("This machine has no IPv6.");
    const server = await start();
    const browser = get(server.port, `/auth/callback?code=c6&state=${STATE}`, { host: "::1" });
    const callback = await server.waitForCallback();
    expect(callback.params.get("code")).toBe("c6");
    await callback.respond({ kind: "signed-in" });
    await browser;
  });

  it("takes the port over from an older sign-in, which fails with a clear error", async () => {
    const port = await freePort();
    const older = await start({ ports: [port] });
    const end = expect(older.waitForCallback()).rejects.toMatchObject({
      code: "login-failed",
      message: expect.stringContaining("needed the port"),
    });
    const newer = await start({ ports: [port, 0] });
    expect(newer.port).toBe(port);
    await end;
  });

  it("uses the second port if another program keeps the first", async () => {
    let asked = "";
    const other = createServer((incoming, response) => {
      asked += `${incoming.method} ${incoming.url} ${incoming.headers.host};`;
      response.end();
    });
    const port = await hold(other, 0);
    const second = await freePort();
    const server = await start({ ports: [port, second] });
    expect(server.port).toBe(second);
    expect(server.redirectUri).toContain(`:${second}/`);
    expect(asked).toBe(`GET /cancel 127.0.0.1:${port};`);
  });

  it("avoids a port that another program uses on IPv6", async ({ skip }) => {
    if (!hasIpv6) skip("This machine has no IPv6.");
    const port = await hold(createTcpServer(), 0, "::1");
    const server = await start({ ports: [port, 0] });
    expect(server.port).not.toBe(port);
  });

  it("throws callback-port-in-use if all ports are in use", async () => {
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

describe("waiting for the callback", () => {
  it("ends after the timeout", async () => {
    const server = await start({ timeoutMs: 1 });
    await expect(server.waitForCallback()).rejects.toMatchObject({ code: "login-timeout" });
  });

  it("ends with the signal and tells a waiting browser", async () => {
    const controller = new AbortController();
    const server = await start({ signal: controller.signal });
    const browser = get(server.port, `/auth/callback?code=c1&state=${STATE}`);
    await server.waitForCallback();
    controller.abort();
    expect((await browser).text).toContain("The sign-in has ended");
    await expect(get(server.port, "/")).rejects.toThrow();
  });

  it("does not start with an aborted signal", async () => {
    await expect(start({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
  });

  it("ends when the server is closed, also more than once", async () => {
    const server = await start();
    await Promise.all([server.close(), server.close()]);
    await expect(server.waitForCallback()).rejects.toMatchObject({ code: "login-failed" });
  });

  it("closes idle connections of a browser", async () => {
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

describe("the callback page", () => {
  const page = callbackPage({ kind: "failed", code: "login-failed", message: `<script>alert("1")</script>` });

  it("escapes text from outside", () => {
    expect(page.html).not.toContain("<script>alert");
    expect(page.html).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
  });

  it("is not cached, sends no referrer and runs only its own script", () => {
    expect(page.headers).toMatchObject({ "cache-control": "no-store", "referrer-policy": "no-referrer" });
    const policy = page.headers["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe-inline");
  });

  it("allows exactly its own style and script, by hash", async () => {
    const { createHash } = await import("node:crypto");
    for (const [, text = ""] of page.html.matchAll(/<(?:style|script)>([\s\S]*?)<\/(?:style|script)>/g)) {
      const digest = createHash("sha256").update(text).digest("base64");
      expect(page.headers["content-security-policy"]).toContain(`'sha256-${digest}'`);
    }
  });

  it("removes the code from the address bar", () => {
    expect(page.html).toContain("history.replaceState");
  });
});

describe("an address that redirects to the sign-in page", () => {
  const PAGE = `https://auth.test/authorize?state=${STATE}`;

  it("contains neither the state nor the page, and leads to it", async () => {
    const server = await start();
    const address = new URL(server.redirectTo(PAGE));
    expect(address.href).not.toContain(STATE);
    expect(address.port).toBe(String(server.port));
    const { status, headers } = await get(server.port, address.pathname);
    expect([status, headers["location"], headers["referrer-policy"]]).toEqual([302, PAGE, "no-referrer"]);
    await server.close();
  });

  it.each(["/start", "/start/", "/start/guess"])("cannot be guessed: %s", async (path) => {
    const server = await start();
    server.redirectTo(PAGE);
    expect((await get(server.port, path)).status).toBe(404);
    await server.close();
  });

  it("leads no other user of the machine there", needs(LINUX, ROOT_USER), async () => {
    const server = await start();
    const script = "fetch(process.argv[1], { redirect: 'manual' }).then(({ status }) => console.log(status))";
    const args = ["--eval", script, server.redirectTo(PAGE)];
    const user = { uid: 65_534, gid: 65_534, cwd: "/", env: { HOME: "/" } };
    const { stdout } = await promisify(execFile)(process.execPath, args, user);
    expect(stdout.trim()).toBe("400");
    await server.close();
  });
});
