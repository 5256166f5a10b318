import {
  AxioError,
  type Block,
  isJsonObject,
  type JsonObject,
  type TextPhase,
  type TransportEvent,
} from "axio";
import { type ClassifyOptions, classifyResponseError } from "../errors.ts";
import { hostedName } from "./hosted-tools.ts";
import { blocksOf, callIdOf, isToolCall, PARAGRAPH, pictureOf } from "./item-blocks.ts";
import { OutputSlots, type Slot } from "./output-slots.ts";
import { phaseOf } from "./phase.ts";
import { endingOf, type ItemTally, iterationEnd, wireErrorOf } from "./terminal.ts";
import { indexOf, isWireEvent, mapTexts, objectsOf, textOf, type WireEvent } from "./wire-event.ts";

/** Turns the wire events of one answer into stream events. */
export interface ResponseDecoder {
  /** Whether the terminal event was seen. What comes after it is ignored. */
  readonly done: boolean;
  /** How many blocks were begun so far. They are numbered from 0. */
  readonly blockCount: number;
  /**
   * Decodes one event and pushes what it means into `out`; often nothing. Events that are unknown or malformed are passed
   * over as far as they say nothing.
   *
   * @throws AxioError as {@link classifyResponseError} names it, for `response.failed` and `error`. What was pushed before stays.
   */
  decode(event: unknown, out: TransportEvent[]): void;
  /**
   * Says that no more events come.
   *
   * @throws AxioError `stream-truncated`, retryable, where the terminal event was not seen.
   */
  end(): void;
}

/** The events that say something here. All others are passed over. */
export type EventType =
  | "response.output_text.delta"
  | "response.refusal.delta"
  | "response.reasoning_summary_text.delta"
  | "response.reasoning_text.delta"
  | "response.function_call_arguments.delta"
  | "response.custom_tool_call_input.delta"
  | "response.output_item.added"
  | "response.content_part.done"
  | "response.output_item.done"
  | "response.image_generation_call.partial_image"
  | "response.created"
  | "response.in_progress"
  | "response.completed"
  | "response.done"
  | "response.incomplete"
  | "response.failed"
  | "error";

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
 * Makes the decoder for one answer.
 *
 * Blocks are numbered in the order in which their items were first seen. `response.output_item.done` has the last word on
 * an item; items that come only in the list of `response.completed` are taken from there. A block that arrives whole, with
 * no delta before it, is given as one delta too, so that whoever shows deltas shows everything.
 *
 * @example
 * ```ts
 * import type { TransportEvent } from "axio";
 * import { createResponseDecoder, parseWireEvent } from "axio-responses";
 *
 * const received = ['{"type":"response.created"}', '{"type":"response.completed","response":{"status":"completed"}}'];
 * const decoder = createResponseDecoder();
 * const events: TransportEvent[] = [];
 * for (const data of received) decoder.decode(parseWireEvent(data), events);
 * decoder.end();
 * ```
 */
export function createResponseDecoder(options: ResponseDecoderOptions = {}): ResponseDecoder {
  return new Decoder(options);
}

interface TextRun {
  readonly outputIndex: unknown;
  readonly contentIndex: unknown;
  /** The block's number. */
  readonly index: number;
  readonly phase: TextPhase | undefined;
}

class Decoder implements ResponseDecoder {
  readonly #options: ResponseDecoderOptions;
  readonly #slots: OutputSlots = new OutputSlots();
  readonly #tally: ItemTally = { calls: 0, refusals: 0, others: 0 };
  /** What the first events said of the answer, for terminal events that leave it out. */
  #response: JsonObject = {};
  #done = false;
  /** Where the text before this event belonged. Text follows text of the same part, until another event comes. */
  #textRun: TextRun | undefined;

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

  decode(event: unknown, out: TransportEvent[]): void {
    if (this.#done || !isWireEvent(event)) return;
    // Nearly all events are deltas of text.
    if (event.type === "response.output_text.delta") {
      this.#textDelta(event, out);
    } else {
      this.#textRun = undefined;
      this.#decodeOther(event, out);
    }
  }

  #decodeOther(event: WireEvent & JsonObject, out: TransportEvent[]): void {
    switch (event.type as EventType) {
      case "response.refusal.delta":
        this.#textDelta(event, out);
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
      case "response.output_item.added":
        this.#itemAdded(event, out);
        break;
      case "response.content_part.done":
        this.#partDone(event);
        break;
      case "response.output_item.done":
        this.#itemDone(event, out);
        break;
      case "response.image_generation_call.partial_image":
        this.#partialImage(event, out);
        break;
      case "response.created":
      case "response.in_progress":
        if (isJsonObject(event.response)) this.#response = event.response;
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

  #textDelta(event: WireEvent & JsonObject, out: TransportEvent[]): void {
    const { delta, output_index: outputIndex, content_index: contentIndex } = event;
    if (typeof delta !== "string" || delta === "") return;
    let run = this.#textRun;
    if (run === undefined || run.outputIndex !== outputIndex || run.contentIndex !== contentIndex) {
      const slot = this.#slots.at(outputIndex);
      if (slot.isDone || !slot.mayBe("message")) return;
      const part = slot.part(indexOf(contentIndex) ?? 0);
      part.shown = true;
      run = { outputIndex, contentIndex, index: part.index, phase: phaseOf(slot.item).phase };
      this.#textRun = run;
    }
    const { index, phase } = run;
    out.push(
      phase === undefined
        ? { type: "text-delta", index, delta }
        : { type: "text-delta", index, delta, phase },
    );
  }

  #reasoningDelta(event: WireEvent, paragraph: string, out: TransportEvent[]): void {
    const { delta } = event;
    if (typeof delta !== "string" || delta === "") return;
    const slot = this.#slots.at(event.output_index);
    if (slot.isDone || !slot.mayBe("reasoning")) return;
    const part = slot.part(0);
    const begins = part.shown && slot.paragraph !== paragraph;
    part.shown = true;
    slot.paragraph = paragraph;
    out.push({ type: "reasoning-delta", index: part.index, delta: begins ? PARAGRAPH + delta : delta });
  }

  #toolInputDelta(event: WireEvent & JsonObject, out: TransportEvent[]): void {
    const { delta } = event;
    if (typeof delta !== "string" || delta === "") return;
    const slot = this.#slots.at(event.output_index);
    // A call whose name is not known yet is shown when it is whole.
    if (slot.isDone || !slot.isAnnounced || slot.item === undefined) return;
    const part = slot.part(0);
    part.shown = true;
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
    out.push({ type: "tool-use-start", index, toolCallId: id, name });
  }

  #partDone(event: WireEvent): void {
    const { part } = event;
    if (!isJsonObject(part)) return;
    const slot = this.#slots.at(event.output_index);
    if (!slot.isDone) slot.wholeParts.set(indexOf(event.content_index) ?? 0, part);
  }

  #itemDone(event: WireEvent & JsonObject, out: TransportEvent[]): void {
    const { item } = event;
    if (!isJsonObject(item)) return;
    const slot = this.#slots.finish(event.output_index, item);
    if (slot !== undefined) this.#give(slot, item, out);
  }

  #partialImage(event: WireEvent & JsonObject, out: TransportEvent[]): void {
    const data = event.partial_image_b64;
    if (typeof data !== "string" || data === "") return;
    const slot = this.#slots.at(event.output_index);
    if (slot.isDone || !slot.mayBe("image_generation_call")) return;
    const image = pictureOf(event.output_format, data);
    out.push({ type: "image-output", index: slot.part(0).index, image, partial: true });
  }

  #terminal(event: WireEvent & JsonObject, out: TransportEvent[]): void {
    const response = isJsonObject(event.response) ? event.response : {};
    const ending = endingOf(event.type, response);
    this.#done = true;
    if (ending === "failed") throw this.#failure(event);
    for (const slot of this.#slots.finishListed(objectsOf(response["output"]))) {
      const isHalfCall =
        ending === "incomplete" && isToolCall(slot.item ?? {}) && slot.item?.["status"] !== "completed";
      if (slot.item !== undefined && !isHalfCall) this.#give(slot, slot.item, out);
    }
    this.#giveWholeParts(out);
    out.push(iterationEnd(ending, response, this.#response, this.#tally));
  }

  /** A message that was never finished is given as far as its parts were. */
  #giveWholeParts(out: TransportEvent[]): void {
    for (const slot of this.#slots.unfinished()) {
      const { item } = slot;
      if (item?.["type"] !== "message" || slot.wholeParts.size === 0) continue;
      const content = [...slot.wholeParts].sort(([left], [right]) => left - right).map(([, part]) => part);
      this.#give(slot, { ...item, status: "incomplete", content }, out);
    }
  }

  #give(slot: Slot, item: JsonObject, out: TransportEvent[]): void {
    for (const { partIndex, block: whole } of blocksOf(item)) {
      const part = slot.part(partIndex);
      const { index } = part;
      // A call without any id would share it with the next such call.
      const block = whole.type === "tool-use" && whole.id === "" ? { ...whole, id: `call_${index}` } : whole;
      switch (block.type) {
        case "text":
          if (block.refusal === true) this.#tally.refusals++;
          else if (block.text !== "") this.#tally.others++;
          if (!part.shown && block.text !== "")
            out.push({ type: "text-delta", index, delta: block.text, ...phaseOf(item) });
          break;
        case "reasoning":
          if (!part.shown && block.text !== "")
            out.push({ type: "reasoning-delta", index, delta: block.text });
          break;
        case "tool-use": {
          const { id, name } = block;
          this.#tally.calls++;
          if (!slot.isAnnounced) out.push({ type: "tool-use-start", index, toolCallId: id, name });
          const delta = block.inputText ?? JSON.stringify(block.input);
          if (!part.shown && delta !== "")
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
