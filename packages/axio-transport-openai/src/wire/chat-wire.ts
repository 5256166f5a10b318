import {
  AxioError,
  estimateTokens,
  type GenerationSetting,
  type GenerationSettings,
  type JsonObject,
  type TransportEvent,
} from "axio";
import { generationSettingsIn } from "axio/internal";
import {
  adaptDialect,
  buildChatBody,
  CHAT_KEY,
  classifyChatError,
  createChatDecoder,
  type Dialect,
  refusesSetting,
  requestWarnings,
  ToolNames,
} from "axio-chat-completions";
import { parseRetryText, type ResponseFault } from "axio-http";
import { truncateForMessage } from "axio-http/internal";
import {
  addPrice,
  type BodyContext,
  type Call,
  type DecoderContext,
  type EventDecoder,
  sentSettings,
  type WireFormat,
} from "axio-transport-kit";
import { OLLAMA_CONTEXT_TOKENS } from "../config.ts";
import type { ServerOptions } from "../options.ts";

/** The parameters that every request sets. */
const OWN_PARAMETERS: ReadonlySet<string> = new Set([
  "messages",
  "model",
  "n",
  "response_format",
  "stream",
  "tool_choice",
  "tools",
]);

/** Why a model does not accept a setting. */
export const REASONS_NOW = "A model that reasons does not accept it.";

/** The input of {@link chatWire}. */
export interface ChatWireOptions
  extends Pick<
    ServerOptions,
    | "verbosity"
    | "serviceTier"
    | "maxOutputTokens"
    | "parallelToolCalls"
    | "promptCacheRetention"
    | "safetyIdentifier"
    | "thinking"
    | "startsInReasoning"
    | "strict"
    | "onWarning"
  > {
  readonly dialect: Dialect;
  /** Whether the server cuts long prompts without a word. */
  readonly cutsPrompts: boolean;
}

/** Returns the wire format of Chat Completions, as one server speaks it. */
export function chatWire(options: ChatWireOptions): WireFormat {
  return new ChatWire(options);
}

class ChatWire implements WireFormat {
  readonly key = CHAT_KEY;
  readonly ownParameters = OWN_PARAMETERS;
  readonly acceptsJson = true;
  readonly #options: ChatWireOptions;
  /** The dialect without what the server refused. */
  #dialect: Dialect;
  /** The dialects that the server refused, as text: none is tried twice. */
  readonly #refused = new Set<string>();
  #hasWarnedOfCut = false;

  constructor(options: ChatWireOptions) {
    this.#options = options;
    this.#dialect = options.dialect;
  }

  path(): string {
    return "chat/completions";
  }

  buildBody(call: Call, { origin, parameters }: BodyContext): JsonObject {
    const { model, system, messages, tools, toolChoice, outputFormat, conversationId, reasoning } = call;
    const { thinking } = this.#options;
    const settings = sentSettings(call, (name) => this.refuseSetting(name, call));
    const { verbosity, serviceTier, maxOutputTokens, parallelToolCalls } = this.#options;
    const { promptCacheRetention, safetyIdentifier } = this.#options;
    return buildChatBody({
      dialect: this.#dialect,
      model: model.id,
      system,
      messages,
      tools,
      origin,
      options: {
        reasoning: { enabled: thinking, effort: reasoning?.effort },
        verbosity,
        serviceTier,
        maxOutputTokens,
        ...settings,
        parallelToolCalls,
        toolChoice,
        outputFormat,
        promptCacheKey: conversationId,
        promptCacheRetention,
        safetyIdentifier,
        extraBody: withoutSettings(parameters, settings, this.#dialect),
      },
    }) as unknown as JsonObject;
  }

  refuseSetting(name: GenerationSetting, { model, reasoning }: Call): string | undefined {
    const dialect = this.#dialect;
    if (name !== "maxOutputTokens" && dialect.settings[name] === undefined)
      return `${dialect.name} does not accept it.`;
    return dialect.openAIModels && refusesSetting(name, model.id, reasoning?.effort)
      ? REASONS_NOW
      : undefined;
  }

  warnings(call: Call): readonly AxioError[] {
    return requestWarnings(call, this.#dialect);
  }

  createDecoder(call: Call, context: DecoderContext): EventDecoder {
    const { startsInReasoning, serviceTier } = this.#options;
    const decoder = createChatDecoder({
      dialect: this.#dialect,
      origin: context.origin,
      names: new ToolNames(call.tools, this.#dialect),
      startsInReasoning,
      parseRetryText,
      quote: (text) => truncateForMessage(context.hideSecrets(text)),
      redactSecrets: (text) => context.hideSecrets(text),
      get details() {
        return context.details;
      },
    });
    const finish = (out: TransportEvent[]): void => {
      if (!decoder.done) return;
      if (serviceTier === undefined) addPrice(out, call.model);
      this.#noteUsage(call, out);
    };
    return {
      get done() {
        return decoder.done;
      },
      get blockCount() {
        return decoder.blockCount;
      },
      decode(event, out) {
        decoder.decode(event, out);
        finish(out);
      },
      end(out) {
        decoder.end(out);
        finish(out);
      },
    };
  }

  classify(fault: ResponseFault): AxioError | undefined {
    return classifyChatFault(fault, this.#dialect);
  }

  /** Leaves out an optional parameter that the server refused, from now on. */
  recover(error: AxioError): boolean {
    const { strict, onWarning } = this.#options;
    const adapted = strict === true ? undefined : adaptDialect(this.#dialect, error);
    this.#refused.add(JSON.stringify(this.#dialect));
    if (adapted === undefined || this.#refused.has(JSON.stringify(adapted))) return false;
    this.#dialect = adapted;
    onWarning?.(
      new AxioError(
        "unsupported-parameter",
        `${adapted.name} does not accept ${error.details.parameter ?? "a part of the request"}. It is left out from now on.`,
        { cause: error, details: error.details },
      ),
    );
    return true;
  }

  /** Warns if a server read much less than it was sent. */
  #noteUsage(call: Call, out: readonly TransportEvent[]): void {
    const last = out.at(-1);
    if (!this.#options.cutsPrompts || this.#hasWarnedOfCut || last?.type !== "step-end") return;
    const { inputTokens } = last.usage;
    if (inputTokens === 0 || inputTokens > OLLAMA_CONTEXT_TOKENS) return;
    const estimate = estimateTokens(call.messages) + Math.ceil(call.system.length / 4);
    if (estimate < OLLAMA_CONTEXT_TOKENS * 1.25 || inputTokens > estimate / 2) return;
    this.#hasWarnedOfCut = true;
    this.#options.onWarning?.(
      new AxioError(
        "context-length",
        `${this.#dialect.name} read only ${inputTokens} of about ${estimate} tokens: it cut the beginning of the conversation. Set OLLAMA_CONTEXT_LENGTH for its server, or num_ctx in the model file.`,
      ),
    );
  }
}

/** Settings of a call count more than the parameters of all calls. */
function withoutSettings(parameters: JsonObject, settings: GenerationSettings, dialect: Dialect): JsonObject {
  const set = generationSettingsIn(settings).map((name) =>
    name === "maxOutputTokens" ? dialect.maxTokensParameter : dialect.settings[name],
  );
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !set.includes(name)));
}

/** Classifies a response without success. Pages and empty bodies are left to the general rules. */
export function classifyChatFault(fault: ResponseFault, dialect: Dialect): AxioError | undefined {
  const { status, headers, bodyText, retryAfterMs, details } = fault;
  if (bodyText.trim() === "" || /^\s*<(?:!doctype|html|head|\?xml)/i.test(bodyText)) return undefined;
  const { shouldRetry, ...context } = { shouldRetry: shouldRetryOf(headers), status, retryAfterMs, details };
  return classifyChatError(bodyText, dialect, {
    ...context,
    shouldRetry,
    parseRetryText,
    quote: truncateForMessage,
  });
}

/** `x-should-retry`: the server's own advice. */
function shouldRetryOf(headers: Headers): boolean | undefined {
  const value = headers.get("x-should-retry");
  return value === "true" || value === "false" ? value === "true" : undefined;
}
