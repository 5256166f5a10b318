import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Transform } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import zlib, {
  brotliCompressSync,
  createBrotliCompress,
  createDeflate,
  createGzip,
  type Gzip,
  gzipSync,
} from "node:zlib";
import { Agent, getGlobalDispatcher, interceptors, MockAgent, setGlobalDispatcher } from "undici";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import {
  defaultFetch,
  type FetchLike,
  type HttpResponse,
  readBodyText,
  readServerSentEvents,
  sendStreamingRequest,
} from "../src/index.ts";
import { startServer, type TestServer } from "./support/http-server.ts";
import { rejectionOf } from "./support/signals.ts";

type Compressor = Transform & Pick<Gzip, "flush">;

/** Node.js has it since 22.15. */
const { createZstdCompress } = zlib as { readonly createZstdCompress?: typeof createGzip };

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Uses a dispatcher of undici for the whole process until the test ends. */
function useDispatcher(dispatcher: Agent | MockAgent): void {
  const before = getGlobalDispatcher();
  setGlobalDispatcher(dispatcher);
  onTestFinished(async () => {
    setGlobalDispatcher(before);
    await dispatcher.close();
  });
}

/** A server that returns the headers and the body of a request. */
function startMirror(): Promise<TestServer> {
  return startServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const { host: _, ...headers } = request.headers;
    response.setHeader("set-cookie", ["a=1", "b=2"]);
    response.end(JSON.stringify({ url: request.url, method: request.method, headers, body }));
  });
}

test("a request arrives as it does through fetch, but asks for no compression and names no browser's mode", async () => {
  const { url } = await startMirror();
  const request = {
    url: `${url}/path?query=%20&x=ü#hash`,
    method: "POST",
    headers: { "X-Test": "grüße", Accept: "text/event-stream", "User-Agent": "axio" },
    body: "{ü}",
  };
  const direct = await sendStreamingRequest(request);
  const fetched = await sendStreamingRequest({ ...request, fetch: (input, init) => fetch(input, init) });
  expect(fetched).toBeInstanceOf(Response);
  expect(direct).not.toBeInstanceOf(Response);
  expect({ ok: direct.ok, status: direct.status }).toEqual({ ok: true, status: 200 });
  expect(direct.url).toBe(fetched.url);
  expect(direct.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(direct.headers.get("content-length")).toBe(String(Buffer.byteLength(await readText(direct))));

  const seen = JSON.parse(await readText(await sendStreamingRequest(request)));
  const { headers, ...rest } = JSON.parse(await readText(fetched));
  for (const name of ["accept-encoding", "accept-language", "sec-fetch-mode", "content-type"])
    delete headers[name];
  expect(seen).toEqual({ ...rest, headers });
});

const texts = new WeakMap<HttpResponse, Promise<string>>();

/** Reads a body once, however often it is asked for. */
function readText(response: HttpResponse): Promise<string> {
  const text = texts.get(response) ?? readBodyText(response, { whole: true });
  texts.set(response, text);
  return text;
}

test("a form is sent as one, and bytes as they are", async () => {
  const { url } = await startMirror();
  const post = async (body: URLSearchParams | Uint8Array): Promise<unknown> =>
    JSON.parse(await readText(await sendStreamingRequest({ url, method: "POST", body })));
  expect(await post(new URLSearchParams({ a: "ü&" }))).toMatchObject({
    headers: { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" },
    body: "a=%C3%BC%26",
  });
  expect(await post(new TextEncoder().encode("ü"))).toMatchObject({ body: "ü" });
});

describe("a response that is compressed although it was not asked for", () => {
  const compressors: readonly [encoding: string, create: () => Compressor][] = [
    ["gzip", createGzip],
    ["x-gzip", createGzip],
    ["GZIP", createGzip],
    ["deflate", createDeflate],
    ["br", createBrotliCompress],
    ...(createZstdCompress === undefined ? [] : [["zstd", createZstdCompress] as [string, () => Compressor]]),
  ];

  test.each(compressors)("with %s is read, each event as soon as it came", async (encoding, create) => {
    const compressor = create();
    const { url, noOpenResponses } = await startServer((_, response) => {
      response.writeHead(200, { "content-encoding": encoding });
      compressor.pipe(response);
      compressor.write("data: first\n\n");
      compressor.flush();
    });
    const seen: string[] = [];
    for await (const batch of readServerSentEvents(await sendStreamingRequest({ url }))) {
      seen.push(...batch);
      // The server waits for the reader.
      if (seen.length === 1) compressor.end(`data: ${"second ".repeat(50_000)}\n\n`);
    }
    expect(seen).toEqual(["first", "second ".repeat(50_000)]);
    await noOpenResponses();
  });

  test("and broken is an error, and closes the connection", async () => {
    const { url, noOpenResponses } = await startServer((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).write("no gzip at all");
    });
    const response = await sendStreamingRequest({ url });
    const error = await rejectionOf(readBodyText(response, { whole: true }));
    expect(error).toMatchObject({ code: "network", retryable: true });
    await noOpenResponses();
  });

  test("is closed when its reader leaves", async () => {
    const { url, noOpenResponses } = await startServer((_, response) => {
      const gzip = createGzip();
      response.writeHead(200, { "content-encoding": "gzip" });
      gzip.pipe(response);
      gzip.write("data: first\n\n");
      gzip.flush();
    });
    for await (const _ of readServerSentEvents(await sendStreamingRequest({ url }))) break;
    await noOpenResponses();
  });

  test("several times is decompressed in the opposite order", async () => {
    const { url } = await startServer((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip, identity, BR" });
      response.end(brotliCompressSync(gzipSync("twice ".repeat(50_000))));
    });
    expect(await readText(await sendStreamingRequest({ url }))).toBe("twice ".repeat(50_000));
  });

  test.each([
    ["an unknown coding", "gzip, unheard-of"],
    ["more codings than make sense", `${"gzip, ".repeat(5)}gzip`],
    ...(createZstdCompress === undefined ? [["zstd before Node.js 22.15", "zstd"]] : []),
  ])("with %s is an error that says so, and closes the connection", async (_, encoding = "") => {
    const { url, noOpenResponses } = await startServer((_, response) => {
      response.writeHead(200, { "content-encoding": encoding }).write("garbage");
    });
    const response = await sendStreamingRequest({ url });
    const error = await rejectionOf(readBodyText(response, { whole: true }));
    expect(error).toMatchObject({
      code: "protocol",
      retryable: false,
      message: expect.stringContaining(
        `${new URL(url).host} sent a response with the content encoding "${encoding}"`,
      ),
    });
    await noOpenResponses();
  });

  test("with an unknown coding keeps its status and headers", async () => {
    const { url } = await startServer((_, response) => {
      response.writeHead(503, { "content-encoding": "unheard-of", "retry-after": "7" }).end("garbage");
    });
    const response = await sendStreamingRequest({ url });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("7");
    expect(await readBodyText(response)).toBe("");
  });

  test.each([["none"], ["identity"], ["utf-8"]])(
    "is passed through if its encoding is %s",
    async (encoding) => {
      const { url } = await startServer((_, response) => {
        response.writeHead(200, { "content-encoding": encoding }).end("as it is");
      });
      expect(await readText(await sendStreamingRequest({ url }))).toBe("as it is");
    },
  );
});

test("an interim response is not the response", async () => {
  const { url } = await startServer((_, response) => {
    response.writeEarlyHints({ link: "</style.css>; rel=preload" });
    response.writeHead(201, { "x-final": "yes" }).end("done");
  });
  const response = await sendStreamingRequest({ url });
  expect(response.status).toBe(201);
  expect(response.headers.get("x-final")).toBe("yes");
  expect(await readText(response)).toBe("done");
});

test.each([[204], [205], [304]])("a response with the status %d has no body", async (status) => {
  const { url } = await startServer((_, response) => response.writeHead(status).end());
  expect((await sendStreamingRequest({ url })).body).toBeNull();
});

test("a slow reader makes the server wait, and loses nothing", async () => {
  const chunk = "x".repeat(64 * 1024);
  const chunks = 400;
  let written = 0;
  const { url } = await startServer(async (_, response) => {
    for (; written < chunks; written += 1) if (!response.write(chunk)) await once(response, "drain");
    response.end();
  });
  const { body } = await sendStreamingRequest({ url });
  const reader = body?.getReader();
  await reader?.read();
  // Another request takes its turn meanwhile, so that the server had time to write all that it can.
  const other = await startServer((_, response) => response.end());
  for (let turn = 0; turn < 50; turn += 1) await readText(await sendStreamingRequest({ url: other.url }));
  expect(written).toBeLessThan(chunks);
  let bytes = 0;
  for (;;) {
    const next = await reader?.read();
    if (next === undefined || next.done) break;
    bytes += next.value.byteLength;
  }
  expect(written).toBe(chunks);
  expect(bytes).toBeGreaterThan((chunks - 2) * chunk.length);
});

test("events that come in one packet are one batch, however many chunks they are", async () => {
  const { url } = await startServer((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    response.socket?.write("9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n9\r\ndata: 3\n\n\r\n");
    response.end();
  });
  const batches: (readonly string[])[] = [];
  for await (const batch of readServerSentEvents(await sendStreamingRequest({ url }))) batches.push(batch);
  expect(batches).toEqual([["1", "2", "3"]]);
});

test("a second read() before the first has its chunk is an error, and the first gets it", async () => {
  let open: ServerResponse | undefined;
  const { url } = await startServer((_, response) => {
    response.flushHeaders();
    open = response;
  });
  const reader = (await sendStreamingRequest({ url })).body?.getReader();
  const first = reader?.read();
  expect(() => reader?.read()).toThrow("Wait for the chunk of the earlier read() first.");
  open?.end("all");
  expect(await first).toEqual({ done: false, value: Buffer.from("all") });
});

test("what came before a connection broke can be read", async () => {
  const server = await startServer((_, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("data: first\n\n", () => server.resetConnections());
  });
  const seen: string[] = [];
  const read = async (): Promise<void> => {
    for await (const batch of readServerSentEvents(await sendStreamingRequest({ url: server.url })))
      seen.push(...batch);
  };
  expect(await rejectionOf(read())).toMatchObject({ code: "network", retryable: true });
  expect(seen).toEqual(["first"]);
});

describe("goes through", () => {
  test("a global fetch that a program replaced", async () => {
    const replaced = vi.fn<FetchLike>(async () => new Response("replaced"));
    vi.stubGlobal("fetch", replaced);
    for (const fetch of [undefined, defaultFetch({})]) {
      const response = await sendStreamingRequest({ url: "https://example.test/", fetch });
      expect(await readText(response)).toBe("replaced");
    }
    expect(replaced).toHaveBeenCalledTimes(2);
  });

  test("the global dispatcher that a program set: a mock of undici", async () => {
    const mock = new MockAgent();
    mock.disableNetConnect();
    mock
      .get("https://example.test")
      .intercept({ path: "/v1?x=1", method: "POST", body: "hello", headers: { "x-test": "1" } })
      .reply(200, "data: mocked\n\n", { headers: { "x-mock": "yes" } });
    useDispatcher(mock);
    const response = await sendStreamingRequest({
      url: "https://example.test/v1?x=1",
      method: "POST",
      headers: { "x-test": "1" },
      body: "hello",
    });
    expect(response.headers.get("x-mock")).toBe("yes");
    expect(await readText(response)).toBe("data: mocked\n\n");
  });

  test("the global dispatcher that a program set: an agent with interceptors", async () => {
    const { url } = await startServer((request, response) => response.end(request.headers["x-added"]));
    useDispatcher(
      new Agent().compose(
        (dispatch) => (options, handler) =>
          dispatch({ ...options, headers: { ...options.headers, "x-added": "by an interceptor" } }, handler),
      ) as Agent,
    );
    expect(await readText(await sendStreamingRequest({ url }))).toBe("by an interceptor");
  });
});

test("a redirect is refused although the global dispatcher follows redirects, and no token is sent on", async () => {
  const requests = vi.fn();
  const target = await startServer((_, response) => response.end("redirected"));
  target.server.on("request", requests);
  const { url } = await startServer((_, response) => {
    response.writeHead(307, { location: target.url }).end();
  });
  useDispatcher(new Agent().compose(interceptors.redirect({ maxRedirections: 3 })) as Agent);
  const request = { url, method: "POST", headers: { "x-api-key": "sk-secret" }, body: "{}" };
  expect(await rejectionOf(sendStreamingRequest(request))).toMatchObject({
    code: "protocol",
    message: expect.stringContaining(`redirects to ${new URL(target.url).host}`),
  });
  expect(requests).not.toHaveBeenCalled();
});

test("each value of a header that came several times is kept behind an interceptor", async () => {
  const { url } = await startMirror();
  useDispatcher(new Agent().compose((dispatch) => (options, handler) => dispatch(options, handler)) as Agent);
  const response = await sendStreamingRequest({ url });
  await readText(response);
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
});

describe("the limits of the global dispatcher", () => {
  const LIMIT_MS = 50;
  /** undici looks at its limits every half second. */
  const LATE_MS = 1_500;
  const LONGER_MS = 300_001;

  test("end no request whose own limits are longer than five minutes", async () => {
    const { url } = await startServer(async ({ url: path }, response) => {
      if (path === "/late-body") response.flushHeaders();
      await delay(LATE_MS);
      response.end("late");
    });
    useDispatcher(new Agent({ headersTimeout: LIMIT_MS, bodyTimeout: LIMIT_MS }));
    const read = async (path: string): Promise<string> => {
      const limits = { responseTimeoutMs: LONGER_MS, idleTimeoutMs: LONGER_MS };
      return readText(await sendStreamingRequest({ url: `${url}${path}`, ...limits }));
    };
    expect(await Promise.all([read("/late-headers"), read("/late-body")])).toEqual(["late", "late"]);
  });

  test("apply to other requests", async () => {
    const { url } = await startServer(() => {});
    useDispatcher(new Agent({ headersTimeout: LIMIT_MS }));
    expect(await rejectionOf(sendStreamingRequest({ url }))).toMatchObject({
      code: "response-timeout",
      cause: expect.objectContaining({ code: "UND_ERR_HEADERS_TIMEOUT" }),
    });
  });
});

test("an abort while undici is loaded sends nothing", async () => {
  const { url, server } = await startServer((_, response) => response.end());
  const requests = vi.fn();
  server.on("request", requests);
  const controller = new AbortController();
  // A new configuration, so that its parts are loaded with this request.
  const fetch = defaultFetch({ HTTPS_PROXY: "http://127.0.0.1:9/loaded-late" });
  const pending = rejectionOf(sendStreamingRequest({ url, fetch, signal: controller.signal }));
  controller.abort();
  expect(await pending).toMatchObject({ code: "aborted" });
  await readText(await sendStreamingRequest({ url, fetch }));
  expect(requests).toHaveBeenCalledTimes(1);
});
