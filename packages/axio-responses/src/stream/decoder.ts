import { AxioError, type Block, isJsonObject, type JsonObject, type TransportEvent } from "axio";
import { type ClassifyOptions, classifyResponseError } from "../errors.ts";
import { toolName } from "../request/ids.ts";
import { assembleItem, collectPart, withAnnotations } from "./assemble-item.ts";
import type { EventType } from "./event-type.ts";
import { hostedName } from "./hosted-tools.ts";
import { blocksOf, callIdOf, imageOf, isToolCall, PARAGRAPH } from "./item-blocks.ts";
import { OutputSlots, type Slot } from "./output-slots.ts";
import { endingOf, type ItemTally, stepEnd, wireErrorOf } from "./terminal.ts";
import { TextDeltas } from "./text-deltas.ts";
import {
  indexOf,
  isUntypedError,
  isWireEvent,
  mapTexts,
  objectsOf,
  parseWireEvent,
  textOf,
  type WireEvent,
} from "./wire-event.ts";

/** Decodes the wire events of one response to stream events. */
export interface ResponseDecoder {
  /** Whether the terminal event was decoded. Later events are ignored. */
  readonly done: boolean;
  /** How many blocks began so far. They are numbered from 0. */
  readonly blockCount: number;
  /**
   * Decodes one event and appends the stream events that it stands for, often none. Unknown and malformed events are ignored.
   *
   * @param event The data of a server-sent event as text, or parsed. Most deltas of text are not parsed.
   * @throws AxioError for `response.failed` and `error`: see {@link classifyResponseError}. Events appended before stay.
   *   `protocol` if the text is not JSON.
   */
  decode(event: unknown, out: TransportEvent[]): void;
  /**
   * Ends the response.
   *
   * @throws AxioError `stream-truncated`, retryable, if the terminal event is missing.
   */
  end(): void;
}

/** Options of {@link createResponseDecoder}. */
export interface ResponseDecoderOptions
  extends Pick<ClassifyOptions, "classify" | "parseRetryText" | "quote" | "details"> {
  /** Removes secrets from each text of an event that becomes an error. Default: texts stay as they are. */
  readonly redactSecrets?: ((text: string) => string) | undefined;
  /** Completes each finished block before it is emitted, with data of the transport. Default: blocks stay as they are. */
  readonly completeBlock?: ((block: Block) => Block) | undefined;
  /** Decodes an event of a type that the API does not have. Default: it is ignored. */
  readonly decodeOther?: ((event: JsonObject) => TransportEvent | undefined) | undefined;
}

/**
 * Creates the decoder of one response.
 *
 * Blocks are numbered in the order in which their items appear. `response.output_item.done` has the final state of an item;
 * items that only `response.completed` lists are taken from there, and items that nothing has finished from their parts and
 * deltas. A block without deltas is emitted as one delta too, so that
 * a display of deltas is complete.
 *
 * @example
 * ```ts
 * import type { TransportEvent } from "axio";
 * import { createResponseDecoder } from "axio-responses";
 *
 * const received = ['{"type":"response.created"}', '{"type":"response.completed","response":{"status":"completed"}}'];
 * const decoder = createResponseDecoder();
 * const events: TransportEvent[] = [];
 * for (const data of received) decoder.decode(data, events);
 * decoder.end();
 * ```
 */
export function createResponseDecoder(options: ResponseDecoderOptions = {}): ResponseDecoder {
  return new Decoder(options);
}

/** The beginning of an event that states the response. */
const BEGINNING = /^\{"type":"response\.(?:created|in_progress)","response":\{/;

class Decoder implements ResponseDecoder {
  readonly #options: ResponseDecoderOptions;
  readonly #slots: OutputSlots = new OutputSlots();
  readonly #tally: ItemTally = { calls: 0, refusals: 0, others: 0, partialCalls: 0 };
  /**
   * The newest event that stated the response, for terminal events with less. It repeats the request, which may be long, so its
   * text is parsed only then.
   */
  #beginning: JsonObject | string = {};
  #done = false;
  readonly #texts: TextDeltas = new TextDeltas(this.#slots);

  constructor(options: ResponseDecoderOptions) {
    this.#options = options;
  }

  get done(): boolean {
    return this.#done;
  }

  get blockCount(): number {
    return this.#slots.blockCount;
  }

  end(): void {
    if (this.#done) return;
    throw new AxioError(
      "stream-truncated",
      "The response broke off before its end. Try again; if this persists, a proxy may cut long responses.",
      { retryable: true, details: this.#options.details },
    );
  }

  decode(data: unknown, out: TransportEvent[]): void {
    if (this.#done) return;
    if (typeof data !== "string") this.#decodeParsed(data, undefined, out);
    else if (BEGINNING.test(data)) this.#begin(data);
    else if (!this.#texts.read(data, out))
      this.#decodeParsed(parseWireEvent(data, this.#options.quote), data, out);
  }

  /** @param data The JSON of the event, to learn from. */
  #decodeParsed(event: unknown, data: string | undefined, out: TransportEvent[]): void {
    if (!isWireEvent(event)) {
      if (isUntypedError(event)) this.#decodeOther({ ...event, type: "error" }, out);
      return;
    }
    if (event.type === "response.output_text.delta") {
      this.#texts.add(event, out);
      if (data !== undefined) this.#texts.learn(data, event);
    } else {
      this.#texts.interrupt();
      this.#decodeOther(event, out);
    }
  }

  #decodeOther(event: WireEvent & JsonObject, out: TransportEvent[]): void {
    switch (event.type as EventType) {
      case "response.refusal.delta":
        this.#texts.add(event, out);
        break;
      case "response.reasoning_summary_text.delta":
        this.#reasoningDelta(event, `summary ${indexOf(event.summary_index)}`, out);
        break;
      case "response.reasoning_text.delta":
        this.#reasoningDelta(event, `content ${indexOf(event.content_index)}`, out);
        break;
      case "response.function_call_arguments.delta":
      case "response.custom_tool_call_input.delta":
        this.#toolInputDelta(event, out);
        break;
      case "response.output_text.done":
      case "response.refusal.done":
      case "response.content_part.done":
      case "response.reasoning_summary_text.done":
      case "response.reasoning_text.done":
      case "response.function_call_arguments.done":
      case "response.custom_tool_call_input.done":
      case "response.output_text.annotation.added":
        collectPart(this.#slots.at(event), event);
        break;
      case "response.output_item.added":
        this.#itemAdded(event, out);
        break;
      case "response.output_item.done":
        this.#itemDone(event, out);
        break;
      case "response.image_generation_call.partial_image":
        this.#partialImage(event, out);
        break;
      case "response.created":
      case "response.in_progress":
        this.#begin(event);
        break;
      case "response.completed":
      case "response.done":
      case "response.incomplete":
      case "response.failed":
        this.#terminal(event, out);
        break;
      case "error":
        this.#done = true;
        throw this.#failure(event);
      default: {
        const decoded = this.#options.decodeOther?.(event);
        if (decoded !== undefined) out.push(decoded);
      }
    }
  }

  #begin(event: JsonObject | string): void {
    this.#texts.interrupt();
    this.#beginning = event;
  }

  #reasoningDelta(event: WireEvent, paragraph: string, out: TransportEvent[]): void {
    const { delta } = event;
    if (typeof delta !== "string" || delta === "") return;
    const slot = this.#slots.at(event);
    if (slot.isDone || !slot.mayBe("reasoning")) return;
    slot.deltaType = "reasoning";
    const part = slot.part(0);
    const shown = part.text !== "" && slot.paragraph !== paragraph ? PARAGRAPH + delta : delta;
    part.text += shown;
    slot.paragraph = paragraph;
    out.push({ type: "reasoning-delta", index: part.index, delta: shown });
  }

  #toolInputDelta(event: WireEvent & JsonObject, out: TransportEvent[]): void {
    const { delta } = event;
    if (typeof delta !== "string" || delta === "") return;
    const slot = this.#slots.at(event);
    // A call without a name is emitted when it is complete.
    if (slot.isDone || !slot.isAnnounced || slot.item === undefined) return;
    const part = slot.part(0);
    part.text += delta;
    out.push({ type: "tool-input-delta", index: part.index, toolCallId: callIdOf(slot.item), delta });
  }

  #itemAdded(event: WireEvent & JsonObject, out: TransportEvent[]): void {
    const { item } = event;
    if (!isJsonObject(item)) return;
    const slot = this.#slots.begin(event.output_index, item);
    if (slot === undefined) return;
    const { index } = slot.part(0);
    const id = textOf(item["call_id"]);
    const name = textOf(item["name"]);
    const hosted = hostedName(item["type"]);
    if (hosted !== undefined) out.push({ type: "hosted-tool-start", index, name: hosted });
    if (!isToolCall(item) || id === undefined || name === undefined) return;
    slot.isAnnounced = true;
    out.push({ type: "tool-use-start", index, toolCallId: id, name: toolName(name) });
  }

  #itemDone(event: WireEvent & JsonObject, out: TransportEvent[]): void {
    const { item } = event;
    if (!isJsonObject(item)) return;
    const slot = this.#slots.finish(event.output_index, item);
    if (slot === undefined) return;
    if (isToolCall(item) && item["status"] !== "completed" && item["status"] !== "incomplete") {
      // Whether such a call is complete is known at the end of the response.
      slot.isDone = false;
    } else this.#emit(slot, item, out);
  }

  #partialImage(event: WireEvent & JsonObject, out: TransportEvent[]): void {
    const data = event.partial_image_b64;
    if (typeof data !== "string" || data === "") return;
    const slot = this.#slots.at(event);
    if (slot.isDone || !slot.mayBe("image_generation_call")) return;
    const image = imageOf(event.output_format, data);
    out.push({ type: "image-output", index: slot.part(0).index, image, partial: true });
  }

  #terminal(event: WireEvent & JsonObject, out: TransportEvent[]): void {
    const response = isJsonObject(event.response) ? event.response : {};
    const ending = endingOf(event.type, response);
    this.#done = true;
    if (ending === "failed") throw this.#failure(event);
    for (const slot of this.#slots.finishListed(objectsOf(response["output"]))) {
      const { item } = slot;
      if (item === undefined) continue;
      const isPartialCall = ending === "incomplete" && isToolCall(item) && item["status"] !== "completed";
      if (!isPartialCall) this.#emit(slot, item, out);
    }
    for (const slot of this.#slots.unfinished()) {
      const item = assembleItem(slot, ending);
      if (item !== undefined) this.#emit(slot, item, out);
    }
    out.push(stepEnd(ending, response, this.#beginning, this.#tally));
  }

  #emit(slot: Slot, item: JsonObject, out: TransportEvent[]): void {
    if (isToolCall(item) && item["status"] === "incomplete") this.#tally.partialCalls++;
    for (const { partIndex, block: whole } of blocksOf(withAnnotations(item, slot))) {
      const part = slot.part(slot.partIndexes?.[partIndex] ?? partIndex);
      const { index } = part;
      // Two calls without an id would share it.
      const block = whole.type === "tool-use" && whole.id === "" ? { ...whole, id: `call_${index}` } : whole;
      switch (block.type) {
        case "text":
          if (block.refusal === true) this.#tally.refusals++;
          else if (block.text !== "") this.#tally.others++;
          if (part.text === "" && block.text !== "")
            out.push({
              type: "text-delta",
              index,
              delta: block.text,
              phase: block.phase,
              ...(block.refusal === true && { refusal: true }),
            });
          break;
        case "reasoning":
          if (part.text === "" && block.text !== "")
            out.push({ type: "reasoning-delta", index, delta: block.text });
          break;
        case "tool-use": {
          const { id, name } = block;
          this.#tally.calls++;
          if (!slot.isAnnounced) out.push({ type: "tool-use-start", index, toolCallId: id, name });
          const delta = block.inputText ?? JSON.stringify(block.input);
          if (part.text === "" && delta !== "")
            out.push({ type: "tool-input-delta", index, toolCallId: id, delta });
          break;
        }
        case "image":
          this.#tally.others++;
          out.push({ type: "image-output", index, image: block });
          break;
        default:
          this.#tally.others++;
      }
      const { completeBlock } = this.#options;
      out.push({ type: "block-end", index, block: completeBlock?.(block) ?? block });
    }
  }

  #failure(event: WireEvent & JsonObject): AxioError {
    const { redactSecrets } = this.#options;
    const evidence = redactSecrets === undefined ? event : mapTexts(event, redactSecrets);
    return classifyResponseError(wireErrorOf(evidence), { ...this.#options, cause: evidence });
  }
}
