import type { EncodedBody } from "axio-transport-kit";

/** Compresses bytes as one zstd frame. */
export type ZstdCompressor = (bytes: Uint8Array) => Promise<Uint8Array>;

/** Below this a body goes out in a few packets, and compressing it would save nothing that can be felt. */
export const SMALLEST_COMPRESSED_BYTES = 4096;

let loaded: Promise<ZstdCompressor | undefined> | undefined;

/** The compressor of the runtime: Node has one since 22.15. */
export function runtimeZstd(): Promise<ZstdCompressor | undefined> {
  loaded ??= loadZstd();
  return loaded;
}

/**
 * Encodes the body of a request.
 *
 * @param compress Default: none.
 */
export async function encodeBody(text: string, compress: ZstdCompressor | undefined): Promise<EncodedBody> {
  if (compress === undefined || text.length < SMALLEST_COMPRESSED_BYTES) return { body: text, headers: {} };
  const compressed = await compress(new TextEncoder().encode(text));
  return { body: new Uint8Array(compressed), headers: { "Content-Encoding": "zstd" } };
}

async function loadZstd(): Promise<ZstdCompressor | undefined> {
  const { default: zlib } = await import("node:zlib");
  const compress: unknown = Reflect.get(zlib, "zstdCompress");
  if (typeof compress !== "function") return undefined;
  return (bytes) =>
    new Promise((resolve, reject) => {
      compress.call(zlib, bytes, (error: Error | null, result: Uint8Array) => {
        if (error === null) resolve(result);
        else reject(error);
      });
    });
}
