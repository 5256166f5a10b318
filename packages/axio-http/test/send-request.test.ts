import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { inspect } from "node:util";
import { AxioError } from "axio";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readBodyText, sendRequest } from "../src/index.ts";
import { startServer } from "./support/http-server.ts";
import { senders } from "./support/senders.ts";
import { rejectionOf } from "./support/signals.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** A `fetch` that fails as undici does: a `TypeError` with the reason as its cause. */
function failingFetch(cause: Error, code?: string): () => Promise<Response> {
  return () =>
    Promise.reject(new TypeError("fetch failed", { cause: Object.assign(cause, code ? { code } : {}) }));
}

const URL_WITH_QUERY = "https://example.com/path?secret=hush";

describe.each(senders)("%s", (_name, send) => {
  test("sends method, headers and body, and returns any status", async () => {
    const { url } = await startServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      response.writeHead(418).end(`${request.method} ${request.headers["x-test"]} ${body}`);
    });
    const response = await send({ url, method: "POST", headers: { "x-test": "1" }, body: "hello" });
    expect(response.status).toBe(418);
    expect(await readBodyText(response)).toBe("POST 1 hello");
  });

  test("a refused connection is a retryable `network` error that says that nothing was sent", async () => {
    const unused = createServer().listen(0, "127.0.0.1");
    await once(unused, "listening");
    const { port } = unused.address() as AddressInfo;
    unused.close();
    await once(unused, "close");
    const error = await rejectionOf(send({ url: `http://127.0.0.1:${port}/path?secret=hush` }));
    expect(error).toMatchObject({
      code: "network",
      retryable: true,
      cause: expect.any(Error),
      details: { connected: false, url: `http://127.0.0.1:${port}/path` },
    });
    expect(String(error)).toContain(`127.0.0.1:${port} could not be reached: the connection was refused`);
    expect(inspect(error)).not.toContain("hush");
  });

  test("a connection that is cut before the response is a `network` error, and may have reached the peer", async () => {
    const server = await startServer(() => server.resetConnections());
    const error = await rejectionOf(send({ url: server.url }));
    expect(error).toMatchObject({ code: "network", retryable: true });
    expect(error).not.toHaveProperty("details.connected");
  });

  describe("explains", () => {
    test.each([
      [
        "ENOTFOUND",
        "network",
        true,
        false,
        "example.com could not be reached: the name could not be resolved",
      ],
      ["EAI_AGAIN", "network", true, false, "the name could not be resolved"],
      ["ECONNRESET", "network", true, undefined, "The connection to example.com broke (ECONNRESET)"],
      ["UND_ERR_SOCKET", "network", true, undefined, "The connection to example.com broke"],
      ["UND_ERR_CONNECT_TIMEOUT", "response-timeout", true, false, "example.com could not be reached"],
      ["UND_ERR_HEADERS_TIMEOUT", "response-timeout", true, undefined, "example.com sent no response"],
      ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "network", false, false, "NODE_EXTRA_CA_CERTS"],
      ["SELF_SIGNED_CERT_IN_CHAIN", "network", false, false, "NODE_EXTRA_CA_CERTS"],
      ["DEPTH_ZERO_SELF_SIGNED_CERT", "network", false, false, "NODE_EXTRA_CA_CERTS"],
      ["ERR_TLS_CERT_ALTNAME_INVALID", "network", false, false, "NODE_EXTRA_CA_CERTS"],
      ["CERT_HAS_EXPIRED", "network", false, false, "The certificate of example.com was not accepted"],
    ])("%s", async (code, axioCode, retryable, connected, words) => {
      const fetch = failingFetch(new Error("low level"), code);
      const error = await rejectionOf(send({ url: URL_WITH_QUERY, fetch }));
      expect(error).toMatchObject({ code: axioCode, retryable });
      expect(error).toHaveProperty("details.url", "https://example.com/path");
      expect((error as AxioError).details.connected).toBe(connected);
      expect(String(error)).toContain(words);
      expect(String(error)).not.toContain("hush");
    });

    test("several failed addresses of one name", async () => {
      const refused = Object.assign(new Error("::1"), { code: "ECONNREFUSED" });
      const fetch = failingFetch(new AggregateError([refused]));
      const error = await rejectionOf(send({ url: URL_WITH_QUERY, fetch }));
      expect(error).toMatchObject({ code: "network", details: { connected: false } });
    });

    test.each([["ETIMEDOUT"], ["EHOSTUNREACH"]])("%s of an established connection", async (code) => {
      const fetch = failingFetch(Object.assign(new Error("read"), { syscall: "read" }), code);
      const error = await rejectionOf(send({ url: URL_WITH_QUERY, fetch }));
      expect(error).toMatchObject({ code: "network", retryable: true });
      expect(error).not.toHaveProperty("details.connected");
    });
  });

  test("an AxioError of the given `fetch` is thrown as it is", async () => {
    const own = new AxioError("unauthenticated", "No token.");
    expect(await rejectionOf(send({ url: URL_WITH_QUERY, fetch: () => Promise.reject(own) }))).toBe(own);
  });

  test("an AxioError that undici wraps is thrown as it is", async () => {
    const own = new AxioError("unauthenticated", "No token.");
    expect(await rejectionOf(send({ url: URL_WITH_QUERY, fetch: failingFetch(own) }))).toBe(own);
  });

  test("a `fetch` that throws synchronously is like one that rejects", async () => {
    const fetch = (): never => {
      throw new TypeError("fetch failed");
    };
    expect(await rejectionOf(send({ url: URL_WITH_QUERY, fetch }))).toMatchObject({ code: "network" });
  });

  test("no response headers in time is `response-timeout`, and closes the socket", async () => {
    const server = await startServer(() => {});
    const error = await rejectionOf(send({ url: server.url, responseTimeoutMs: 50 }));
    expect(error).toMatchObject({ code: "response-timeout", retryable: true });
    expect(String(error)).toContain("within 0.05 s");
    await server.noOpenResponses();
  });

  test("an infinite timeout sets no timer", async () => {
    vi.useFakeTimers();
    const controller = new AbortController();
    const fetch = (): Promise<Response> => new Promise(() => {});
    const responseTimeoutMs = Number.POSITIVE_INFINITY;
    const pending = rejectionOf(
      send({ url: URL_WITH_QUERY, fetch, responseTimeoutMs, signal: controller.signal }),
    );
    expect(vi.getTimerCount()).toBe(0);
    controller.abort();
    expect(await pending).toMatchObject({ code: "aborted" });
  });

  test("an abort throws `aborted` with the signal's reason, and closes the socket", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const server = await startServer(() => controller.abort(reason));
    const error = await rejectionOf(send({ url: server.url, signal: controller.signal }));
    expect(error).toMatchObject({ code: "aborted", cause: reason, retryable: false });
    await server.noOpenResponses();
  });

  test("a signal that fired before sends no request", async () => {
    const fetch = vi.fn();
    const error = await rejectionOf(send({ url: URL_WITH_QUERY, signal: AbortSignal.abort(), fetch }));
    expect(error).toMatchObject({ code: "aborted" });
    expect(fetch).not.toHaveBeenCalled();
  });

  test("a response that comes after the abort is discarded", async () => {
    const controller = new AbortController();
    let answer: (response: Response) => void = () => {};
    const fetch = (): Promise<Response> =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const pending = rejectionOf(send({ url: URL_WITH_QUERY, signal: controller.signal, fetch }));
    controller.abort();
    await pending;
    const cancelled = new Promise((resolve) => {
      answer(new Response(new ReadableStream({ cancel: resolve })));
    });
    await cancelled;
  });

  test("a redirect is an error, and the token is not sent there", async () => {
    const seen: string[] = [];
    const { url, noOpenResponses } = await startServer((request, response) => {
      seen.push(request.url ?? "");
      response.writeHead(307, { location: "https://elsewhere.example/x?secret=hush" }).write("and on and on");
    });
    const error = await rejectionOf(send({ url, method: "POST", headers: { authorization: "Bearer abc" } }));
    expect(error).toMatchObject({ code: "protocol", retryable: false, details: { status: 307 } });
    expect(String(error)).toContain("redirects to elsewhere.example");
    expect(String(error)).not.toContain("hush");
    expect(seen).toEqual(["/"]);
    await noOpenResponses();
  });

  test("a redirect is the same error with a `fetch` of the user that fails in its own words", async () => {
    const { url } = await startServer((_, response) => {
      response.writeHead(307, { location: "https://elsewhere.example/x" }).end();
    });
    const error = await rejectionOf(
      send({
        url,
        fetch: (input, init) =>
          init?.redirect === "error"
            ? Promise.reject(new TypeError("uri requested responds with a redirect"))
            : globalThis.fetch(input, init),
      }),
    );
    expect(error).toMatchObject({ code: "protocol", retryable: false, details: { status: 307 } });
    expect(String(error)).toContain("redirects to elsewhere.example");
  });

  test("a redirect of which the runtime tells neither status nor target is an error, as in browsers", async () => {
    // Its class is not that of the global `Response`, as with a `fetch` of another realm.
    const opaque = {
      type: "opaqueredirect",
      status: 0,
      ok: false,
      url: "",
      headers: new Headers(),
      body: null,
    };
    const fetch = (): Promise<Response> => Promise.resolve(opaque as unknown as Response);
    const error = await rejectionOf(send({ url: URL_WITH_QUERY, fetch }));
    expect(error).toMatchObject({ code: "protocol", retryable: false });
    expect(error).not.toHaveProperty("details.status");
  });

  test("the error for an invalid header states its name and not its value", async () => {
    const headers = { authorization: "Bearer hush\nhush" };
    const error = await rejectionOf(send({ url: "https://example.com", headers }));
    expect(error).toMatchObject({ code: "invalid-argument" });
    expect(String(error)).toContain('"authorization"');
    expect(inspect(error, { depth: null })).not.toContain("hush");
  });

  test("the error for an invalid URL does not show it", async () => {
    const error = await rejectionOf(send({ url: "not an address?secret=hush" }));
    expect(error).toMatchObject({ code: "invalid-argument" });
    expect(inspect(error, { depth: null })).not.toContain("hush");
  });
});

test("a redirect is followed on request, and 304 is no redirect", async () => {
  const { url } = await startServer((request, response) => {
    if (request.url === "/") response.writeHead(302, { location: "/there" }).end();
    else response.writeHead(304).end();
  });
  const response = await sendRequest({ url, redirect: "follow" });
  expect(response.status).toBe(304);
  expect((await sendRequest({ url: `${url}/there` })).status).toBe(304);
});

test("a URL that `fetch` rejects", async () => {
  const error = await rejectionOf(sendRequest({ url: "http://127.0.0.1:1/" }));
  expect(error).toMatchObject({ code: "network", retryable: false });
  expect(String(error)).toContain("bad port");
});
