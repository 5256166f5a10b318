import type { AxioError, JsonObject, RateLimits } from "axio";
import { type ErrorRule, parseRetryText } from "axio-http";
import { truncateForMessage } from "axio-http/internal";
import {
  buildRequestBody,
  type ClassifyOptions,
  createResponseDecoder,
  RESPONSES_KEY,
  type RequestBody,
  requestWarnings,
} from "axio-responses";
import type { Call } from "./connection.ts";
import { classifyFault } from "./errors.ts";
import type { ResponsesTransportOptions } from "./options.ts";
import { addPrice } from "./price.ts";
import { isUnreadableReasoning, ReasoningFilter, tagReasoning } from "./reasoning-filter.ts";
import type { EventDecoder } from "./retry-stream.ts";
import { sentSettings } from "./settings.ts";
import type { BodyContext, DecoderContext, TokenCount, WireFormat } from "./wire-format.ts";

/** The content of an event that the Responses API does not have. */
export interface ServiceEvent {
  readonly rateLimits?: RateLimits | undefined;
  /** Headers of the response that come late. */
  readonly headers?: Headers | undefined;
}

/** The particulars of one Responses API. */
export interface ResponsesWireOptions
  extends Pick<ResponsesTransportOptions<object>, "verbosity" | "serviceTier" | "reasoning"> {
  /** Classifies the errors of the service. Default: as the Responses API words them. */
  readonly errorRule?: ErrorRule | undefined;
  /** Classifies error codes that only this service has, in events. Default: it has none. */
  readonly classify?: ClassifyOptions["classify"];
  /** Reads an event that the Responses API does not have. Default: it is ignored. */
  readonly readEvent?: ((event: JsonObject) => ServiceEvent | undefined) | undefined;
  /** The types of items that the service accepts in `input`. Default: all that the API has. */
  readonly itemTypes?: ReadonlySet<string> | undefined;
  /** Changes a request body to the form that the service accepts. Default: unchanged. */
  readonly adaptBody?: ((body: RequestBody, call: Call) => JsonObject) | undefined;
  /** Says why a setting of a call is not sent: the API has `maxOutputTokens`, `temperature` and `topP`. Default: none is sent. */
  readonly refuseSetting?: WireFormat["refuseSetting"];
  /** How the service counts tokens. Default: it does not. */
  readonly tokenCount?: TokenCount | undefined;
}

/** The parameters that every request to a Responses API sets. */
const OWN_PARAMETERS: ReadonlySet<string> = new Set([
  "include",
  "input",
  "instructions",
  "model",
  "store",
  "stream",
  "tools",
]);

/** Returns the wire format of a Responses API. */
export function responsesWire(options: ResponsesWireOptions = {}): WireFormat {
  return new ResponsesWire(options);
}

class ResponsesWire implements WireFormat {
  readonly key = RESPONSES_KEY;
  readonly ownParameters = OWN_PARAMETERS;
  readonly tokenCount: TokenCount | undefined;
  readonly refuseSetting: WireFormat["refuseSetting"];
  readonly #options: ResponsesWireOptions;
  readonly #reasoning = new ReasoningFilter();

  constructor(options: ResponsesWireOptions) {
    this.#options = options;
    this.tokenCount = options.tokenCount;
    this.refuseSetting = options.refuseSetting;
  }

  path(): string {
    return "responses";
  }

  /** Builds the body of a request, without reasoning that the account or the model cannot read. */
  buildBody(call: Call, { origin, parameters }: BodyContext): JsonObject {
    const { model, system, tools, toolChoice, outputFormat, conversationId } = call;
    const { verbosity, serviceTier, itemTypes, adaptBody = (body: RequestBody) => body } = this.#options;
    const body = buildRequestBody({
      model: model.id,
      system,
      messages: this.#reasoning.filterMessages(call.messages, origin),
      tools,
      options: {
        reasoning: { ...this.#options.reasoning, ...call.reasoning },
        verbosity,
        serviceTier,
        promptCacheKey: conversationId,
        toolChoice,
        outputFormat,
      },
      itemTypes,
    });
    const { input, ...rest } = adaptBody(body, call);
    return { ...rest, ...parameters, ...this.#settingMembers(call), input };
  }

  /** Settings of a call count more than what all calls have in common. */
  #settingMembers(call: Call): JsonObject {
    if (this.refuseSetting === undefined) return {};
    const { maxOutputTokens, temperature, topP } = sentSettings(call, this.refuseSetting);
    return {
      ...(maxOutputTokens === undefined ? {} : { max_output_tokens: maxOutputTokens }),
      ...(temperature === undefined ? {} : { temperature }),
      ...(topP === undefined ? {} : { top_p: topP }),
    };
  }

  warnings(call: Call): readonly AxioError[] {
    return requestWarnings(call);
  }

  createDecoder(call: Call, context: DecoderContext): EventDecoder {
    const { classify, readEvent, serviceTier } = this.#options;
    const decoder = createResponseDecoder({
      classify,
      parseRetryText,
      quote: (text) => truncateForMessage(context.hideSecrets(text)),
      redactSecrets: (text) => context.hideSecrets(text),
      get details() {
        return context.details;
      },
      completeBlock: (block) => tagReasoning(block, context.providerKey, context.origin),
      decodeOther: (event) => {
        const { headers, rateLimits } = readEvent?.(event) ?? {};
        if (headers !== undefined) context.onHeaders(headers);
        if (rateLimits === undefined) return undefined;
        context.onRateLimits(rateLimits);
        return { type: "rate-limits", rateLimits };
      },
    });
    return {
      get done() {
        return decoder.done;
      },
      get blockCount() {
        return decoder.blockCount;
      },
      decode: (event, out) => {
        decoder.decode(event, out);
        if (decoder.done && serviceTier === undefined) addPrice(out, call.model);
      },
      end: () => decoder.end(),
    };
  }

  classify(...[fault]: Parameters<WireFormat["classify"]>): AxioError | undefined {
    return (this.#options.errorRule ?? classifyFault)(fault);
  }

  /** Drops the reasoning of a call whose encrypted reasoning the service cannot read. */
  recover(error: AxioError, call: Call): boolean {
    return isUnreadableReasoning(error) && this.#reasoning.drop(call.messages);
  }
}
