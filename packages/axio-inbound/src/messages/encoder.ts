import type { Block, JsonObject, StepEndEvent, TransportEvent, Usage } from "axio";
import { type EventTemplate, eventTemplate, fillTemplate, toNamedEventText } from "../shared/event-text.ts";
import { type Failure, failureOf } from "../shared/failure.ts";
import { assertNothingDiscarded } from "../shared/retry.ts";
import { signatureOf, toContentBlocks, wireStopReason } from "./output-blocks.ts";

/** Creates the events of a response of the Messages API, and the folded message. */
export interface MessagesEncoder {
  /** Returns the event that begins a response. */
  start(): readonly JsonObject[];
  /**
   * Returns the events for an event of a transport.
   *
   * @throws AxioError the error of a `retry` that takes back what was already sent: this API cannot take it back.
   */
  encode(event: TransportEvent): readonly JsonObject[];
  /** Returns the events of {@link encode} as server-sent events. The event of a text is written without an object. */
  encodeText(event: TransportEvent): string;
  /** Returns the event that reports a failure. */
  fail(error: unknown): readonly JsonObject[];
  /** The folded message, as a request without `stream` gets it. */
  readonly message: JsonObject;
}

/** Options of {@link createMessagesEncoder}. */
export interface MessagesEncoderOptions {
  /** The id of the message: `"msg_…"`. */
  readonly id: string;
  readonly model: string;
  /** The estimated number of input tokens, which the first event states. Default: 0. */
  readonly inputTokens?: number | undefined;
  /** Whether the client sees the text of thinking. Default: `true`. */
  readonly showsThinking?: boolean | undefined;
}

/**
 * Creates an encoder of one response. Content blocks follow one another: the events of a block wait until the block before has
 * ended.
 *
 * @see https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
export function createMessagesEncoder(options: MessagesEncoderOptions): MessagesEncoder {
  return new Encoder(options);
}

/** Returns the body of an error of the Messages API. */
export function messagesError(failure: Failure): JsonObject {
  return { type: "error", error: { type: errorType(failure), message: failure.message } };
}

type IndexedEvent = Extract<TransportEvent, { readonly index: number }>;

class Encoder implements MessagesEncoder {
  readonly #options: MessagesEncoderOptions;
  readonly #content: JsonObject[] = [];
  readonly #waiting: IndexedEvent[] = [];
  /** The block of the transport whose content block is open. */
  #current: number | undefined;
  #isOpen = false;
  #end: StepEndEvent | undefined;
  /** The event of a text of the open content block. */
  #textTemplate: EventTemplate | undefined;

  constructor(options: MessagesEncoderOptions) {
    this.#options = options;
  }

  get message(): JsonObject {
    return this.#message(this.#content, this.#end);
  }

  start(): readonly JsonObject[] {
    return [{ type: "message_start", message: this.#message([], undefined) }];
  }

  encode(event: TransportEvent): readonly JsonObject[] {
    switch (event.type) {
      case "rate-limits":
      case "hosted-tool-start":
      case "image-output":
        return [];
      case "retry":
        assertNothingDiscarded(event);
        return [];
      case "step-end":
        return this.#finish(event);
      default:
        return this.#encodeInOrder(event);
    }
  }

  encodeText(event: TransportEvent): string {
    if (event.type !== "text-delta" || !this.#isOpen || event.index !== this.#current || event.delta === "")
      return this.encode(event).map(toNamedEventText).join("");
    this.#textTemplate ??= eventTemplate((text) => toNamedEventText(this.#textDelta(text)));
    return fillTemplate(this.#textTemplate, event.delta);
  }

  fail(error: unknown): readonly JsonObject[] {
    return [messagesError(failureOf(error))];
  }

  #encodeInOrder(event: IndexedEvent): readonly JsonObject[] {
    if (this.#current !== undefined && event.index !== this.#current) {
      this.#waiting.push(event);
      return [];
    }
    this.#current = event.index;
    const events = [...this.#encodeIndexed(event)];
    while (this.#current === undefined && this.#waiting[0] !== undefined) {
      const next = this.#waiting[0].index;
      const ready = this.#waiting.filter(({ index }) => index === next);
      const others = this.#waiting.filter(({ index }) => index !== next);
      this.#waiting.splice(0, this.#waiting.length, ...others);
      this.#current = next;
      for (const waiting of ready) events.push(...this.#encodeIndexed(waiting));
    }
    return events;
  }

  #encodeIndexed(event: IndexedEvent): readonly JsonObject[] {
    switch (event.type) {
      case "text-delta":
        return event.delta === ""
          ? []
          : [...this.#open({ type: "text", text: "", citations: null }), this.#textDelta(event.delta)];
      case "reasoning-delta":
        return this.#options.showsThinking === false
          ? []
          : [
              ...this.#open({ type: "thinking", thinking: "", signature: "" }),
              this.#delta({ type: "thinking_delta", thinking: event.delta }),
            ];
      case "tool-use-start":
        return this.#open({ type: "tool_use", id: event.toolCallId, name: event.name, input: {} });
      case "tool-input-delta":
        // Sent whole at the end: clients fail on input that turns out not to be JSON.
        return [];
      case "block-end":
        this.#current = undefined;
        return this.#endBlock(event.block);
      case "hosted-tool-start":
      case "image-output":
        return [];
    }
  }

  #open(block: JsonObject): readonly JsonObject[] {
    if (this.#isOpen) return [];
    this.#isOpen = true;
    return [{ type: "content_block_start", index: this.#content.length, content_block: block }];
  }

  #textDelta(text: string): JsonObject {
    return this.#delta({ type: "text_delta", text });
  }

  #delta(delta: JsonObject): JsonObject {
    return { type: "content_block_delta", index: this.#content.length, delta };
  }

  #stop(block: JsonObject): JsonObject {
    const event = { type: "content_block_stop", index: this.#content.length };
    this.#content.push(block);
    this.#isOpen = false;
    this.#textTemplate = undefined;
    return event;
  }

  #endBlock(block: Block): readonly JsonObject[] {
    if (block.type === "reasoning" && block.text !== "") return this.#endThinking(block);
    return toContentBlocks(block).flatMap((content) => {
      if (content["type"] === "tool_use") return this.#endCall(content);
      return [...this.#open(content), this.#stop(content)];
    });
  }

  #endThinking(block: Block & { type: "reasoning" }): readonly JsonObject[] {
    const shown = this.#options.showsThinking === false ? "" : block.text;
    const signature = signatureOf(block);
    return [
      ...this.#open({ type: "thinking", thinking: "", signature: "" }),
      this.#delta({ type: "signature_delta", signature }),
      this.#stop({ type: "thinking", thinking: shown, signature }),
    ];
  }

  #endCall(content: JsonObject): readonly JsonObject[] {
    const input = JSON.stringify(content["input"] ?? {});
    return [
      ...this.#open({ ...content, input: {} }),
      this.#delta({ type: "input_json_delta", partial_json: input }),
      this.#stop(content),
    ];
  }

  #finish(event: StepEndEvent): readonly JsonObject[] {
    this.#end = event;
    return [
      {
        type: "message_delta",
        delta: { stop_reason: wireStopReason(event.stopReason), stop_sequence: null },
        usage: wireUsage(event.usage),
      },
      { type: "message_stop" },
    ];
  }

  #message(content: readonly JsonObject[], end: StepEndEvent | undefined): JsonObject {
    const { id, model, inputTokens = 0 } = this.#options;
    return {
      id,
      type: "message",
      role: "assistant",
      model,
      content,
      stop_reason: end === undefined ? null : wireStopReason(end.stopReason),
      stop_sequence: null,
      usage: end === undefined ? { input_tokens: inputTokens, output_tokens: 0 } : wireUsage(end.usage),
    };
  }
}

/** The API counts cached tokens beside the others. */
function wireUsage({
  inputTokens,
  cachedInputTokens,
  cacheWriteTokens = 0,
  outputTokens,
}: Usage): JsonObject {
  return {
    input_tokens: inputTokens - cachedInputTokens - cacheWriteTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedInputTokens,
    output_tokens: outputTokens,
  };
}

function errorType({ status }: Failure): string {
  switch (status) {
    case 400:
      return "invalid_request_error";
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 503:
      return "overloaded_error";
    case 504:
      return "timeout_error";
    default:
      return "api_error";
  }
}
