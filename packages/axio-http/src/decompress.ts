import type { Transform } from "node:stream";
import type { ZlibOptions } from "node:zlib";
import { AxioError } from "axio";
import { builtinModule, truncateForMessage } from "axio/internal";
import { type BodySource, DispatchedBody } from "./dispatched-body.ts";
import { redactUrl } from "./secure-url.ts";

/** A body that is decompressed, and the input of its decoders. */
export interface DecompressedBody {
  readonly body: DispatchedBody;
  /** @returns Whether more may come. */
  push(chunk: Uint8Array): boolean;
  end(end?: { readonly error?: unknown }): void;
}

/** More codings than this are an attack: each multiplies the size of the body. */
const MAX_CODINGS = 5;

/** Values that servers send although nothing is encoded. */
const UNENCODED: ReadonlySet<string> = new Set(["", "identity", "none", "utf-8"]);

/**
 * Creates the body of a response with a `Content-Encoding` (RFC 9110 §8.4). Each chunk that can be decompressed is there at
 * once, so that events are not delayed. Reading a body that cannot be decompressed throws `protocol`.
 *
 * @param encoding The value of the header: the codings in the order in which the server applied them.
 * @param url The URL of the request, for errors.
 * @returns `undefined` if the body is not encoded.
 */
export function createDecompressor(
  encoding: string,
  url: string,
  source: BodySource,
): DecompressedBody | undefined {
  const codings = encoding
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => !UNENCODED.has(coding));
  if (codings.length === 0) return undefined;
  const decoders = codings.length > MAX_CODINGS ? [] : createDecoders(codings.reverse());
  const [first] = decoders;
  if (first === undefined) return unreadableBody(encodingError(encoding, url), source);
  const last = decoders.reduce((decoder, next) => decoder.pipe(next));
  const destroy = (): void => {
    for (const decoder of decoders) decoder.destroy();
  };
  const body = new DispatchedBody({
    resume: () => last.resume(),
    abort: (reason) => {
      destroy();
      source.abort(reason);
    },
  });
  const onError = (error: Error): void => {
    destroy();
    body.end({ error });
    source.abort(error);
  };
  for (const decoder of decoders) decoder.on("error", onError);
  last.on("data", (chunk: Uint8Array) => {
    if (!body.push(chunk)) last.pause();
  });
  last.on("end", () => body.end());
  first.on("drain", () => source.resume());
  return {
    body,
    push: (chunk) => first.write(chunk),
    end(end = {}) {
      if (!("error" in end)) first.end();
      else {
        destroy();
        body.end(end);
      }
    },
  };
}

/** A body whose bytes cannot be read. The first of them closes the connection. */
function unreadableBody(error: AxioError, source: BodySource): DecompressedBody {
  const body = new DispatchedBody(source);
  body.end({ error });
  const push = (): boolean => {
    source.abort(error);
    return true;
  };
  return { body, push, end: () => {} };
}

function encodingError(encoding: string, url: string): AxioError {
  const { host } = new URL(url);
  const name = JSON.stringify(truncateForMessage(encoding));
  const advice = /zstd/i.test(encoding) ? "Node.js reads zstd since version 22.15. Update it, or set" : "Set";
  return new AxioError(
    "protocol",
    `${host} sent a response with the content encoding ${name}, which cannot be read, although none was asked for. ${advice} the server, or the proxy before it, to send no content encoding.`,
    { details: { url: redactUrl(url) } },
  );
}

type Zlib = typeof import("node:zlib") & {
  /** Node.js has it since 22.15. */
  readonly createZstdDecompress?: (options: ZlibOptions) => Transform;
};

/** Returns a decoder for each coding, or none at all if one of them is not supported. */
function createDecoders(codings: readonly string[]): readonly Transform[] {
  const zlib = builtinModule<Zlib>("node:zlib");
  const decoders = codings.map((coding) => zlib && createDecoder(coding, zlib));
  return decoders.every((decoder) => decoder !== undefined) ? decoders : [];
}

/** `zlib.constants.ZSTD_e_flush`. */
const ZSTD_FLUSH = 1;

function createDecoder(coding: string, zlib: Zlib): Transform | undefined {
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
  // A body that lacks its end is not an error here: HTTP itself reports a body that was cut.
  const flushing = (operation: number): ZlibOptions => ({ flush: operation, finishFlush: operation });
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return zlib.createGunzip(flushing(Z_SYNC_FLUSH));
    case "deflate":
      return zlib.createInflate(flushing(Z_SYNC_FLUSH));
    case "br":
      return zlib.createBrotliDecompress(flushing(BROTLI_OPERATION_FLUSH));
    case "zstd":
      return zlib.createZstdDecompress?.(flushing(ZSTD_FLUSH));
    default:
      return undefined;
  }
}
