import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { defaultFetch, sendRequest, sendStreamingRequest } from "../src/index.ts";
import { rejectionOf } from "./support/signals.ts";

// Bun's own `fetch` takes these options, seen with Bun 1.4.
const bunFetch = vi.fn();

beforeEach(() => {
  bunFetch.mockReset().mockImplementation(async () => new Response("hello"));
  vi.stubGlobal("Bun", {});
  vi.stubGlobal("fetch", bunFetch);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it("sends streams with Bun's fetch, whose undici has no dispatchers", async () => {
  const fetch = defaultFetch({ HTTPS_PROXY: "http://robin:p%40ss@proxy.test:3128" });
  const url = "https://bun.test/stream";
  const response = await sendStreamingRequest({ url, fetch });
  expect(response.status).toBe(200);
  expect(bunFetch.mock.lastCall?.[1]).toMatchObject({ proxy: "http://robin:p%40ss@proxy.test:3128/" });
});

it("keeps Bun from the proxy for addresses of the own machine", async () => {
  const fetch = defaultFetch({ HTTP_PROXY: "http://proxy.test:3128" });
  await sendRequest({ url: "http://127.0.0.1:1/", fetch });
  expect(bunFetch.mock.lastCall?.[1]).toMatchObject({ proxy: false });
});

it("passes the certificates of SSL_CERT_FILE to Bun", async () => {
  const directory = await mkdtemp(join(tmpdir(), "axio-http-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, "ca.pem");
  await writeFile(file, "a certificate");
  await sendRequest({ url: "https://bun.test/", fetch: defaultFetch({ SSL_CERT_FILE: file }) });
  expect(bunFetch.mock.lastCall?.[1]).toMatchObject({
    tls: { ca: expect.arrayContaining(["a certificate"]) },
  });
});

it("names the proxy that refuses a tunnel, and its variable", async () => {
  bunFetch.mockRejectedValue(
    Object.assign(new Error("Proxy refused to open a tunnel: 407 Proxy Authentication Required"), {
      code: "ERR_PROXY_TUNNEL",
    }),
  );
  const fetch = defaultFetch({ HTTPS_PROXY: "http://refusing.test:3128" });
  const error = await rejectionOf(sendRequest({ url: "https://bun.test/", fetch }));
  expect(error).toMatchObject({ code: "network" });
  expect(String(error)).toContain("set them in HTTPS_PROXY");
});

it("says that Bun supports no SOCKS proxy", async () => {
  const fetch = defaultFetch({ ALL_PROXY: "socks5://socks.test:1080" });
  const error = await rejectionOf(sendRequest({ url: "https://bun.test/", fetch }));
  expect(error).toMatchObject({ code: "invalid-argument" });
  expect(String(error)).toContain("run the program on Node.js");
});
