import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { inspect, promisify } from "node:util";
import { bundleScript } from "test-support/bundle-script";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { defaultFetch, readBodyText, readServerSentEvents, sendRequest } from "../src/index.ts";
import { certificate, privateKey } from "./support/certificate.ts";
import { startServer } from "./support/http-server.ts";
import { startHttpProxy, startSilentProxy, startSocksProxy } from "./support/proxies.ts";
import { senders } from "./support/senders.ts";
import { rejectionOf } from "./support/signals.ts";

const PRINT_RESPONSE = await bundleScript(
  fileURLToPath(new URL("./support/print-response.ts", import.meta.url)),
);

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A server with an untrusted certificate that sends one event. */
async function startTlsServer(): Promise<number> {
  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    response.end(`data: hello ${request.headers.host}\n\n`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return (server.address() as AddressInfo).port;
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "axio-http-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

async function certificateFile(pem: string = certificate): Promise<string> {
  const path = join(await temporaryDirectory(), "ca.pem");
  await writeFile(path, pem);
  return path;
}

/** Returns the response to a process that was started with these variables. */
async function responseInChild(url: string, env: Readonly<Record<string, string>>): Promise<string> {
  const args = [PRINT_RESPONSE, url];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { PATH: process.env["PATH"], ...env },
    timeout: 20_000,
  });
  return stdout;
}

/** A port that refuses connections. */
async function unusedPort(): Promise<number> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe("without variables", () => {
  test.each([
    [{}],
    [{ HTTPS_PROXY: "", SSL_CERT_FILE: "" }],
    [{ NO_PROXY: "*" }],
    [{ NODE_EXTRA_CA_CERTS: "ca.pem" }],
  ])("%j means the global fetch", async (env) => {
    const fetch = vi.fn(async () => new Response("stub"));
    vi.stubGlobal("fetch", fetch);
    const response = await defaultFetch(env)("https://example.test/");
    expect(await response.text()).toBe("stub");
    expect(fetch).toHaveBeenCalledOnce();
  });
});

test("equal configurations share one fetch and its connections", () => {
  const fetch = defaultFetch({ HTTPS_PROXY: "http://127.0.0.1:9" });
  expect(defaultFetch({ HTTPS_PROXY: "http://127.0.0.1:9", PATH: "/bin" })).toBe(fetch);
  expect(defaultFetch({ HTTPS_PROXY: "http://127.0.0.1:10" })).not.toBe(fetch);
});

describe.each(senders)("%s", (_name, send) => {
  describe("a proxy", () => {
    test("is used, with its password and with the certificates of the environment, for a stream too", async () => {
      const target = await startTlsServer();
      const proxy = await startHttpProxy(target);
      const fetch = defaultFetch({
        HTTPS_PROXY: `http://user:p%40ss@127.0.0.1:${proxy.port}`,
        NODE_EXTRA_CA_CERTS: await certificateFile(),
      });
      const response = await send({ url: "https://example.test/", fetch });
      const events: string[] = [];
      for await (const batch of readServerSentEvents(response)) events.push(...batch);
      expect(events).toEqual(["hello example.test"]);
      expect(proxy.targets).toEqual(["example.test:443"]);
      expect(proxy.credentials).toEqual(["user:p@ss"]);
    });

    test.each([["https_proxy"], ["HTTPS_PROXY"], ["all_proxy"], ["ALL_PROXY"], ["HTTP_PROXY"]])(
      "is found in %s",
      async (variable) => {
        const proxy = await startHttpProxy(await startTlsServer());
        const env = { [variable]: `127.0.0.1:${proxy.port}`, SSL_CERT_FILE: await certificateFile() };
        const response = await send({ url: "https://example.test/", fetch: defaultFetch(env) });
        expect(await readBodyText(response)).toBe("data: hello example.test\n\n");
        expect(proxy.targets).toEqual(["example.test:443"]);
      },
    );

    test.each([["socks5"], ["socks5h"]])("with %s resolves the name itself", async (scheme) => {
      const proxy = await startSocksProxy(await startTlsServer());
      const env = {
        ALL_PROXY: `${scheme}://127.0.0.1:${proxy.port}`,
        SSL_CERT_FILE: await certificateFile(),
      };
      const response = await send({ url: "https://example.test/", fetch: defaultFetch(env) });
      expect(await readBodyText(response)).toBe("data: hello example.test\n\n");
      expect(proxy.targets).toEqual(["example.test:443"]);
    });

    test("does not follow a redirect, and tells its target", async () => {
      const { url } = await startServer((_, response) => {
        response.writeHead(307, { location: "https://elsewhere.example/x" }).end();
      });
      const proxy = await startHttpProxy(Number(new URL(url).port));
      const fetch = defaultFetch({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}` });
      const error = await rejectionOf(send({ url: "http://example.test/", fetch }));
      expect(error).toMatchObject({ code: "protocol", retryable: false, details: { status: 307 } });
      expect(String(error)).toContain("redirects to elsewhere.example");
      expect(proxy.targets).toEqual(["example.test:80"]);
    });

    test("is not used for loopback addresses", async () => {
      const { url } = await startServer((_, response) => response.end("direct"));
      const proxy = await startHttpProxy(9);
      const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` };
      const response = await send({ url, fetch: defaultFetch(env) });
      expect(await readBodyText(response)).toBe("direct");
      expect(proxy.targets).toEqual([]);
    });

    test("is not used for the hosts of NO_PROXY", async () => {
      const { url } = await startServer((_, response) => response.end("answer"));
      const { port } = new URL(url);
      const proxy = await startHttpProxy(Number(port));
      // A loopback address that the rule for loopback addresses does not cover.
      const unspecified = `http://0.0.0.0:${port}/`;
      const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` };

      const direct = await send({
        url: unspecified,
        fetch: defaultFetch({ ...env, no_proxy: "x.test, 0.0.0.0" }),
      });
      expect(await readBodyText(direct)).toBe("answer");
      expect(proxy.targets).toEqual([]);

      const proxied = await send({
        url: unspecified,
        fetch: defaultFetch({ ...env, no_proxy: "x.test" }),
      });
      expect(await readBodyText(proxied)).toBe("answer");
      expect(proxy.targets).toEqual([`0.0.0.0:${port}`]);
    });

    test.each([
      [407, false, "It does not accept the user name and password in HTTPS_PROXY"],
      [403, false, "whether the proxy allows this host"],
      [502, true, "did not connect to example.test (502)"],
    ])("that refuses with %d says what to do", async (status, retryable, words) => {
      const proxy = await startHttpProxy(9, status);
      const fetch = defaultFetch({ HTTPS_PROXY: `http://me:hush@127.0.0.1:${proxy.port}` });
      const error = await rejectionOf(send({ url: "https://example.test/", fetch }));
      expect(error).toMatchObject({ code: "network", retryable, details: { connected: false } });
      expect(String(error)).toContain(words);
      expect(String(error)).toContain(`The proxy http://127.0.0.1:${proxy.port} did not`);
      expect(inspect(error, { depth: null })).not.toContain("hush");
    });

    test("that needs a password is named with the variable for it", async () => {
      const proxy = await startHttpProxy(9, 407);
      const fetch = defaultFetch({ ALL_PROXY: `http://127.0.0.1:${proxy.port}` });
      const error = await rejectionOf(send({ url: "https://example.test/", fetch }));
      expect(String(error)).toContain("set them in ALL_PROXY, as in http://user:password@proxy:8080");
    });

    test.each([["http"], ["https"], ["socks5"]])(
      "that refuses the connection is named: %s",
      async (scheme) => {
        const address = `${scheme}://127.0.0.1:${await unusedPort()}`;
        const fetch = defaultFetch({ https_proxy: address.replace("//", "//me:hush@") });
        const error = await rejectionOf(send({ url: "https://example.test/", fetch }));
        expect(error).toMatchObject({ code: "network", retryable: true, details: { connected: false } });
        expect(String(error)).toContain(
          `The proxy ${address} could not be reached: the connection was refused (ECONNREFUSED). Correct or unset https_proxy`,
        );
        expect(inspect(error, { depth: null })).not.toContain("hush");
      },
    );

    test("whose name is not resolved is named", async () => {
      const fetch = defaultFetch({ HTTPS_PROXY: "http://me:hush@proxy.invalid:8080" });
      const error = await rejectionOf(send({ url: "https://example.test/", fetch }));
      expect(error).toMatchObject({ code: "network", retryable: true, details: { connected: false } });
      expect(String(error)).toContain("The proxy http://proxy.invalid:8080 could not be reached: the name");
      expect(inspect(error, { depth: null })).not.toContain("hush");
    });

    test("that does not answer is named", async () => {
      const proxy = await startSilentProxy();
      const fetch = defaultFetch({ HTTPS_PROXY: `http://me:hush@127.0.0.1:${proxy.port}` });
      const request = { url: "https://example.test/", fetch, responseTimeoutMs: 100 };
      const error = await rejectionOf(send(request));
      expect(error).toMatchObject({ code: "response-timeout", retryable: true });
      expect(String(error)).toContain(`The proxy http://127.0.0.1:${proxy.port}, or example.test behind it`);
      expect(String(error)).toContain("HTTPS_PROXY");
      expect(String(error)).not.toContain("hush");
    });

    test("that closes the connection is named", async () => {
      const proxy = await startSilentProxy((socket) => {
        socket.once("data", () => socket.destroy());
      });
      const fetch = defaultFetch({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
      const error = await rejectionOf(send({ url: "https://example.test/", fetch }));
      expect(error).toMatchObject({ code: "network", retryable: true });
      expect(String(error)).toContain(`through the proxy http://127.0.0.1:${proxy.port} broke`);
    });

    test.each([
      ["p#ss", "p#ss"],
      ["p%ss", "p%ss"],
      ["p%zz#/?", "p%zz#/?"],
      ["p@ss", "p@ss"],
      ["p:ss", "p:ss"],
      ["p%23%40", "p#@"],
      ["p%FF", "p%FF"],
      ["", ""],
    ])("gets the password %s, encoded or not", async (given, password) => {
      const proxy = await startHttpProxy(await startTlsServer());
      const fetch = defaultFetch({
        HTTPS_PROXY: `http://user:${given}@127.0.0.1:${proxy.port}`,
        SSL_CERT_FILE: await certificateFile(),
      });
      const response = await send({ url: "https://example.test/", fetch });
      await readBodyText(response);
      expect(proxy.credentials).toEqual([`user:${password}`]);
    });

    test.each([["http://me:hush@:80"], ["ftp://me:hush@proxy"], ["http://me:hush@proxy:port"]])(
      "whose address is wrong is an error that does not show it: %s",
      (address) => {
        let error: unknown;
        try {
          defaultFetch({ HTTPS_PROXY: address });
        } catch (thrown) {
          error = thrown;
        }
        expect(error).toMatchObject({ code: "invalid-argument" });
        expect(String(error)).toContain("HTTPS_PROXY is not a valid proxy URL");
        expect(inspect(error, { depth: null })).not.toContain("hush");
      },
    );
  });

  describe("certificates", () => {
    test("that are unknown are rejected with a remedy", async () => {
      const url = `https://127.0.0.1:${await startTlsServer()}/`;
      for (const fetch of [defaultFetch({}), defaultFetch({ HTTPS_PROXY: "http://127.0.0.1:9" })]) {
        const error = await rejectionOf(send({ url, fetch }));
        expect(error).toMatchObject({ code: "network", retryable: false, details: { connected: false } });
        expect(String(error)).toContain("NODE_EXTRA_CA_CERTS");
      }
    });

    test("of SSL_CERT_FILE are trusted", async () => {
      const url = `https://127.0.0.1:${await startTlsServer()}/`;
      const fetch = defaultFetch({ SSL_CERT_FILE: await certificateFile() });
      const response = await send({ url, fetch });
      expect(response.status).toBe(200);
      await readBodyText(response);
    });

    describe("of NODE_EXTRA_CA_CERTS are trusted", () => {
      test("by Node itself", async () => {
        const port = await startTlsServer();
        const answer = await responseInChild(`https://127.0.0.1:${port}/`, {
          NODE_EXTRA_CA_CERTS: await certificateFile(),
        });
        expect(answer).toBe(`data: hello 127.0.0.1:${port}\n\n`);
      });

      test("together with SSL_CERT_FILE", async () => {
        const port = await startTlsServer();
        const answer = await responseInChild(`https://127.0.0.1:${port}/`, {
          NODE_EXTRA_CA_CERTS: await certificateFile(),
          SSL_CERT_FILE: await certificateFile(rootCertificates[0]),
        });
        expect(answer).toBe(`data: hello 127.0.0.1:${port}\n\n`);
      });

      test("together with a proxy", async () => {
        const proxy = await startHttpProxy(await startTlsServer());
        const answer = await responseInChild("https://example.test/", {
          NODE_EXTRA_CA_CERTS: await certificateFile(),
          HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        });
        expect(answer).toBe("data: hello example.test\n\n");
        expect(proxy.targets).toEqual(["example.test:443"]);
      });
    });

    test("in a missing file are an error that names variable and file, until the file exists", async () => {
      const url = `https://127.0.0.1:${await startTlsServer()}/`;
      const path = join(await temporaryDirectory(), "late.pem");
      const fetch = defaultFetch({ SSL_CERT_FILE: path });
      const error = await rejectionOf(send({ url, fetch }));
      expect(error).toMatchObject({ code: "invalid-argument" });
      expect(String(error)).toContain(`SSL_CERT_FILE names a certificate file that cannot be read: ${path}`);
      await writeFile(path, certificate);
      const response = await send({ url, fetch });
      expect(response.status).toBe(200);
      await readBodyText(response);
    });
  });
});

test("a proxy that is not running is named, also if the fetch is wrapped", async () => {
  const through = defaultFetch({ HTTPS_PROXY: "http://user:p%25ss#word@127.0.0.1:9" });
  const wrapped: typeof through = (input, init) => through(input, init);
  const error = await sendRequest({ url: "https://api.example.test/", fetch: wrapped }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    code: "network",
    message: expect.stringMatching(/^The proxy http:\/\/127\.0\.0\.1:9 could not be reached.*HTTPS_PROXY/),
    details: { connected: false },
  });
  expect(String(error)).not.toContain("word");
});
