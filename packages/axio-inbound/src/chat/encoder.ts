import type { Block, JsonObject, StepEndEvent, StopReason, ToolUseBlock, TransportEvent, Usage } from "axio";
import { type EventTemplate, eventTemplate, fillTemplate, toEventText } from "../shared/event-text.ts";
import { failureOf } from "../shared/failure.ts";
import { assertNothingDiscarded } from "../shared/retry.ts";

/** Creates the chunks of a response of the Chat Completions API, and the folded object. */
export interface ChatEncoder {
  /** Returns the chunk that begins a response. */
  start(): readonly JsonObject[];
  /**
   * Returns the chunks for an event of a transport.
   *
   * @throws AxioError the error of a `retry` that takes back what was already sent: this API cannot take it back.
   */
  encode(event: TransportEvent): readonly JsonObject[];
  /** Returns the chunks of {@link encode} as server-sent events. The chunk of a text is written without an object. */
  encodeText(event: TransportEvent): string;
  /** Returns the chunk that reports a failure. */
  fail(error: unknown): readonly JsonObject[];
  /** The folded response, as a request without `stream` gets it. */
  readonly completion: JsonObject;
  /** The blocks that precede each tool call, by the id of the call: what Chat Completions has no place for. */
  readonly reasoning: ReadonlyMap<string, readonly Block[]>;
}

/** Options of {@link createChatEncoder}. */
export interface ChatEncoderOptions {
  /** The id of the response: `"chatcmpl_…"`. */
  readonly id: string;
  /** When the response was created, in Unix milliseconds. */
  readonly createdAt: number;
  readonly model: string;
  /** Whether the last chunk has the usage. */
  readonly includesUsage: boolean;
  /** The names of the free-form tools. Default: none. */
  readonly customTools?: ReadonlySet<string> | undefined;
  /** Sends reasoning as `reasoning_content`, which the API does not have but many clients read. Default: `false`. */
  readonly showReasoning?: boolean | undefined;
}

/**
 * Creates an encoder of one response. The texts of a response are one text, separated by an empty line.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function createChatEncoder(options: ChatEncoderOptions): ChatEncoder {
  return new Encoder(options);
}

const FINISH_REASONS: Readonly<Record<StopReason, string>> = {
  end: "stop",
  "tool-use": "tool_calls",
  "max-output-tokens": "length",
  "content-filter": "content_filter",
  refusal: "stop",
  incomplete: "length",
};

/** Separates the texts of a response. */
const SEPARATOR = "\n\n";

/** A tool call of the response. */
interface Call {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  text: string;
}

class Encoder implements ChatEncoder {
  readonly #options: ChatEncoderOptions;
  readonly #calls = new Map<number, Call>();
  readonly #kept: { readonly index: number; readonly block: Block }[] = [];
  readonly #annotations: JsonObject[] = [];
  readonly #images: JsonObject[] = [];
  readonly reasoning = new Map<string, readonly Block[]>();
  #content = "";
  #contentStart = 0;
  #refusal = "";
  /** The blocks whose text is in the refusal. */
  readonly #refused = new Set<number>();
  #shownReasoning = "";
  #lastText: number | undefined;
  #lastReasoning: number | undefined;
  #end: StepEndEvent | undefined;
  /** The chunk of a text. */
  #textTemplate: EventTemplate | undefined;

  constructor(options: ChatEncoderOptions) {
    this.#options = options;
  }

  get completion(): JsonObject {
    const message = this.#message();
    const choices = [{ index: 0, message, finish_reason: this.#finishReason(), logprobs: null }];
    return this.#object("chat.completion", choices, this.#end && wireUsage(this.#end.usage));
  }

  start(): readonly JsonObject[] {
    return [this.#chunk({ role: "assistant", content: "" })];
  }

  encode(event: TransportEvent): readonly JsonObject[] {
    switch (event.type) {
      case "text-delta":
        return [
          this.#chunk(
            event.refusal === true
              ? { refusal: this.#addRefusal(event.index, event.delta) }
              : { content: this.#addText(event.index, event.delta) },
          ),
        ];
      case "reasoning-delta":
        return this.#reasoningDelta(event.index, event.delta);
      case "tool-use-start":
        return [this.#beginCall(event.index, event.toolCallId, event.name)];
      case "tool-input-delta":
        return this.#inputDelta(event.index, event.delta);
      case "block-end":
        return this.#endBlock(event.index, event.block);
      case "step-end":
        this.#end = event;
        return this.#finish(event);
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
    if (event.type !== "text-delta" || event.refusal === true)
      return this.encode(event).map(toEventText).join("");
    this.#textTemplate ??= eventTemplate((content) => toEventText(this.#chunk({ content })));
    return fillTemplate(this.#textTemplate, this.#addText(event.index, event.delta));
  }

  fail(error: unknown): readonly JsonObject[] {
    const { type, code, message, parameter } = failureOf(error);
    return [{ error: { message, type, code, param: parameter ?? null } }];
  }

  #addRefusal(index: number, text: string): string {
    this.#refused.add(index);
    this.#refusal += text;
    return text;
  }

  /** Adds text to the response, and returns it with the separator that it needs. */
  #addText(index: number, delta: string): string {
    const isNext = this.#lastText !== undefined && this.#lastText !== index;
    if (this.#lastText !== index) this.#contentStart = this.#content.length + (isNext ? SEPARATOR.length : 0);
    this.#lastText = index;
    const content = isNext ? SEPARATOR + delta : delta;
    this.#content += content;
    return content;
  }

  #reasoningDelta(index: number, delta: string): readonly JsonObject[] {
    if (this.#options.showReasoning !== true) return [];
    const isNext = this.#lastReasoning !== undefined && this.#lastReasoning !== index;
    this.#lastReasoning = index;
    const text = isNext ? SEPARATOR + delta : delta;
    this.#shownReasoning += text;
    return [this.#chunk({ reasoning_content: text })];
  }

  #beginCall(index: number, id: string, name: string): JsonObject {
    const call: Call = { index: this.#calls.size, id, name, text: "" };
    this.#calls.set(index, call);
    return this.#chunk({ tool_calls: [{ index: call.index, ...this.#wireCall(call) }] });
  }

  #inputDelta(index: number, delta: string): readonly JsonObject[] {
    const call = this.#calls.get(index);
    if (call === undefined || delta === "") return [];
    call.text += delta;
    const member = this.#isCustom(call) ? { custom: { input: delta } } : { function: { arguments: delta } };
    return [this.#chunk({ tool_calls: [{ index: call.index, ...member }] })];
  }

  #endBlock(index: number, block: Block): readonly JsonObject[] {
    switch (block.type) {
      case "tool-use":
        return this.#endCall(index, block);
      case "image": {
        const image = imagePart(block);
        this.#images.push(image);
        return [this.#chunk({ images: [image] })];
      }
      case "text":
        return this.#endText(index, block);
      case "reasoning":
      case "opaque":
        this.#kept.push({ index, block });
        return [];
      default:
        return [];
    }
  }

  #endText(index: number, { text, refusal, sources = [] }: Block & { type: "text" }): readonly JsonObject[] {
    const start = this.#contentStart;
    const annotations = sources.map((source) => ({
      type: "url_citation",
      url_citation: {
        url: source.url,
        title: source.title ?? source.url,
        start_index: start + (source.start ?? 0),
        end_index: start + (source.end ?? text.length),
      },
    }));
    this.#annotations.push(...annotations);
    // A provider that says so only at the end has sent it as content.
    const isLate = refusal === true && !this.#refused.has(index);
    return [
      ...(isLate ? [this.#chunk({ refusal: this.#addRefusal(index, text) })] : []),
      ...(annotations.length === 0 ? [] : [this.#chunk({ annotations })]),
    ];
  }

  #endCall(index: number, block: ToolUseBlock): readonly JsonObject[] {
    const chunks: JsonObject[] = [];
    if (!this.#calls.has(index)) chunks.push(this.#beginCall(index, block.id, block.name));
    if (this.#calls.get(index)?.text === "") chunks.push(...this.#inputDelta(index, textOfInput(block)));
    const before = this.#kept.filter((kept) => kept.index < index).map((kept) => kept.block);
    if (before.length > 0) this.reasoning.set(block.id, before);
    return chunks;
  }

  #finish({ usage }: StepEndEvent): readonly JsonObject[] {
    const last = this.#chunk({}, this.#finishReason());
    if (!this.#options.includesUsage) return [last];
    return [last, this.#object("chat.completion.chunk", [], wireUsage(usage))];
  }

  #finishReason(): string | null {
    return this.#end === undefined ? null : FINISH_REASONS[this.#end.stopReason];
  }

  #message(): JsonObject {
    const calls = [...this.#calls.values()].map((call) => this.#wireCall(call));
    return {
      role: "assistant",
      content: this.#lastText === undefined ? null : this.#content,
      refusal: this.#refusal === "" ? null : this.#refusal,
      ...(this.#shownReasoning === "" ? {} : { reasoning_content: this.#shownReasoning }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
      ...(this.#images.length === 0 ? {} : { images: this.#images }),
      annotations: this.#annotations,
    };
  }

  #wireCall(call: Call): JsonObject {
    const { id, name, text } = call;
    return this.#isCustom(call)
      ? { id, type: "custom", custom: { name, input: text } }
      : { id, type: "function", function: { name, arguments: text } };
  }

  #isCustom({ name }: Call): boolean {
    return this.#options.customTools?.has(name) === true;
  }

  #chunk(delta: JsonObject, finishReason: string | null = null): JsonObject {
    const choices = [{ index: 0, delta, finish_reason: finishReason, logprobs: null }];
    return this.#object("chat.completion.chunk", choices, this.#options.includesUsage ? null : undefined);
  }

  #object(object: string, choices: readonly JsonObject[], usage?: JsonObject | null): JsonObject {
    const { id, createdAt, model } = this.#options;
    const created = Math.floor(createdAt / 1000);
    // Adding `usage` to a copy would take V8 longer than all else here.
    return usage === undefined
      ? { id, object, created, model, choices }
      : { id, object, created, model, choices, usage };
  }
}

function textOfInput({ input, inputText }: ToolUseBlock): string {
  return inputText ?? (typeof input === "string" ? input : JSON.stringify(input));
}

function imagePart({ mediaType, source }: Block & { type: "image" }): JsonObject {
  const url = source.kind === "url" ? source.url : `data:${mediaType};base64,${source.data}`;
  return { type: "image_url", image_url: { url } };
}

function wireUsage({ inputTokens, cachedInputTokens, outputTokens, reasoningTokens }: Usage): JsonObject {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedInputTokens },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  };
}
