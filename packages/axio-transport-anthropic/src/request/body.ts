import { AxioError, isJsonObject, type JsonObject, type Message, type ToolDefinition } from "axio";
import { toWire } from "axio/internal";
import { readHistory } from "axio-responses";
import type { ModelFacts } from "../models/model-facts.ts";
import { readAnthropicData, type WireBlock } from "../provider-data.ts";
import { betasOf } from "./betas.ts";
import { markForCache } from "./cache-marks.ts";
import { convertMessages, isThinking } from "./convert-messages.ts";
import type { HostRules } from "./host-rules.ts";
import { limitImages } from "./image-limit.ts";
import type { RequestOptions } from "./options.ts";
import { toOutputFormat } from "./output-format.ts";
import { checkParameters } from "./parameters.ts";
import { systemTexts } from "./sides.ts";
import { decideThinking } from "./thinking.ts";
import { bindThinking } from "./thinking-binding.ts";
import { assertChoice, toolsOfHistory, toToolChoice, toWireTools } from "./tools.ts";
import { isBlank, textBlock, type WireMessage } from "./wire-message.ts";

/** The content of a request. */
export interface MessagesRequest {
  /** The model's id. */
  readonly model: string;
  readonly facts: ModelFacts;
  readonly rules: HostRules;
  /** The system prompt. May be empty. */
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly options?: RequestOptions | undefined;
  /** Identifies host, model and account. Thinking of another origin is left out. */
  readonly origin?: string | undefined;
  /** Whether the last message is an unfinished response that the model continues. Default: `false`. */
  readonly continues?: boolean | undefined;
  /** The signatures of thinking that the service did not accept. Default: none. */
  readonly rejectedThinking?: ReadonlySet<string> | undefined;
  /** The present, in Unix milliseconds. */
  readonly now: number;
}

/** A request as it is sent. */
export interface MessagesBody {
  /** The JSON body of `POST /v1/messages`. */
  readonly body: JsonObject;
  /** The values of the header `anthropic-beta`. */
  readonly betas: readonly string[];
  /** An error for each part of the request that could not be sent as the caller asked. */
  readonly warnings: readonly AxioError[];
  /** Identifies what stands before the response, for models that bind thinking to it. */
  readonly prefix: string | undefined;
}

const DEFAULT_MAX_TOKENS = 32_000;
/** The API accepts images of up to 5 MB of base64. */
const MAX_IMAGE_BYTES = 3.75 * 1024 * 1024;

/**
 * Builds the body of a streaming request.
 *
 * Any history gives a body that the API accepts. What does not fit is fitted, the same way each time, so that a conversation
 * can always go on and its cached prefix stays valid. Only what the user just wrote is refused.
 *
 * @throws AxioError `unsupported-content` for an image or file that the user just wrote and the API does not accept;
 *   `invalid-argument` for two tools of one name, an unknown tool choice, or an output schema that cannot be strict;
 *   `tool-schema` for an invalid schema; `unsupported-parameter` for a hosted tool that the API does not have.
 */
export function buildMessagesBody(request: MessagesRequest): MessagesBody {
  const { model, facts, rules, options = {}, continues = false, now } = request;
  assertChoice(options.toolChoice, request.tools);
  const limited = limitImages(readHistory(request.messages), facts.maxImages);
  const systemFrom = firstKeptSystemMessage(limited.messages, facts, rules);
  const converted = convertMessages(limited.messages, {
    origin: request.origin,
    acceptsUnsigned: !rules.isAnthropic,
    rejectedThinking: request.rejectedThinking ?? new Set(),
    refusedBlocks: rules.refusedBlocks,
    maxImageBytes: MAX_IMAGE_BYTES,
    systemFrom,
    continues,
  });
  const wireTools = toWireTools(request.tools, rules);
  const output = toOutputFormat(options.outputFormat, facts.structuredOutput && rules.isAnthropic);
  const texts = [request.system, ...systemTexts(limited.messages, systemFrom), output.instruction ?? ""];
  const systemText = texts.filter((text) => !isBlank(text)).join("\n\n");
  const system = systemText === "" ? [] : [textBlock(systemText)];
  const messages = converted.messages.length === 0 ? [EMPTY] : converted.messages;
  const offersNone = wireTools.tools.length === 0;
  const tools = offersNone ? toolsOfHistory(messages) : wireTools.tools;
  const bound = facts.bindsThinkingToPrefix
    ? bindThinking({ tools, system }, messages, converted.origins)
    : { messages, prefix: undefined };
  const maxTokens = fitMaxTokens(options.maxTokens, model, facts);
  const decision = decideThinking({
    model,
    facts,
    options,
    isAnthropic: rules.isAnthropic,
    maxTokens: maxTokens.value,
    hasThinkingToContinue: hasThinkingToContinue(bound.messages),
  });
  const thinking = rules.refusedMembers.includes("thinking") ? undefined : decision.thinking;
  const parameters = checkParameters(options.parameters ?? {}, {
    facts,
    thinks: thinking !== undefined && thinking.type !== "disabled",
    refused: rules.refusedMembers,
  });
  const { output_config: ownOutput, ...others } = parameters.sent;
  const outputConfig = {
    ...(decision.effort === undefined ? {} : { effort: decision.effort }),
    ...(isJsonObject(ownOutput) ? ownOutput : {}),
    ...(output.format === undefined ? {} : { format: output.format }),
  };
  const toolChoice = offersNone
    ? toToolChoice("none", tools.length)
    : toToolChoice(decision.toolChoice, tools.length);
  const container = containerOf(limited.messages, tools, now);
  const marked = mark({ tools, system, messages: bound.messages }, request, others);
  const whole = toWire<JsonObject>({
    model,
    max_tokens: maxTokens.value,
    stream: true,
    ...(container === undefined ? {} : { container }),
    ...others,
    ...(thinking === undefined ? {} : { thinking }),
    ...(Object.keys(outputConfig).length === 0 ? {} : { output_config: outputConfig }),
    ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }),
    ...(wireTools.mcpServers.length === 0 ? {} : { mcp_servers: wireTools.mcpServers }),
    ...(tools.length === 0 ? {} : { tools: marked.tools }),
    ...(system.length === 0 ? {} : { system: marked.system }),
    // Last, so that each request begins with the bytes of the one before it.
    messages: marked.messages.map(({ role, content }) => ({ role, content })),
  });
  const members = Object.entries(whole).filter(([name]) => !rules.refusedMembers.includes(name));
  const body = Object.fromEntries(members);
  const betas = rules.isAnthropic
    ? betasOf(body, options.betas ?? [], rules.refusedBetas)
    : (options.betas ?? []);
  return {
    body,
    betas,
    prefix: bound.prefix,
    warnings: [
      ...imageWarnings(limited.omitted, model, facts),
      ...wireTools.warnings,
      ...output.warnings,
      ...maxTokens.warnings,
      ...decision.warnings,
      ...parameters.warnings,
    ],
  };
}

const EMPTY: WireMessage = { role: "user", content: [textBlock("(empty)")] };

/** Changing the system prompt would invalidate the thinking before a system message: from there on, it stays in its place. */
function firstKeptSystemMessage(messages: readonly Message[], facts: ModelFacts, rules: HostRules): number {
  const hasReasoning = (message: Message): boolean =>
    message.content.some(({ type }) => type === "reasoning");
  const first = facts.systemMessages && rules.isAnthropic ? messages.findIndex(hasReasoning) : -1;
  return first < 0 ? messages.length : first;
}

function fitMaxTokens(
  asked: number | undefined,
  model: string,
  { maxOutputTokens }: ModelFacts,
): { readonly value: number; readonly warnings: readonly AxioError[] } {
  const max = maxOutputTokens ?? Number.POSITIVE_INFINITY;
  if (asked === undefined) return { value: Math.min(DEFAULT_MAX_TOKENS, max), warnings: [] };
  if (asked <= max) return { value: asked, warnings: [] };
  return {
    value: max,
    warnings: [
      new AxioError(
        "unsupported-parameter",
        `The model ${model} writes at most ${max} tokens in a response. maxTokens ${asked} is lowered to that.`,
        { details: { parameter: "max_tokens" } },
      ),
    ],
  };
}

/** The older mode of thinking demands that the step whose tools just ran begins with its thinking. */
function hasThinkingToContinue(messages: readonly WireMessage[]): boolean {
  const last = messages.at(-1);
  if (last?.content.some(({ type }) => type === "tool_result") !== true) return true;
  const [first] = messages.at(-2)?.content ?? [];
  return first !== undefined && isThinking(first.type);
}

/** The newest container in which the provider ran code, if it still exists and a tool may use it. */
function containerOf(
  messages: readonly Message[],
  tools: readonly JsonObject[],
  now: number,
): string | undefined {
  if (!tools.some(({ type }) => typeof type === "string" && type.startsWith("code_execution")))
    return undefined;
  const data = messages
    .flatMap(({ content }) => content.map(readAnthropicData))
    .findLast((each) => each?.container !== undefined);
  return data?.expiresAt !== undefined && data.expiresAt <= now ? undefined : data?.container;
}

function mark(
  parts: {
    readonly tools: readonly JsonObject[];
    readonly system: readonly WireBlock[];
    readonly messages: readonly WireMessage[];
  },
  { options: { cache = {} } = {}, rules, facts }: MessagesRequest,
  others: JsonObject,
): typeof parts {
  if (cache === false || !rules.cacheControl) return parts;
  return markForCache(parts, {
    cache,
    minTokens: facts.minCacheTokens,
    hasAutomatic: isJsonObject(others["cache_control"]),
  });
}

function imageWarnings(omitted: number, model: string, { maxImages }: ModelFacts): readonly AxioError[] {
  if (omitted === 0) return [];
  return [
    new AxioError(
      "unsupported-content",
      `The conversation has more images than the model ${model} accepts in a request (${maxImages}). The oldest are left out.`,
    ),
  ];
}
