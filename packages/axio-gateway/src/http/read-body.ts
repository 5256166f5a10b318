import type { IncomingMessage } from "node:http";
import { Readable, type Transform } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { AxioError, isJsonObject, type JsonObject } from "axio";

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Where a web request comes from. */
export interface RequestSource {
  /** The message of `node:http`. Default: the request has none. */
  readonly incoming?: IncomingMessage | undefined;
}

/**
 * Reads the JSON body of a request, decompressed, up to a limit.
 *
 * @param maxBytes The limit for the body as sent, and again for the decompressed one.
 * @throws AxioError `request-too-large`, or `invalid-request` with the status 400 or 415.
 */
export async function readJsonBody(
  request: Request,
  maxBytes: number,
  source: RequestSource = {},
): Promise<JsonObject> {
  const type = request.headers.get("content-type") ?? "";
  // A form of another web page cannot have this type.
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type))
    throw refused(415, `The content type is ${JSON.stringify(type)}. Send JSON as application/json.`);
  const text = await readText(request, maxBytes, source);
  let value: unknown;
  try {
    // Some clients send a byte order mark.
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (cause) {
    throw refused(400, "The body of the request is not JSON. Send a JSON object.", cause);
  }
  if (isJsonObject(value)) return value;
  throw refused(400, "The body of the request is not a JSON object. Send one.");
}

async function readText(request: Request, maxBytes: number, { incoming }: RequestSource): Promise<string> {
  const encoding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding === "identity" && incoming !== undefined) return readIncoming(incoming, maxBytes);
  if (request.body === null) return "";
  const source = Readable.fromWeb(request.body as NodeReadableStream<Uint8Array>);
  if (encoding === "identity") return collect(source, maxBytes);
  const decoder = DECODERS[encoding]?.();
  if (decoder === undefined) {
    source.destroy();
    throw refused(
      415,
      `The content encoding ${JSON.stringify(encoding)} is not supported. Use gzip, br or none.`,
    );
  }
  let sent = 0;
  source.on("data", (chunk: Uint8Array) => {
    sent += chunk.length;
    if (sent > maxBytes) decoder.destroy(tooLarge(maxBytes));
  });
  source.on("error", (error) => decoder.destroy(error));
  try {
    return await collect(source.pipe(decoder), maxBytes);
  } catch (cause) {
    if (AxioError.is(cause)) throw cause;
    throw refused(400, `The body of the request is not valid ${encoding}.`, cause);
  } finally {
    source.destroy();
  }
}

/** Reads a message. One that is too long stays open, so that its sender gets the response. */
async function readIncoming(incoming: IncomingMessage, maxBytes: number): Promise<string> {
  try {
    return await collect(incoming.iterator({ destroyOnReturn: false }), maxBytes);
  } catch (cause) {
    if (AxioError.is(cause)) throw cause;
    throw refused(400, "The body of the request broke off.", cause);
  }
}

async function collect(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function tooLarge(maxBytes: number): AxioError {
  return new AxioError(
    "request-too-large",
    `The body of the request is larger than ${maxBytes} bytes. Send less, or raise maxBodyBytes of the gateway.`,
    { details: { status: 413 } },
  );
}

function refused(status: number, message: string, cause?: unknown): AxioError {
  return new AxioError("invalid-request", message, { cause, details: { status } });
}
