import { AxioError } from "axio";
import { builtinModule } from "axio/internal";
import type { Call, EncodedBody } from "axio-transport-kit";

/** Compresses bytes as one zstd frame. */
export type ZstdCompressor = (bytes: Uint8Array) => Promise<Uint8Array>;

/** A smaller body takes a few packets, and compression would save nothing noticeable. */
export const MIN_COMPRESSED_BYTES = 4096;

/**
 * How servers say that they cannot read a compressed body: with 415 (RFC 9110 §15.5.16), or as a body that is not JSON, if
 * a proxy ignores the header.
 */
const UNREADABLE_BODY =
  /content[- ]encoding|zstd|decompress|utf-?8|pars(?:e|ing) (?:the |your )?(?:json|request|body)|(?:invalid|malformed|not valid) json(?! schema)|json (?:body|decode|parse)/i;

/** Compresses request bodies for as long as the server can read them. */
export class BodyCompression {
  readonly #host: string;
  readonly #onWarning: ((warning: AxioError) => void) | undefined;
  #isEnabled: boolean;
  /** The calls whose last body was compressed. */
  readonly #compressed = new WeakSet<Call>();
  /** The calls that are repeated without compression, and the errors that led to it. */
  readonly #repeated = new WeakMap<Call, AxioError>();

  /** @param host The server, for the warning. */
  constructor(isEnabled: boolean, host: string, onWarning: ((warning: AxioError) => void) | undefined) {
    this.#isEnabled = isEnabled;
    this.#host = host;
    this.#onWarning = onWarning;
  }

  /** Encodes the body of a request. */
  async encode(body: string, call: Call): Promise<EncodedBody> {
    const compress = this.#isEnabled && !this.#repeated.has(call) ? await runtimeZstd() : undefined;
    const encoded = await encodeBody(body, compress);
    if (typeof encoded.body === "string") this.#compressed.delete(call);
    else this.#compressed.add(call);
    return encoded;
  }

  /** Repeats a call without compression if the server cannot read the compressed body. */
  recover(error: AxioError, call: Call): boolean {
    if (this.#compressed.delete(call) && isUnreadableBody(error)) {
      this.#repeated.set(call, error);
      return true;
    }
    // A body that the server cannot read either way does not blame the compression.
    if (isUnreadableBody(error)) this.#repeated.delete(call);
    else this.noteReadable(call);
    return false;
  }

  /** Records that the server could read a body. Disables compression if it could read that body only without. */
  noteReadable(call: Call): void {
    const cause = this.#repeated.get(call);
    if (cause === undefined || !this.#isEnabled) return;
    this.#isEnabled = false;
    this.#onWarning?.(
      new AxioError(
        "unsupported-parameter",
        `${this.#host} does not read requests that are compressed with zstd. They are sent uncompressed from now on; to do so from the start, set \`compression: false\`.`,
        { cause, details: { parameter: "compression" } },
      ),
    );
  }
}

function isUnreadableBody({ details: { status }, message }: AxioError): boolean {
  return status === 415 || ((status === 400 || status === 422) && UNREADABLE_BODY.test(message));
}

let loaded: Promise<ZstdCompressor | undefined> | undefined;

/** The compressor of the runtime: Node has one since 22.15. */
function runtimeZstd(): Promise<ZstdCompressor | undefined> {
  loaded ??= loadZstd();
  return loaded;
}

/** @param compress Default: the body is not compressed. */
export async function encodeBody(text: string, compress: ZstdCompressor | undefined): Promise<EncodedBody> {
  if (compress === undefined || text.length < MIN_COMPRESSED_BYTES) return { body: text, headers: {} };
  const compressed = await compress(new TextEncoder().encode(text));
  return { body: new Uint8Array(compressed), headers: { "Content-Encoding": "zstd" } };
}

async function loadZstd(): Promise<ZstdCompressor | undefined> {
  const zlib = builtinModule<typeof import("node:zlib")>("node:zlib");
  const compress: unknown = zlib === undefined ? undefined : Reflect.get(zlib, "zstdCompress");
  if (typeof compress !== "function") return undefined;
  return (bytes) =>
    new Promise((resolve, reject) => {
      compress.call(zlib, bytes, (error: Error | null, result: Uint8Array) => {
        if (error === null) resolve(result);
        else reject(error);
      });
    });
}
