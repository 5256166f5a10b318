import {
  type Block,
  isJsonObject,
  type JsonObject,
  type StepEndEvent,
  type TextDeltaEvent,
  type ToolDefinition,
  type TransportEvent,
} from "axio";
import { toNamedEventText } from "../shared/event-text.ts";
import { failureOf } from "../shared/failure.ts";
import { assertNothingDiscarded } from "../shared/retry.ts";
import { callEvent, type OpenItem, place, TEXT_DELTA, textDeltaText, textMembers } from "./open-item.ts";
import {
  EMPTY_TEXT_PART,
  messageItem,
  toOutputItem,
  wirePhase,
  withoutEncryptedContent,
} from "./output-items.ts";
import type { ResponsesRequest } from "./read-request.ts";
import { type ResponseIdentity, type ResponseState, responseObject } from "./response-object.ts";

/** Creates the events of a response of the Responses API, and the response object. */
export interface ResponsesEncoder {
  /** Returns the events that begin a response. */
  start(): readonly JsonObject[];
  /**
   * Returns the events for an event of a transport.
   *
   * @throws AxioError the error of a `retry` that takes back what was already sent: this API cannot take it back.
   */
  encode(event: TransportEvent): readonly JsonObject[];
  /** Returns the events of {@link encode} as server-sent events. The event of a text is written without an object. */
  encodeText(event: TransportEvent): string;
  /** Returns the events that report a failure: `response.failed`, then `error`, which clients throw. */
  fail(error: unknown): readonly JsonObject[];
  /** The response object, as the last event has it. */
  readonly response: JsonObject;
  /** All items of the output, with the encrypted content of reasoning, for a later request. */
  readonly items: readonly JsonObject[];
}

/** Options of {@link createResponsesEncoder}. */
export interface ResponsesEncoderOptions extends ResponseIdentity {
  readonly request: Pick<ResponsesRequest, "body" | "includesEncryptedReasoning"> & {
    readonly request: { readonly tools: readonly ToolDefinition[] };
  };
  /** Returns the time in Unix milliseconds. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/**
 * Creates an encoder of one response.
 *
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export function createResponsesEncoder(options: ResponsesEncoderOptions): ResponsesEncoder {
  return new Encoder(options);
}

class Encoder implements ResponsesEncoder {
  readonly #options: ResponsesEncoderOptions;
  readonly #customTools: ReadonlySet<string>;
  readonly #idTail: string;
  readonly #open = new Map<number, OpenItem>();
  readonly #items = new Map<number, JsonObject>();
  #begun = 0;
  #sequence = 0;
  #state: ResponseState = { status: "in_progress", output: [] };
  #model: string;

  constructor(options: ResponsesEncoderOptions) {
    this.#options = options;
    const tools = options.request.request.tools;
    this.#customTools = new Set(
      tools.filter(({ freeform }) => freeform !== undefined).map(({ name }) => name),
    );
    this.#idTail = options.id.replace(/^resp_/, "");
    this.#model = options.model;
  }

  get response(): JsonObject {
    return responseObject(this.#options.request.body, { ...this.#options, model: this.#model }, this.#state);
  }

  get items(): readonly JsonObject[] {
    return [...this.#items].sort(([left], [right]) => left - right).map(([, item]) => item);
  }

  start(): readonly JsonObject[] {
    return [
      this.#event("response.created", { response: this.response }),
      this.#event("response.in_progress", { response: this.response }),
    ];
  }

  encode(event: TransportEvent): readonly JsonObject[] {
    switch (event.type) {
      case "text-delta":
        return this.#textDelta(event);
      case "reasoning-delta":
        return this.#reasoningDelta(event.index, event.delta);
      case "tool-use-start":
        return this.#beginCall(event.index, event.toolCallId, event.name);
      case "tool-input-delta": {
        const item = this.#open.get(event.index);
        if (item === undefined) return [];
        item.text += event.delta;
        return [this.#event(`${callEvent(item)}.delta`, { ...place(item), delta: event.delta })];
      }
      case "block-end":
        return this.#endBlock(event.index, event.block);
      case "step-end":
        return this.#end(event);
      case "retry":
        assertNothingDiscarded(event);
        return [];
      case "hosted-tool-start":
      case "image-output":
      case "rate-limits":
        return [];
    }
  }

  encodeText(event: TransportEvent): string {
    const item = event.type === "text-delta" ? this.#open.get(event.index) : undefined;
    if (event.type !== "text-delta" || item === undefined || event.refusal === true)
      return this.encode(event).map(toNamedEventText).join("");
    item.text += event.delta;
    const text = textDeltaText(item, this.#sequence, event.delta);
    this.#sequence += 1;
    return text;
  }

  fail(error: unknown): readonly JsonObject[] {
    const { code, message, type, parameter } = failureOf(error);
    this.#state = { status: "failed", output: this.#visible(), error: { code, message } };
    const payload = { type, code, message, param: parameter ?? null };
    return [
      this.#event("response.failed", { response: this.response }),
      this.#event("error", { ...payload, type: "error", error: payload }),
    ];
  }

  #textDelta({ index, delta, phase, refusal }: Omit<TextDeltaEvent, "type">): readonly JsonObject[] {
    const events: JsonObject[] = [];
    let item = this.#open.get(index);
    if (item === undefined) {
      item = this.#begin(index, "message", "msg");
      const added = messageItem(item.id, [], wirePhase(phase), "in_progress");
      events.push(
        this.#event("response.output_item.added", { output_index: item.outputIndex, item: added }),
        this.#event("response.content_part.added", {
          ...place(item),
          content_index: 0,
          part: refusal === true ? { type: "refusal", refusal: "" } : EMPTY_TEXT_PART,
        }),
      );
    }
    item.text += delta;
    events.push(
      refusal === true
        ? this.#event("response.refusal.delta", { ...place(item), content_index: 0, delta })
        : this.#event(TEXT_DELTA, textMembers(item, delta)),
    );
    return events;
  }

  #reasoningDelta(index: number, delta: string): readonly JsonObject[] {
    const events: JsonObject[] = [];
    let item = this.#open.get(index);
    if (item === undefined) {
      item = this.#begin(index, "reasoning", "rs");
      events.push(this.#added(item, { type: "reasoning", id: item.id, summary: [] }));
    }
    // An empty line separates the parts of a summary.
    const isNext = item.part >= 0 && delta.startsWith("\n\n");
    if (isNext) events.push(...this.#endSummaryPart(item));
    if (isNext || item.part < 0) {
      item.part += 1;
      item.partStart = item.text.length + (isNext ? 2 : 0);
      const part = { type: "summary_text", text: "" };
      events.push(
        this.#event("response.reasoning_summary_part.added", {
          ...place(item),
          summary_index: item.part,
          part,
        }),
      );
    }
    item.text += delta;
    const shown = isNext ? delta.slice(2) : delta;
    if (shown !== "") {
      const members = { ...place(item), summary_index: item.part, delta: shown };
      events.push(this.#event("response.reasoning_summary_text.delta", members));
    }
    return events;
  }

  #endSummaryPart(item: OpenItem): readonly JsonObject[] {
    if (item.part < 0) return [];
    const text = item.text.slice(item.partStart);
    const members = { ...place(item), summary_index: item.part };
    return [
      this.#event("response.reasoning_summary_text.done", { ...members, text }),
      this.#event("response.reasoning_summary_part.done", {
        ...members,
        part: { type: "summary_text", text },
      }),
    ];
  }

  #beginCall(index: number, toolCallId: string, name: string): readonly JsonObject[] {
    const isCustom = this.#customTools.has(name);
    const item = this.#begin(index, isCustom ? "custom-call" : "call", isCustom ? "ctc" : "fc");
    const call = { id: item.id, call_id: toolCallId, name };
    return [
      this.#added(
        item,
        isCustom
          ? { type: "custom_tool_call", ...call, input: "" }
          : { type: "function_call", ...call, arguments: "", status: "in_progress" },
      ),
    ];
  }

  #endBlock(index: number, block: Block): readonly JsonObject[] {
    const events = [...this.#openFor(index, block)];
    const open = this.#open.get(index);
    if (open === undefined) return events;
    this.#open.delete(index);
    const item = toOutputItem(block, open.id, open.kind === "custom-call");
    this.#items.set(open.outputIndex, item);
    const visible = this.#show(item);
    if (open.kind === "message") events.push(...this.#endMessage(open, visible));
    if (open.kind === "reasoning") events.push(...this.#endSummaryPart(open));
    if (open.kind === "call" || open.kind === "custom-call") {
      const member = open.kind === "call" ? "arguments" : "input";
      const value = visible[member] ?? "";
      const name = open.kind === "call" ? { name: visible["name"] ?? "" } : {};
      events.push(this.#event(`${callEvent(open)}.done`, { ...place(open), ...name, [member]: value }));
    }
    events.push(this.#event("response.output_item.done", { output_index: open.outputIndex, item: visible }));
    return events;
  }

  /** Begins the item of a block that no delta has begun. */
  #openFor(index: number, block: Block): readonly JsonObject[] {
    if (this.#open.has(index)) return [];
    switch (block.type) {
      case "text":
        return this.#textDelta({ index, delta: block.text, phase: block.phase, refusal: block.refusal });
      case "tool-use":
        return this.#beginCall(index, block.id, block.name);
      case "reasoning": {
        const item = this.#begin(index, "reasoning", "rs");
        return [this.#added(item, { type: "reasoning", id: item.id, summary: [] })];
      }
      default: {
        const item = this.#begin(index, "hosted", "item");
        return [this.#added(item, this.#show(toOutputItem(block, item.id, false)))];
      }
    }
  }

  #endMessage(open: OpenItem, item: JsonObject): readonly JsonObject[] {
    const content = Array.isArray(item["content"]) ? item["content"] : [];
    const part = content[0];
    if (!isJsonObject(part)) return [];
    const members = { ...place(open), content_index: 0 };
    if (part["type"] === "refusal") {
      return [
        this.#event("response.refusal.done", { ...members, refusal: part["refusal"] ?? "" }),
        this.#event("response.content_part.done", { ...members, part }),
      ];
    }
    const annotations = Array.isArray(part["annotations"]) ? part["annotations"] : [];
    return [
      this.#event("response.output_text.done", { ...members, text: part["text"] ?? "", logprobs: [] }),
      ...annotations.map((annotation, annotationIndex) =>
        this.#event("response.output_text.annotation.added", {
          ...members,
          annotation_index: annotationIndex,
          annotation,
        }),
      ),
      this.#event("response.content_part.done", { ...members, part }),
    ];
  }

  #end({ stopReason, usage, model }: StepEndEvent): readonly JsonObject[] {
    this.#model = model ?? this.#model;
    const now = this.#options.now ?? Date.now;
    const incompleteReason = INCOMPLETE_REASONS.get(stopReason);
    const status = incompleteReason === undefined ? "completed" : "incomplete";
    this.#state = { status, output: this.#visible(), completedAt: now(), usage, incompleteReason };
    return [this.#event(`response.${status}`, { response: this.response })];
  }

  #begin(index: number, kind: OpenItem["kind"], prefix: string): OpenItem {
    const outputIndex = this.#begun;
    this.#begun += 1;
    const id = `${prefix}_${this.#idTail}${outputIndex.toString(16).padStart(2, "0")}`;
    const item: OpenItem = { id, outputIndex, kind, text: "", part: -1, partStart: 0 };
    this.#open.set(index, item);
    return item;
  }

  #added(item: OpenItem, value: JsonObject): JsonObject {
    return this.#event("response.output_item.added", { output_index: item.outputIndex, item: value });
  }

  #show(item: JsonObject): JsonObject {
    return this.#options.request.includesEncryptedReasoning ? item : withoutEncryptedContent(item);
  }

  #visible(): readonly JsonObject[] {
    return this.items.map((item) => this.#show(item));
  }

  #event(type: string, members: JsonObject): JsonObject {
    const event = { type, sequence_number: this.#sequence, ...members };
    this.#sequence += 1;
    return event;
  }
}

const INCOMPLETE_REASONS: ReadonlyMap<string, string> = new Map([
  ["max-output-tokens", "max_output_tokens"],
  ["content-filter", "content_filter"],
  ["incomplete", "other"],
]);
