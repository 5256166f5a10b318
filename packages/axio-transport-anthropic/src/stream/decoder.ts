import { AxioError, type ErrorDetails, isJsonObject, type JsonObject, type TransportEvent } from "axio";
import { EventPattern } from "axio/internal";
import { parseWireEvent } from "axio-responses";
import { type BlockOptions, ResponseBlocks } from "./response-blocks.ts";
import { readStopReason } from "./stop-reason.ts";
import { mergeUsage, readUsage } from "./usage.ts";

/** Converts the events of one response. */
export interface MessagesDecoder {
  /** Whether the response has ended. What comes after it is ignored. */
  readonly done: boolean;
  /** How many blocks have begun. They are numbered from 0. */
  readonly blockCount: number;
  /**
   * Decodes one event, as text or parsed, and adds the events that it stands for.
   *
   * @throws AxioError as `classify` names it if the event reports an error; `protocol` if the text is not JSON.
   */
  decode(event: unknown, out: TransportEvent[]): void;
  /** @throws AxioError `stream-truncated`, retryable, if the response is not complete. */
  end(out: TransportEvent[]): void;
}

/** Options of {@link createMessagesDecoder}. */
export interface MessagesDecoderOptions extends BlockOptions {
  /** Converts an event that reports an error. */
  readonly classify: (event: JsonObject) => AxioError;
  /** Makes the server's words fit to be shown. Default: they are not shown. */
  readonly quote?: ((text: string) => string) | undefined;
  /** Facts for errors. */
  readonly details?: ErrorDetails | undefined;
}

/** Creates the decoder of one response. */
export function createMessagesDecoder(options: MessagesDecoderOptions): MessagesDecoder {
  return new Decoder(options);
}

/** No member of a delta varies. */
const NOTHING = /(?!)/;

/** Stop reasons of responses that end anywhere. */
const CUTS: readonly string[] = ["max_tokens", "model_context_window_exceeded", "refusal"];

class Decoder implements MessagesDecoder {
  readonly #options: MessagesDecoderOptions;
  #message: JsonObject | undefined;
  #usage: JsonObject = {};
  #delta: JsonObject = {};
  readonly #blocks: ResponseBlocks;
  readonly #pattern = new EventPattern();
  /** The index of the delta from which the pattern was learned. */
  #learnedIndex: unknown;
  #splices = 0;
  #done = false;

  constructor(options: MessagesDecoderOptions) {
    this.#options = options;
    this.#blocks = new ResponseBlocks(options);
  }

  get done(): boolean {
    return this.#done;
  }

  get blockCount(): number {
    return this.#blocks.count;
  }

  decode(data: unknown, out: TransportEvent[]): void {
    if (this.#done) return;
    const text = typeof data === "string" ? this.#pattern.read(data) : undefined;
    // The other events are decoded elsewhere, so that they do not make the engine compile this again.
    if (text === undefined) this.#decodeOther(data, out);
    else this.#blocks.addText(this.#learnedIndex, text, out);
  }

  #decodeOther(data: unknown, out: TransportEvent[]): void {
    const event = typeof data === "string" ? parseWireEvent(data, this.#options.quote) : data;
    if (!isJsonObject(event)) return;
    switch (event["type"]) {
      case "content_block_delta":
        this.#blocks.addDelta(event, out);
        if (typeof data === "string") this.#learn(data, event);
        break;
      case "content_block_start":
        this.#blocks.start(event, out);
        break;
      case "content_block_stop":
        this.#blocks.stop(event["index"], out);
        break;
      case "message_start":
        this.#begin(event["message"], out);
        break;
      case "message_delta":
        this.#usage = mergeUsage(this.#usage, event["usage"]);
        this.#delta = mergeUsage(this.#delta, event["delta"]);
        break;
      case "message_stop":
        this.#finish(out);
        break;
      case "message":
        this.#decodeWhole(event, out);
        break;
      case "error":
        throw this.#options.classify(event);
      default:
        if (event["type"] === undefined) this.#decodeUntyped(event);
    }
  }

  end(_out: TransportEvent[]): void {
    if (this.#done) return;
    throw new AxioError(
      "stream-truncated",
      "The response broke off before its end. Try again; if it happens again, look for a proxy that cuts long responses.",
      { retryable: true, details: this.#options.details },
    );
  }

  /** A server that ignores `stream` sends the whole message. */
  #decodeWhole(message: JsonObject, out: TransportEvent[]): void {
    const { content, usage, stop_reason: reason, stop_details: details, container } = message;
    this.#begin(message, out);
    const blocks = Array.isArray(content) ? content : [];
    for (const [index, block] of blocks.entries()) {
      this.#blocks.start({ index, content_block: block }, out);
      this.#blocks.stop(index, out);
    }
    this.#usage = mergeUsage({}, usage);
    this.#delta = mergeUsage(
      {},
      { stop_reason: reason ?? null, stop_details: details ?? null, container: container ?? null },
    );
    this.#finish(out);
  }

  /** Gateways report errors as in the body of a response. Before the message, anything else is not of this API. */
  #decodeUntyped(event: JsonObject): void {
    if (isJsonObject(event["error"])) throw this.#options.classify(event);
    if (this.#message !== undefined) return;
    throw new AxioError(
      "protocol",
      "The server's response is not one of the Messages API. Check the base URL.",
      { cause: event, details: this.#options.details },
    );
  }

  /** Learns the form of the deltas of text. */
  #learn(data: string, event: JsonObject): void {
    const { delta } = event;
    if (!isJsonObject(delta) || delta["type"] !== "text_delta" || typeof delta["text"] !== "string") return;
    if (this.#pattern.learn(data, "text", delta["text"], NOTHING)) this.#learnedIndex = event["index"];
  }

  /** A gateway that repeats a request sends another message in the same stream. Everything before it is void. */
  #begin(message: unknown, out: TransportEvent[]): void {
    if (!isJsonObject(message)) return;
    const before = this.#message;
    if (before !== undefined && before["id"] === message["id"]) return;
    if (before !== undefined && this.#blocks.count > 0) {
      this.#splices += 1;
      out.push({
        type: "retry",
        attempt: this.#splices,
        delayMs: 0,
        error: new AxioError(
          "stream-truncated",
          "A server on the way to the provider started the response again. What came before is discarded.",
          {
            retryable: true,
            details: this.#options.details,
          },
        ),
        discardedBlocks: Array.from({ length: this.#blocks.count }, (_, index) => index),
      });
    }
    this.#blocks.clear();
    this.#delta = {};
    this.#message = message;
    this.#usage = mergeUsage({}, message["usage"]);
  }

  #finish(out: TransportEvent[]): void {
    const { stop_reason: reason, stop_details: details, container } = this.#delta;
    if (typeof reason !== "string") this.end(out);
    this.#done = true;
    // A response that reached its limit ends inside a call.
    this.#blocks.finish(!CUTS.includes(reason as string), out);
    this.#blocks.addContainer(container ?? this.#message?.["container"], out);
    if (reason === "refusal") this.#blocks.addRefusal(details, out);
    const { model, id } = this.#message ?? {};
    out.push({
      type: "step-end",
      ...readStopReason(String(reason), this.#blocks.calls > 0),
      ...readUsage(this.#usage),
      model: typeof model === "string" ? model : undefined,
      responseId: typeof id === "string" ? id : undefined,
    });
  }
}
