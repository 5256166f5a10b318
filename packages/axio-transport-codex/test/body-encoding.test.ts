import zlib from "node:zlib";
import { userMessage } from "axio";
import { afterAll, beforeAll, expect, test } from "vitest";
import { zstdCompressedBody } from "../../codex-simulator/test/zstd.ts";
import { encodeBody, SMALLEST_COMPRESSED_BYTES } from "../src/backend/body-encoding.ts";
import { asking, requestsTo, simulate, textOf, transportTo } from "./support.ts";

/** Node 20 has no zstd: this one stands in its place, with frames that hold the bytes as they are. */
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
  messages: [userMessage("ÿ€".repeat(SMALLEST_COMPRESSED_BYTES)), userMessage("say Hi")],
});

test("a large request goes out compressed, a small one as it is", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator);
  expect(await textOf(transport.stream(long))).toBe("Hi");
  expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
  const [large, small] = requestsTo(simulator, "/responses");
  expect(large?.headers["content-encoding"]).toBe("zstd");
  expect(JSON.stringify(large?.json)).toContain("ÿ€ÿ€");
  expect(small?.headers).not.toHaveProperty("content-encoding");
});

test("it can be turned off", async () => {
  const simulator = await simulate();
  expect(await textOf(transportTo(simulator, { compression: false }).stream(long))).toBe("Hi");
  expect(requestsTo(simulator, "/responses")[0]?.headers).not.toHaveProperty("content-encoding");
});

test("without a compressor a body is left as it is", async () => {
  const text = "x".repeat(SMALLEST_COMPRESSED_BYTES);
  expect(await encodeBody(text, undefined)).toEqual({ body: text, headers: {} });
});
