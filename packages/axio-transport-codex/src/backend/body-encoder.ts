import { AxioError } from "axio";
import type { EncodedBody } from "axio-transport-kit";
import { encodeBody, runtimeZstd } from "./body-encoding.ts";

/** What a {@link BodyEncoder} is made of. */
export interface BodyEncoderOptions {
  /** Whether bodies are compressed where the runtime can. */
  readonly isOn: boolean;
  /** Who reads them, for the warning. */
  readonly host: string;
  readonly warn: (warning: AxioError) => void;
}

/**
 * How servers say that they cannot read a compressed body: with 415 (RFC 9110 section 15.5.16), or as a body that is no
 * JSON, where something on the way passes over the header.
 */
const UNREADABLE_BODY =
  /content[- ]encoding|zstd|decompress|utf-?8|pars(?:e|ing) (?:the |your )?(?:json|request|body)|(?:invalid|malformed|not valid) json(?! schema)|json (?:body|decode|parse)/i;

/** Compresses bodies for as long as the server reads them. */
export class BodyEncoder {
  readonly #options: BodyEncoderOptions;
  #isOn: boolean;

  constructor(options: BodyEncoderOptions) {
    this.#options = options;
    this.#isOn = options.isOn;
  }

  /**
   * Makes a request whose body may be compressed; once more without, where the server cannot read it. Then no body is
   * compressed any more, and the warning says so once.
   *
   * @throws AxioError whatever `request` throws.
   */
  async send<Answer>(
    request: (encode: (text: string) => Promise<EncodedBody>) => Promise<Answer>,
  ): Promise<Answer> {
    let isCompressed = false;
    try {
      return await request(async (text) => {
        const encoded = await encodeBody(text, this.#isOn ? await runtimeZstd() : undefined);
        isCompressed = typeof encoded.body !== "string";
        return encoded;
      });
    } catch (error) {
      if (!isCompressed || !isRefusal(error)) throw error;
      const answer = await request((text) => encodeBody(text, undefined)).catch((plainError: unknown) => {
        // What it cannot read uncompressed either is not the compression's fault.
        if (!isRefusal(plainError)) this.#turnOff(error);
        throw plainError;
      });
      this.#turnOff(error);
      return answer;
    }
  }

  #turnOff(cause: AxioError): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    const { host, warn } = this.#options;
    warn(
      new AxioError(
        "unsupported-parameter",
        `${host} does not read requests that are compressed with zstd. They go out as they are from now on; with \`compression: false\` they do from the start.`,
        { cause, details: { parameter: "compression" } },
      ),
    );
  }
}

function isRefusal(error: unknown): error is AxioError {
  if (!AxioError.is(error)) return false;
  const { status } = error.details;
  return status === 415 || ((status === 400 || status === 422) && UNREADABLE_BODY.test(error.message));
}
