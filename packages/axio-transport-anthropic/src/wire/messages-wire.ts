import { AxioError, type Block, type GenerationSetting, type JsonObject, type ModelSpec } from "axio";
import type { ResponseFault } from "axio-http";
import { truncateForMessage } from "axio-http/internal";
import {
  type BodyContext,
  type Call,
  type DecoderContext,
  type EventDecoder,
  sentSettings,
  type TokenCount,
  type WireFormat,
} from "axio-transport-kit";
import { sha256 } from "axio-transport-kit/internal";
import { classifyEvent, classifyResponse } from "../errors/classify.ts";
import { factsOf } from "../models/find-facts.ts";
import type { ModelFacts } from "../models/model-facts.ts";
import { ANTHROPIC_KEY, readAnthropicData } from "../provider-data.ts";
import { buildMessagesBody, type MessagesBody, type MessagesRequest } from "../request/body.ts";
import { type HostRules, hostRules } from "../request/host-rules.ts";
import type { RequestOptions } from "../request/options.ts";
import { OWN_MEMBERS } from "../request/parameters.ts";
import { refuseSetting, settingMembers } from "../request/settings.ts";
import { thinksWith } from "../request/thinking.ts";
import { wireNameReader } from "../request/tool-names.ts";
import { createMessagesDecoder } from "../stream/decoder.ts";
import { learnFrom } from "./learn.ts";

/** A call, or the continuation of one that the provider paused: its last message is the response so far. */
export interface MessagesCall extends Call {
  readonly continues?: boolean | undefined;
}

/** The particulars of one host. */
export interface MessagesWireOptions
  extends Pick<RequestOptions, "thinking" | "display" | "maxTokens" | "cache" | "betas"> {
  /** Identifies the host: thinking of another one is unreadable. */
  readonly host: string;
  /** Whether it is Anthropic's own API. */
  readonly isAnthropic: boolean;
  /** Whether what cannot be sent as asked is an error. Default: `false`. */
  readonly strict?: boolean | undefined;
  /** Called once for each part of a request that is not sent as asked. */
  readonly onWarning: (warning: AxioError) => void;
}

/** The 400s about thinking of earlier steps. */
const REJECTED_THINKING =
  /signature|thinking.{0,80}(?:cannot be modified|bound to)|bound to a different|expected .?(?:thinking|redacted_thinking)/i;

/** The Messages API of one host. It remembers what the host refused. */
export class MessagesWire implements WireFormat {
  readonly key = ANTHROPIC_KEY;
  /** A server may ignore `stream` and send the whole message. */
  readonly acceptsJson = true;
  readonly ownParameters: ReadonlySet<string> = OWN_MEMBERS;
  readonly tokenCount: TokenCount = {
    path: () => "messages/count_tokens",
    toBody: ({ max_tokens: _max, stream: _stream, ...body }) => body,
    read: (response) => readInputTokens(response),
  };
  readonly #options: MessagesWireOptions;
  #rules: HostRules;
  /** The facts of models that refused something. */
  readonly #learned = new Map<string, ModelFacts>();
  /** The signatures of thinking that was not accepted. */
  readonly #rejected = new Set<string>();
  /** The messages of the warnings that were reported. */
  readonly #reported = new Set<string>();
  readonly #built = new WeakMap<Call, MessagesBody>();

  constructor(options: MessagesWireOptions) {
    this.#options = options;
    this.#rules = hostRules(options.isAnthropic);
  }

  path(): string {
    return "messages";
  }

  buildBody(call: MessagesCall, { origin, parameters }: BodyContext): JsonObject {
    const built = buildMessagesBody(this.#toRequest(call, this.#originOf(call, origin), parameters));
    const [warning] = built.warnings;
    if (this.#options.strict === true && warning !== undefined) throw warning;
    for (const each of built.warnings) this.#warn(each);
    this.#built.set(call, built);
    return built.body;
  }

  refuseSetting(name: GenerationSetting, call: Call): string | undefined {
    const facts = this.#factsOf(call.model);
    const { reasoning, toolChoice } = call;
    const { thinking, maxTokens } = this.#options;
    return refuseSetting(name, call, {
      facts,
      refused: this.#rules.refusedMembers,
      thinks: thinksWith({
        model: call.model.id,
        facts,
        options: { reasoning, toolChoice, thinking, maxTokens },
        isAnthropic: this.#rules.isAnthropic,
      }),
    });
  }

  headers(call: Call): Record<string, string> {
    const betas = this.#built.get(call)?.betas ?? [];
    return betas.length === 0 ? {} : { "anthropic-beta": betas.join(",") };
  }

  createDecoder(call: Call, context: DecoderContext): EventDecoder {
    return createMessagesDecoder({
      classify: (event) => classifyEvent(event, call.model.id, context.details),
      origin: {
        origin: context.origin === undefined ? undefined : this.#originOf(call, context.origin),
        prefix: this.#built.get(call)?.prefix,
      },
      readName: wireNameReader(call.tools),
      quote: truncateForMessage,
      get details() {
        return context.details;
      },
    });
  }

  classify(fault: ResponseFault, call: Call | undefined): AxioError | undefined {
    return classifyResponse(fault, call?.model.id ?? "");
  }

  /** Leaves out what the host refused: thinking of earlier steps, a setting, a beta. */
  recover(error: AxioError, call: Call): boolean {
    const { status, peerCode } = error.details;
    const isReported = status !== undefined || peerCode !== undefined;
    if (!isReported || (error.code !== "invalid-request" && error.code !== "unsupported-parameter"))
      return false;
    if (REJECTED_THINKING.test(error.message)) return this.#rejectThinking(error, call);
    const built = this.#built.get(call);
    if (built === undefined) return false;
    const accepted = { rules: this.#rules, facts: this.#factsOf(call.model) };
    const lesson = learnFrom(wordsOf(error), accepted, built.body, built.betas);
    if (lesson === undefined) return false;
    this.#rules = lesson.accepted.rules;
    this.#learned.set(call.model.id, lesson.accepted.facts);
    const { parameter } = error.details as { readonly parameter?: string };
    this.#warn(
      new AxioError("unsupported-parameter", lesson.message, { cause: error, details: { parameter } }),
    );
    return true;
  }

  #rejectThinking(error: AxioError, call: Call): boolean {
    const keys = call.messages.flatMap(({ content }) => content.flatMap(thinkingKeys));
    const fresh = keys.filter((key) => !this.#rejected.has(key));
    if (fresh.length === 0) return false;
    for (const key of fresh) this.#rejected.add(key);
    this.#warn(
      new AxioError(
        "invalid-request",
        "The provider did not accept the reasoning of earlier steps, so the request was repeated without it.",
        { cause: error },
      ),
    );
    return true;
  }

  #toRequest(call: MessagesCall, origin: string, parameters: JsonObject): MessagesRequest {
    const { thinking, display, cache, betas } = this.#options;
    const { reasoning, toolChoice, outputFormat } = call;
    const settings = sentSettings(call, (name) => this.refuseSetting(name, call));
    const { maxOutputTokens: maxTokens = this.#options.maxTokens } = settings;
    return {
      model: call.model.id,
      facts: this.#factsOf(call.model),
      rules: this.#rules,
      system: call.system,
      messages: call.messages,
      tools: call.tools,
      options: {
        reasoning,
        thinking,
        display,
        maxTokens,
        cache,
        betas,
        toolChoice,
        outputFormat,
        parameters: { ...parameters, ...settingMembers(settings) },
      },
      origin,
      continues: call.continues,
      rejectedThinking: this.#rejected,
      now: Date.now(),
    };
  }

  #factsOf(model: ModelSpec): ModelFacts {
    return this.#learned.get(model.id) ?? factsOf(model);
  }

  /** Most models read thinking of any account. */
  #originOf({ model }: Call, accountOrigin: string): string {
    if (this.#factsOf(model).bindsThinkingToAccount) return accountOrigin;
    return sha256(`${this.#options.host}\n${model.id}`).slice(0, 16);
  }

  #warn(warning: AxioError): void {
    if (this.#reported.has(warning.message)) return;
    this.#reported.add(warning.message);
    this.#options.onWarning(warning);
  }
}

function thinkingKeys(block: Block): readonly string[] {
  const data = block.type === "reasoning" ? readAnthropicData(block) : undefined;
  const key = data?.redactedData ?? data?.signature;
  return key === undefined ? [] : [key];
}

/** The server's own words, without the advice before them. */
function wordsOf({ message }: AxioError): string {
  const [, words] = message.split(" It said: ");
  return words ?? message;
}

function readInputTokens(response: unknown): number | undefined {
  const tokens: unknown =
    typeof response === "object" && response !== null && "input_tokens" in response
      ? response.input_tokens
      : undefined;
  return typeof tokens === "number" ? tokens : undefined;
}
