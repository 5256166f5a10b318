import { AxioError, type GenerationSetting, type JsonObject } from "axio";
import { type Dialect, refusesSetting } from "axio-chat-completions";
import type { ErrorClass, RequestBody } from "axio-responses";
import {
  type Call,
  classifyFault,
  type ResponsesWireOptions,
  responsesWire,
  type WireFormat,
} from "axio-transport-kit";
import type { ServerOptions } from "../options.ts";
import { classifyChatFault, REASONS_NOW } from "./chat-wire.ts";

/** The input of {@link publicResponsesWire}. */
export type PublicResponsesOptions = Pick<
  ServerOptions,
  | "verbosity"
  | "serviceTier"
  | "reasoning"
  | "maxOutputTokens"
  | "parallelToolCalls"
  | "promptCacheRetention"
  | "safetyIdentifier"
  | "store"
  | "previousResponseId"
  | "strict"
  | "onWarning"
> & { readonly dialect: Dialect };

/** The errors in events that only the public API has. Money that is used up does not come back by waiting. */
const NO_CREDIT: ErrorClass = {
  code: "usage-limit",
  message: "The account has no credit left, or reached its spend limit. Add credit or raise the limit.",
};
const NO_CREDIT_CODES: ReadonlySet<string> = new Set([
  "credit_balance_exhausted",
  "billing_hard_limit_reached",
  "billing_not_active",
  "organization_spend_limit_exceeded",
  "project_spend_limit_exceeded",
  "organization_usage_limit_exceeded",
]);

/** The code of a WebSocket that has been open for an hour. */
const WEB_SOCKET_TOO_OLD = "websocket_connection_limit_reached";

/** Members that are left out for good if the service refuses them. The value says what is different then. */
const OPTIONAL: Readonly<Record<string, string>> = {
  "reasoning.summary": "Responses come without a summary of the reasoning.",
  "reasoning.context": "The model decides which earlier reasoning it sees.",
  "text.verbosity": "The model chooses the length of its responses.",
  prompt_cache_key: "The cache is found by the content alone.",
  prompt_cache_retention: "The cache is kept as long as usual.",
  safety_identifier: "The end user is not identified.",
  parallel_tool_calls: "The model may call several tools at once.",
  include: "Reasoning of this server does not go back to it.",
  temperature: "The model decides how random its responses are.",
  top_p: "The model decides how random its responses are.",
};

/** The body members of settings. */
const MEMBERS: { readonly [Name in GenerationSetting]?: string } = {
  maxOutputTokens: "max_output_tokens",
  temperature: "temperature",
  topP: "top_p",
};

/** Returns the wire format of the Responses API with a key: at OpenAI, Azure, and servers that have the same API. */
export function publicResponsesWire(options: PublicResponsesOptions): WireFormat {
  const optional = new OptionalMembers(options);
  const wire: ResponsesWireOptions = {
    ...options,
    // Over a new WebSocket the same request is valid, so there is nothing to wait for.
    errorRule: (fault) =>
      fault.code === WEB_SOCKET_TOO_OLD
        ? classifyFault(fault, { retryAfterMs: 0 })
        : classifyChatFault(fault, options.dialect),
    classify: (code) => (NO_CREDIT_CODES.has(code) ? NO_CREDIT : undefined),
    refuseSetting: (name, { model, reasoning }) => {
      const member = MEMBERS[name];
      if (member === undefined) return "The Responses API does not have it.";
      if (optional.refuses(member)) return "The model does not accept it.";
      const isRefused = options.dialect.openAIModels && refusesSetting(name, model.id, reasoning?.effort);
      return isRefused ? REASONS_NOW : undefined;
    },
    adaptBody: (body) => optional.without(toPublicBody(body, options)),
    tokenCount: {
      path: () => "responses/input_tokens",
      toBody: ({ store: _store, stream: _stream, include: _include, ...body }) => body,
      read: (response) => {
        const tokens = (response as { readonly input_tokens?: unknown } | null)?.input_tokens;
        return typeof tokens === "number" ? tokens : undefined;
      },
    },
  };
  const format = responsesWire(wire);
  return Object.assign(format, {
    recover: chain(format, (error) => optional.recover(error)),
  });
}

function chain(
  format: WireFormat,
  more: (error: AxioError) => boolean,
): (error: AxioError, call: Call) => boolean {
  const own = format.recover?.bind(format);
  return (error, call) => own?.(error, call) === true || more(error);
}

/** Adds the parameters that only the public API has. */
function toPublicBody(body: RequestBody, options: PublicResponsesOptions): JsonObject {
  const { store = false, previousResponseId, maxOutputTokens, parallelToolCalls } = options;
  const { promptCacheRetention, safetyIdentifier } = options;
  const { tools, tool_choice: choice, parallel_tool_calls: isParallel, ...rest } = body;
  return {
    ...(rest as unknown as JsonObject),
    // Without tools, servers other than OpenAI refuse what is about them.
    ...(tools.length === 0
      ? {}
      : {
          tools: tools as unknown as JsonObject[],
          tool_choice: choice as unknown as JsonObject,
          parallel_tool_calls: parallelToolCalls ?? isParallel,
        }),
    store,
    ...(previousResponseId === undefined ? {} : { previous_response_id: previousResponseId }),
    ...(maxOutputTokens === undefined ? {} : { max_output_tokens: maxOutputTokens }),
    ...(promptCacheRetention === undefined ? {} : { prompt_cache_retention: promptCacheRetention }),
    ...(safetyIdentifier === undefined ? {} : { safety_identifier: safetyIdentifier }),
  };
}

/** Leaves out optional members that the service refused. */
class OptionalMembers {
  readonly #options: Pick<PublicResponsesOptions, "strict" | "onWarning">;
  readonly #refused = new Set<string>();

  constructor(options: Pick<PublicResponsesOptions, "strict" | "onWarning">) {
    this.#options = options;
  }

  recover(error: AxioError): boolean {
    const { strict, onWarning } = this.#options;
    const member = refusedMember(error);
    if (strict === true || member === undefined || this.#refused.has(member)) return false;
    this.#refused.add(member);
    onWarning?.(
      new AxioError(
        "unsupported-parameter",
        `The service does not accept ${member}. It is left out from now on. ${OPTIONAL[member]}`,
        { cause: error, details: { ...error.details, parameter: member } },
      ),
    );
    return true;
  }

  refuses(member: string): boolean {
    return this.#refused.has(member);
  }

  without(body: JsonObject): JsonObject {
    return [...this.#refused].reduce(withoutMember, body);
  }
}

function refusedMember(error: AxioError): string | undefined {
  // A whole organization is refused a summary until it is verified.
  if (/must be verified to generate reasoning summar/i.test(error.message)) return "reasoning.summary";
  if (error.code !== "unsupported-parameter") return undefined;
  const parameter = error.details.parameter ?? "";
  return Object.keys(OPTIONAL).find((member) => parameter === member || parameter.startsWith(`${member}[`));
}

function withoutMember(body: JsonObject, member: string): JsonObject {
  const [name = "", inner] = member.split(".");
  const { [name]: value, ...rest } = body;
  if (inner === undefined || typeof value !== "object" || value === null || Array.isArray(value)) return rest;
  const { [inner]: _, ...kept } = value as JsonObject;
  return Object.keys(kept).length === 0 ? rest : { ...rest, [name]: kept };
}
