import zlib from "node:zlib";
import { type AxioError, userMessage } from "axio";
import type { FetchLike } from "axio-http";
import { zstdCompressedBody } from "test-support/zstd";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeBody, MIN_COMPRESSED_BYTES } from "../src/backend/body-compression.ts";
import { asking, failureOf, requestsTo, simulate, textOf, transportTo } from "./support.ts";

/** A stand-in for the zstd of newer runtimes, whose frames contain the bytes uncompressed. */
const original = Object.getOwnPropertyDescriptor(zlib, "zstdCompress");
beforeAll(() => {
  Object.defineProperty(zlib, "zstdCompress", {
    configurable: true,
    value: (bytes: Uint8Array, done: (error: Error | null, result: Uint8Array) => void) =>
      done(null, zstdCompressedBody(new TextDecoder().decode(bytes))),
  });
});
afterAll(() => {
  if (original === undefined) Reflect.deleteProperty(zlib, "zstdCompress");
  else Object.defineProperty(zlib, "zstdCompress", original);
});

const long = asking("say Hi", {
  messages: [userMessage("ÿ€".repeat(MIN_COMPRESSED_BYTES)), userMessage("say Hi")],
});

test("a large request is compressed, a small one is not", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator);
  expect(await textOf(transport.stream(long))).toBe("Hi");
  expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
  const [large, small] = requestsTo(simulator, "/responses");
  expect(large?.headers["content-encoding"]).toBe("zstd");
  expect(JSON.stringify(large?.json)).toContain("ÿ€ÿ€");
  expect(small?.headers).not.toHaveProperty("content-encoding");
});

test("compression can be turned off", async () => {
  const simulator = await simulate();
  expect(await textOf(transportTo(simulator, { compression: false }).stream(long))).toBe("Hi");
  expect(requestsTo(simulator, "/responses")[0]?.headers).not.toHaveProperty("content-encoding");
});

/** A gateway that cannot read compressed bodies. */
function refusing(status: number, body: string): { fetch: FetchLike; refused: () => number } {
  let refused = 0;
  return {
    fetch: async (input, init) => {
      if (!new Headers(init?.headers).has("content-encoding")) return fetch(input, init);
      refused += 1;
      return new Response(body, { status });
    },
    refused: () => refused,
  };
}

test.each([
  [415, ""],
  [415, '{"detail":"Unsupported Media Type"}'],
  [
    400,
    '{"error":{"message":"We could not parse the JSON body of your request.","type":"invalid_request_error"}}',
  ],
  [422, '{"detail":"There was an error parsing the body"}'],
])(
  "a server that cannot read compressed bodies (%i %s) gets uncompressed ones from then on, with one warning",
  async (status, body) => {
    const simulator = await simulate();
    const warnings: AxioError[] = [];
    const { fetch, refused } = refusing(status, body);
    const onWarning = (warning: AxioError): unknown => warnings.push(warning);
    const transport = transportTo(simulator, { fetch, onWarning, retry: { maxRetries: 0 } });
    expect(await textOf(transport.stream(long))).toBe("Hi");
    expect(await textOf(transport.stream(long))).toBe("Hi");
    expect(refused()).toBe(1);
    expect(warnings.map(({ code }) => code)).toEqual(["unsupported-parameter"]);
    expect(warnings[0]?.message).toContain("`compression: false`");
  },
);

test("another error does not blame the compression", async () => {
  const simulator = await simulate();
  const warnings: AxioError[] = [];
  const { fetch, refused } = refusing(400, '{"error":{"message":"Invalid JSON schema for the tool."}}');
  const onWarning = (warning: AxioError): unknown => warnings.push(warning);
  const transport = transportTo(simulator, { fetch, onWarning });
  expect((await failureOf(textOf(transport.stream(long)))).code).toBe("invalid-request");
  expect(refused()).toBe(1);
  expect(warnings).toEqual([]);
});

test("a body that is unreadable either way leaves the compression on", async () => {
  const simulator = await simulate();
  const warnings: AxioError[] = [];
  const encodings: (string | null)[] = [];
  const transport = transportTo(simulator, {
    fetch: async (_input, init) => {
      encodings.push(new Headers(init?.headers).get("content-encoding"));
      return new Response("", { status: 415 });
    },
    onWarning: (warning) => warnings.push(warning),
  });
  for (const _ of [1, 2]) await failureOf(textOf(transport.stream(long)));
  expect(encodings).toEqual(["zstd", null, "zstd", null]);
  expect(warnings).toEqual([]);
});

test("without a compressor a body stays as it is", async () => {
  const text = "x".repeat(MIN_COMPRESSED_BYTES);
  expect(await encodeBody(text, undefined)).toEqual({ body: text, headers: {} });
});
