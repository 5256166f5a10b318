import type { Transform } from "node:stream";
import { builtinModule } from "axio/internal";
import { type BodySource, DispatchedBody } from "./dispatched-body.ts";

/** A body that is decompressed, and the input of its decompressor. */
export interface DecompressedBody {
  readonly body: DispatchedBody;
  /** @returns Whether more may come. */
  push(chunk: Uint8Array): boolean;
  end(end?: { readonly error?: unknown }): void;
}

/**
 * Creates the body of a response with a `Content-Encoding` (RFC 9110 §8.4.1). Each chunk that can be decompressed is there at
 * once, so that events are not delayed.
 *
 * @returns `undefined` for an encoding that is not supported, and for several.
 */
export function createDecompressor(encoding: string, source: BodySource): DecompressedBody | undefined {
  const decoder = createDecoder(encoding.trim().toLowerCase());
  if (decoder === undefined) return undefined;
  const body = new DispatchedBody({
    resume: () => decoder.resume(),
    abort: (reason) => {
      decoder.destroy();
      source.abort(reason);
    },
  });
  decoder.on("data", (chunk: Uint8Array) => {
    if (!body.push(chunk)) decoder.pause();
  });
  decoder.on("drain", () => source.resume());
  decoder.on("end", () => body.end());
  decoder.on("error", (error) => {
    body.end({ error });
    source.abort(error);
  });
  return {
    body,
    push: (chunk) => decoder.write(chunk),
    end(end = {}) {
      if (!("error" in end)) decoder.end();
      else {
        decoder.destroy();
        body.end(end);
      }
    },
  };
}

function createDecoder(encoding: string): Transform | undefined {
  const zlib = builtinModule<typeof import("node:zlib")>("node:zlib");
  if (zlib === undefined) return undefined;
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
  // A body that lacks its end is not an error here: HTTP itself reports a body that was cut.
  const options = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH };
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return zlib.createGunzip(options);
    case "deflate":
      return zlib.createInflate(options);
    case "br":
      return zlib.createBrotliDecompress({
        flush: BROTLI_OPERATION_FLUSH,
        finishFlush: BROTLI_OPERATION_FLUSH,
      });
    default:
      return undefined;
  }
}
