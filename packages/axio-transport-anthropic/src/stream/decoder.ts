import {
  AxioError,
  type Block,
  type ErrorDetails,
  isJsonObject,
  type JsonObject,
  type TransportEvent,
} from "axio";
import { parseWireEvent } from "axio-responses";
import { type ThinkingOrigin, toProviderData, type WireBlock } from "../provider-data.ts";
import { isResult } from "../request/server-calls.ts";
import { hostedToolBlock, hostedToolName } from "./hosted-tools.ts";
import {
  addMembers,
  type OpenBlock,
  openBlock,
  readInput,
  sourcesOf,
  toolUseBlock,
  wholeBlock,
} from "./open-block.ts";
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
export interface MessagesDecoderOptions {
  /** Converts an event that reports an error. */
  readonly classify: (event: JsonObject) => AxioError;
  /** Stored with thinking, so that it goes back only to those who can read it. */
  readonly origin?: ThinkingOrigin | undefined;
  /** Turns the names of tools back. Default: they stay as they are. */
  readonly readName?: ((wireName: string) => string) | undefined;
  /** Makes the server's words fit to be shown. Default: they are not shown. */
  readonly quote?: ((text: string) => string) | undefined;
  /** Facts for errors. */
  readonly details?: ErrorDetails | undefined;
}

/** Creates the decoder of one response. */
export function createMessagesDecoder(options: MessagesDecoderOptions): MessagesDecoder {
  return new Decoder(options);
}

const REFUSAL = "The request was refused by the safety rules of the provider.";

class Decoder implements MessagesDecoder {
  readonly #options: MessagesDecoderOptions;
  #message: JsonObject | undefined;
  #usage: JsonObject = {};
  #delta: JsonObject = {};
  /** By the index of the wire. */
  readonly #open = new Map<unknown, OpenBlock>();
  /** Calls of hosted tools without a result, by id. */
  readonly #hosted = new Map<string, { readonly index: number; readonly call: WireBlock }>();
  /** Calls whose input is not whole. Whether they were cut is known at the end. */
  #doubtful: OpenBlock[] = [];
  #calls = 0;
  #count = 0;
  #splices = 0;
  #done = false;

  constructor(options: MessagesDecoderOptions) {
    this.#options = options;
  }

  get done(): boolean {
    return this.#done;
  }

  get blockCount(): number {
    return this.#count;
  }

  decode(data: unknown, out: TransportEvent[]): void {
    if (this.#done) return;
    const event = typeof data === "string" ? parseWireEvent(data, this.#options.quote) : data;
    if (!isJsonObject(event)) return;
    switch (event["type"]) {
      case "content_block_delta":
        this.#addDelta(event, out);
        break;
      case "content_block_start":
        this.#start(event, out);
        break;
      case "content_block_stop": {
        const block = this.#open.get(event["index"]);
        if (block !== undefined) this.#close(event["index"], block, false, out);
        break;
      }
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
      case "error":
        throw this.#options.classify(event);
      default:
        // Gateways report errors as in the body of a response.
        if (event["type"] === undefined && isJsonObject(event["error"])) throw this.#options.classify(event);
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

  /** A gateway that repeats a request sends another message in the same stream. Everything before it is void. */
  #begin(message: unknown, out: TransportEvent[]): void {
    if (!isJsonObject(message)) return;
    const before = this.#message;
    if (before !== undefined && before["id"] === message["id"]) return;
    if (before !== undefined && this.#count > 0) {
      this.#splices += 1;
      out.push({
        type: "retry",
        attempt: this.#splices,
        delayMs: 0,
        error: new AxioError(
          "stream-truncated",
          "A server on the way to the provider started the response again.",
          {
            retryable: true,
            details: this.#options.details,
          },
        ),
        discardedBlocks: Array.from({ length: this.#count }, (_, index) => index),
      });
    }
    this.#open.clear();
    this.#hosted.clear();
    this.#doubtful = [];
    this.#calls = 0;
    this.#count = 0;
    this.#delta = {};
    this.#message = message;
    this.#usage = mergeUsage({}, message["usage"]);
  }

  #start({ index, content_block: start }: JsonObject, out: TransportEvent[]): void {
    if (!isJsonObject(start) || !isWireBlock(start)) return;
    const before = this.#open.get(index);
    if (before !== undefined) this.#close(index, before, false, out);
    const block = openBlock(start);
    this.#open.set(index, block);
    // Text and thinking without content begin no block.
    if (start.type !== "text" && start.type !== "thinking") this.#indexOf(block);
    if (start.type === "tool_use") {
      out.push({
        type: "tool-use-start",
        index: this.#indexOf(block),
        toolCallId: idOf(start),
        name: this.#nameOf(start),
      });
    } else if (isHostedCall(start.type)) {
      out.push({ type: "hosted-tool-start", index: this.#indexOf(block), name: hostedToolName(start) });
    } else if (block.text !== "") this.#show(block, block.text, out);
  }

  #addDelta({ index, delta }: JsonObject, out: TransportEvent[]): void {
    const block = this.#open.get(index);
    if (block === undefined || !isJsonObject(delta)) return;
    switch (delta["type"]) {
      case "text_delta":
        this.#append(block, delta["text"], out);
        break;
      case "thinking_delta":
        this.#append(block, delta["thinking"], out);
        break;
      case "input_json_delta":
        this.#append(block, delta["partial_json"], out);
        break;
      case "signature_delta":
        if (typeof delta["signature"] === "string") block.signature += delta["signature"];
        break;
      case "citations_delta":
        if (isJsonObject(delta["citation"])) block.citations.push(delta["citation"]);
        break;
      default:
        addMembers(block, delta);
    }
  }

  #append(block: OpenBlock, text: unknown, out: TransportEvent[]): void {
    if (typeof text !== "string" || text === "") return;
    block.text += text;
    this.#show(block, text, out);
  }

  #show(block: OpenBlock, delta: string, out: TransportEvent[]): void {
    const { type } = block.start;
    if (type === "text") out.push({ type: "text-delta", index: this.#indexOf(block), delta });
    else if (type === "thinking") out.push({ type: "reasoning-delta", index: this.#indexOf(block), delta });
    else if (type === "tool_use") {
      out.push({
        type: "tool-input-delta",
        index: this.#indexOf(block),
        toolCallId: idOf(block.start),
        delta,
      });
    }
  }

  /** @param isCut Whether the end of the block is missing. */
  #close(wireIndex: unknown, block: OpenBlock, isCut: boolean, out: TransportEvent[]): void {
    this.#open.delete(wireIndex);
    const { start, text, signature, citations } = block;
    const { origin } = this.#options;
    switch (start.type) {
      case "text": {
        if (text === "" && block.index === undefined) return;
        const sources = sourcesOf(citations);
        this.#end(block, out, {
          type: "text",
          text,
          ...(sources.length === 0 ? {} : { sources }),
          ...(citations.length === 0 ? {} : { providerData: toProviderData({ members: { citations } }) }),
        });
        return;
      }
      case "thinking":
        if (text === "" && signature === "") return;
        this.#end(block, out, {
          type: "reasoning",
          text,
          providerData: toProviderData({ signature, ...origin }),
        });
        return;
      case "redacted_thinking":
        this.#end(block, out, {
          type: "reasoning",
          text: "",
          providerData: toProviderData({ redactedData: String(start["data"] ?? ""), ...origin }),
        });
        return;
      case "tool_use":
        if (isCut) return;
        if (isJsonObject(readInput(text, undefined).input) && text.trim() !== "") this.#endCall(block, out);
        else this.#doubtful.push(block);
        return;
      default:
        this.#closeOther(block, out);
    }
  }

  #closeOther(block: OpenBlock, out: TransportEvent[]): void {
    const whole = wholeBlock(block);
    if (isHostedCall(whole.type)) {
      this.#hosted.set(idOf(whole), { index: this.#indexOf(block), call: whole });
      return;
    }
    const id = isResult(whole) ? String(whole["tool_use_id"]) : undefined;
    const hosted = id === undefined ? undefined : this.#hosted.get(id);
    if (id !== undefined && hosted === undefined) {
      // Its call was in the response before.
      this.#end(block, out, hostedToolBlock(undefined, whole, whole));
      return;
    }
    if (id !== undefined && hosted !== undefined) {
      this.#hosted.delete(id);
      out.push({
        type: "block-end",
        index: hosted.index,
        block: hostedToolBlock(hosted.call, whole, hosted.call),
      });
    }
    this.#end(block, out, {
      type: "opaque",
      kind: whole.type,
      providerData: toProviderData({ block: whole }),
    });
  }

  #endCall(block: OpenBlock, out: TransportEvent[]): void {
    const id = idOf(block.start);
    const call = toolUseBlock(block, id, this.#nameOf(block.start));
    if (block.text === "") {
      const delta = JSON.stringify(call.input);
      out.push({ type: "tool-input-delta", index: this.#indexOf(block), toolCallId: id, delta });
    }
    this.#calls += 1;
    this.#end(block, out, call);
  }

  #end(block: OpenBlock, out: TransportEvent[], ended: Block): void {
    out.push({ type: "block-end", index: this.#indexOf(block), block: ended });
  }

  #indexOf(block: OpenBlock): number {
    block.index ??= this.#count++;
    return block.index;
  }

  #nameOf({ name }: WireBlock): string {
    const wireName = typeof name === "string" ? name : "";
    return this.#options.readName?.(wireName) ?? wireName;
  }

  #finish(out: TransportEvent[]): void {
    const { stop_reason: reason, stop_details: details, container } = this.#delta;
    if (typeof reason !== "string") this.end(out);
    this.#done = true;
    for (const [index, block] of [...this.#open]) this.#close(index, block, true, out);
    // A response that reached its limit ends inside a call.
    const isWhole =
      reason !== "max_tokens" && reason !== "model_context_window_exceeded" && reason !== "refusal";
    for (const block of isWhole ? this.#doubtful : []) this.#endCall(block, out);
    for (const { index, call } of this.#hosted.values()) {
      out.push({ type: "block-end", index, block: hostedToolBlock(call, undefined, call) });
    }
    this.#addContainer(container ?? this.#message?.["container"], out);
    if (reason === "refusal") this.#addRefusal(details, out);
    const { model, id } = this.#message ?? {};
    out.push({
      type: "step-end",
      ...readStopReason(String(reason), this.#calls > 0),
      ...readUsage(this.#usage),
      model: typeof model === "string" ? model : undefined,
      responseId: typeof id === "string" ? id : undefined,
    });
  }

  /** The container in which code ran is needed to go on in it. */
  #addContainer(container: unknown, out: TransportEvent[]): void {
    if (!isJsonObject(container) || typeof container["id"] !== "string") return;
    const expiresAt = Date.parse(String(container["expires_at"]));
    const data = { container: container["id"], expiresAt: Number.isNaN(expiresAt) ? undefined : expiresAt };
    out.push({
      type: "block-end",
      index: this.#count++,
      block: { type: "opaque", kind: "container", providerData: toProviderData(data) },
    });
  }

  #addRefusal(details: unknown, out: TransportEvent[]): void {
    const explanation = isJsonObject(details) ? details["explanation"] : undefined;
    const text = typeof explanation === "string" && explanation.trim() !== "" ? explanation : REFUSAL;
    const index = this.#count++;
    out.push({ type: "text-delta", index, delta: text });
    out.push({
      type: "block-end",
      index,
      block: { type: "text", text, refusal: true, providerData: toProviderData({ refused: true }) },
    });
  }
}

function isHostedCall(type: string): boolean {
  return type === "server_tool_use" || type === "mcp_tool_use";
}

function idOf({ id }: WireBlock): string {
  return typeof id === "string" ? id : "";
}

function isWireBlock(block: JsonObject): block is WireBlock {
  return typeof block["type"] === "string";
}
