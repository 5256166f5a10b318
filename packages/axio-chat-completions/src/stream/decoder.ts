import { AxioError, type JsonObject, type StopReason, type TransportEvent } from "axio";
import { EventPattern } from "axio/internal";
import { type Dialect, GENERIC_DIALECT } from "../dialect/dialect.ts";
import { classifyChatError, type ErrorContext } from "../errors/classify-error.ts";
import { readObject, readObjects, readText } from "../json-members.ts";
import type { ToolNames } from "../request/tool-names.ts";
import { DONE, errorIn, firstChoice, parseChunk, toChunk } from "./chunk.ts";
import { ContentBlocks } from "./content-blocks.ts";
import { readContentParts } from "./content-parts.ts";
import { type FinishMeaning, readFinishReason } from "./finish-reason.ts";
import { HostedTools } from "./hosted-tools.ts";
import { addImages } from "./images.ts";
import { readReasoning } from "./reasoning-items.ts";
import { ReasoningTags, type TaggedFragment } from "./reasoning-tags.ts";
import { type ResponseFacts, readFacts } from "./response-facts.ts";
import { readAnnotations, readCitations } from "./sources.ts";
import { ToolCalls } from "./tool-calls.ts";
import { findUsage, readUsage } from "./usage.ts";

/** Turns the chunks of one response into stream events. */
export interface ChatDecoder {
  /** Whether the response has ended. What comes after it is ignored. */
  readonly done: boolean;
  /** How many blocks have begun. They are numbered from 0. */
  readonly blockCount: number;
  /** Facts about the response that are not part of its content. */
  readonly facts: ResponseFacts;
  /**
   * Decodes one chunk and adds the events to `out`.
   *
   * @param chunk The data of a server-sent event as text, `[DONE]` included, or parsed. A whole `chat.completion` works too.
   * @throws AxioError As {@link classifyChatError} names it if the chunk reports an error; `protocol` for data that is not
   *   JSON; with `[DONE]`, the errors of `end`.
   */
  decode(chunk: unknown, out: TransportEvent[]): void;
  /**
   * Says that no more chunks come, and adds the last events to `out`.
   *
   * @throws AxioError `stream-truncated`, retryable, if the response is not complete; `server` or `overloaded`, retryable, if
   *   the server ended it with a failure.
   */
  end(out: TransportEvent[]): void;
}

/** Options of a decoder. */
export interface ChatDecoderOptions
  extends Pick<ErrorContext, "parseRetryText" | "quote" | "details" | "shouldRetry"> {
  /** Default: {@link GENERIC_DIALECT}. */
  readonly dialect?: Dialect | undefined;
  /** Names host and model. Stored with reasoning and signatures, so that only that origin gets them back. */
  readonly origin?: string | undefined;
  /** The tools of the request, to turn names back and to recognize names that come in pieces. */
  readonly names?: ToolNames | undefined;
  /** Whether the prompt already opens a reasoning tag, so that the response begins within it. Default: `false`. */
  readonly startsInReasoning?: boolean | undefined;
  /** Removes secrets from what becomes the cause of an error. Default: nothing is removed. */
  readonly redactSecrets?: ((text: string) => string) | undefined;
  /** Makes an id for a tool call that the server gave none. Default: a random one. */
  readonly createCallId?: (() => string) | undefined;
}

/**
 * Makes the decoder of one response.
 *
 * A response is complete if the server gave a finish reason, or if it sent both `[DONE]` and its usage at the end. Tool calls
 * are given out at the end; of a response that was cut, only those that are whole.
 *
 * @example
 * ```ts
 * import type { TransportEvent } from "axio";
 * import { createChatDecoder, DIALECTS } from "axio-chat-completions";
 *
 * const decoder = createChatDecoder({ dialect: DIALECTS.groq });
 * const events: TransportEvent[] = [];
 * decoder.decode('{"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}', events);
 * decoder.decode("[DONE]", events);
 * decoder.end(events);
 * ```
 */
export function createChatDecoder(options: ChatDecoderOptions = {}): ChatDecoder {
  return new Decoder(options);
}

class Decoder implements ChatDecoder {
  readonly #options: ChatDecoderOptions;
  readonly #dialect: Dialect;
  readonly #blocks: ContentBlocks;
  readonly #calls: ToolCalls;
  readonly #hostedTools: HostedTools;
  readonly #images = new Set<string>();
  readonly #pattern = new EventPattern();
  #tags: ReasoningTags | undefined;
  #facts: ResponseFacts = {};
  #finish: FinishMeaning | undefined;
  /** Whether usage came after the last content. Some servers send it with each chunk. */
  #endsWithUsage = false;
  #done = false;

  constructor(options: ChatDecoderOptions) {
    const { dialect = GENERIC_DIALECT, origin, names, startsInReasoning = false, createCallId } = options;
    this.#options = options;
    this.#dialect = dialect;
    this.#blocks = new ContentBlocks(origin);
    this.#calls = new ToolCalls(this.#blocks, { origin, names, createId: createCallId ?? randomCallId });
    this.#hostedTools = new HostedTools(this.#blocks);
    if (dialect.reasoning.tags || startsInReasoning) this.#tags = new ReasoningTags(startsInReasoning);
  }

  get done(): boolean {
    return this.#done;
  }

  get blockCount(): number {
    return this.#blocks.count;
  }

  get facts(): ResponseFacts {
    return this.#facts;
  }

  decode(data: unknown, out: TransportEvent[]): void {
    if (this.#done) return;
    // After the finish reason, a chunk is read for what it says of the response too.
    const isDelta = typeof data === "string" && this.#finish === undefined;
    const text = isDelta ? this.#pattern.read(data) : undefined;
    if (text !== undefined) {
      this.#blocks.addText(text, "text", out);
      this.#endsWithUsage = false;
      return;
    }
    const chunk = typeof data === "string" ? parseChunk(data, this.#options.quote) : toChunk(data);
    if (chunk === DONE) this.#complete(true, out);
    else if (chunk !== undefined && this.#decodeChunk(chunk, out) && typeof data === "string") {
      this.#learn(data, out);
    }
  }

  /** Learns the form of a chunk that held text and nothing else. */
  #learn(data: string, out: readonly TransportEvent[]): void {
    const event = out.at(-1);
    if (event?.type === "text-delta") this.#pattern.learn(data, "content", event.delta, PADDING);
  }

  end(out: TransportEvent[]): void {
    if (!this.#done) this.#complete(false, out);
  }

  /** Returns whether the chunk held text and nothing else. */
  #decodeChunk(chunk: JsonObject, out: TransportEvent[]): boolean {
    const choice = firstChoice(chunk);
    const errorBody = errorIn(chunk, choice);
    if (errorBody !== undefined) throw this.#failure(errorBody);
    const citations = readCitations(chunk);
    if (citations !== undefined) this.#blocks.setListed(citations);
    const before = out.length;
    const isText = choice !== undefined && this.#decodeChoice(choice, out);
    const usage = findUsage(chunk, choice);
    if (out.length > before) this.#endsWithUsage = false;
    else if (usage !== undefined) this.#endsWithUsage = true;
    // A mere delta says nothing new of the response.
    const isDelta = out.length > before && usage === undefined && this.#finish === undefined;
    const isKnown = isDelta && this.#facts.responseId !== undefined;
    if (!isKnown) this.#facts = readFacts(this.#facts, chunk, choice);
    return isText && isKnown && citations === undefined;
  }

  /** Returns whether the choice held text and nothing else. */
  #decodeChoice(choice: JsonObject, out: TransportEvent[]): boolean {
    // A server that ignores `stream` sends a message. Perplexity repeats the whole one at the end.
    const delta = readObject(choice["delta"]);
    const message = delta === undefined && this.#isEmpty() ? readObject(choice["message"]) : undefined;
    if (message !== undefined) this.#decodeDelta(message, out);
    const isText = delta !== undefined && this.#decodeDelta(delta, out);
    const reason = readText(choice["finish_reason"]);
    if (reason === undefined) return isText;
    const meaning = readFinishReason(reason, readText(choice["native_finish_reason"]));
    // A later `stop` does not undo a cut.
    if (this.#finish === undefined || meaning !== "end") this.#finish = meaning;
    return false;
  }

  /** Returns whether the delta held text and nothing else. */
  #decodeDelta(delta: JsonObject, out: TransportEvent[]): boolean {
    const { content } = delta;
    // Nearly all deltas hold text alone.
    if (
      this.#tags === undefined &&
      typeof content === "string" &&
      content !== "" &&
      holdsOnlyContent(delta)
    ) {
      this.#blocks.addText(content, "text", out);
      return true;
    }
    const reasoning = readReasoning(delta, this.#dialect.reasoning.fields);
    if (reasoning !== undefined) {
      // A server that separates reasoning sends no tags.
      this.#endTags(out);
      this.#blocks.addReasoning(reasoning, out);
    }
    this.#blocks.addCited(readAnnotations(delta["annotations"]));
    this.#decodeContent(content, out);
    const refusal = readText(delta["refusal"]);
    if (refusal !== undefined) this.#blocks.addText(refusal, "refusal", out);
    this.#decodeActions(delta, out);
    return false;
  }

  #decodeContent(content: JsonObject[string] | undefined, out: TransportEvent[]): void {
    if (Array.isArray(content)) {
      const fragments = readContentParts(content);
      if (fragments.length > 0) this.#endTags(out);
      this.#addFragments(fragments, out);
    } else if (typeof content === "string" && content !== "") {
      if (this.#tags === undefined) this.#blocks.addText(content, "text", out);
      else this.#addFragments(this.#tags.feed(content), out);
      if (this.#tags?.isDone === true) this.#tags = undefined;
    }
  }

  /** Calls, tools of the server and images. */
  #decodeActions(delta: JsonObject, out: TransportEvent[]): void {
    const calls = readObjects(delta["tool_calls"]);
    const legacy = readObject(delta["function_call"]);
    const all = legacy === undefined ? calls : [...calls, { index: "function_call", function: legacy }];
    const tools = readObjects(delta["executed_tools"]);
    const images = readObjects(delta["images"]);
    if (all.length + tools.length + images.length === 0) return;
    this.#endTags(out);
    this.#calls.add(all, out);
    this.#hostedTools.add(tools, out);
    addImages(images, this.#images, this.#blocks, out);
  }

  #addFragments(fragments: readonly TaggedFragment[], out: TransportEvent[]): void {
    for (const { isReasoning, text } of fragments) {
      if (isReasoning) this.#blocks.addReasoning({ text, details: [], thinkingBlocks: [] }, out);
      else this.#blocks.addText(text, "text", out);
    }
  }

  #endTags(out: TransportEvent[]): void {
    if (this.#tags === undefined) return;
    this.#addFragments(this.#tags.end(), out);
    this.#tags = undefined;
  }

  /** Whether nothing came that the user can use. Reasoning alone does not count. */
  #isEmpty(): boolean {
    const { hasText, hasRefusal } = this.#blocks;
    return !hasText && !hasRefusal && this.#calls.isEmpty && this.#images.size === 0;
  }

  #complete(sawDone: boolean, out: TransportEvent[]): void {
    this.#done = true;
    this.#endTags(out);
    // Some servers never send a finish reason. Usage at the end is the second witness.
    const isWitnessed = sawDone && this.#endsWithUsage && !this.#isEmpty() && this.#calls.areWhole();
    const finish = this.#finish ?? (isWitnessed ? "end" : undefined);
    if (finish === undefined) throw this.#truncated();
    if (finish === "failure") {
      const { nativeFinishReason, finishReason } = this.#facts;
      const reason = nativeFinishReason ?? finishReason;
      throw this.#failure({
        error: { code: reason ?? null, message: `The response ended with ${JSON.stringify(reason)}.` },
      });
    }
    this.#blocks.finish(out);
    this.#hostedTools.finish(out);
    const calls = this.#calls.finish(finish !== "end", out);
    if (finish === "end" && this.#calls.hasNameless) {
      throw new AxioError("protocol", `${this.#dialect.name} sent a tool call without a name. Try again.`, {
        retryable: true,
        details: this.#options.details,
      });
    }
    const { model, responseId, usage } = this.#facts;
    out.push({
      type: "step-end",
      stopReason: this.#stopReason(finish, calls),
      usage: readUsage(usage),
      model,
      responseId,
    });
  }

  #stopReason(finish: Exclude<FinishMeaning, "failure">, calls: number): StopReason {
    if (finish !== "end") return finish;
    if (calls > 0) return "tool-use";
    return this.#blocks.hasRefusal && !this.#blocks.hasText ? "refusal" : "end";
  }

  #truncated(): AxioError {
    return new AxioError(
      "stream-truncated",
      "The response broke off before its end. Try again; if it happens again, look for a proxy that cuts long responses.",
      { retryable: true, details: this.#options.details },
    );
  }

  #failure(body: JsonObject): AxioError {
    this.#done = true;
    const { redactSecrets } = this.#options;
    const evidence = redactSecrets === undefined ? body : mapTexts(body, redactSecrets);
    return classifyChatError(evidence, this.#dialect, this.#options);
  }
}

/** The padding that hides the length of a delta. */
const PADDING = /"obfuscation":"[^"\\]*"/;

function holdsOnlyContent(delta: JsonObject): boolean {
  for (const name in delta) {
    if (name !== "content" && name !== "role" && delta[name] !== null) return false;
  }
  return true;
}

function randomCallId(): string {
  return `call_${globalThis.crypto.randomUUID().replaceAll("-", "")}`;
}

/** A copy in which each text went through a function. */
function mapTexts(value: JsonObject, map: (text: string) => string): JsonObject {
  return JSON.parse(JSON.stringify(value), (_name, member: unknown) =>
    typeof member === "string" ? map(member) : member,
  ) as JsonObject;
}
