import { readChatConversation } from "../chat/chat-conversation.ts";
import { CHAT_FAULTS } from "../chat/chat-faults.ts";
import { type ChunkContext, chunkFrames } from "../chat/chunks.ts";
import { completionBody } from "../chat/completion.ts";
import { chatRefusalReply } from "../chat/errors.ts";
import { type Piece, piecesOf } from "../chat/pieces.ts";
import { messagesOf } from "../chat/rules/chat-rule.ts";
import { findChatRefusal } from "../chat/rules/chat-rules.ts";
import { toolsOf } from "../chat/rules/tools.ts";
import type { ChatSwitches } from "../chat/switches.ts";
import { requestedFaults } from "../faults/answer-with-faults.ts";
import type { RecordedRequest } from "../http/recorded-request.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { isObject, type JsonObject, stringMember } from "../json.ts";
import type { TurnPlace } from "../responses/turn-tracker.ts";
import { platformRefusal, type Refusal } from "../rules/refusal.ts";
import { countTokens, type WireUsage } from "../stream/envelope.ts";
import { PLAIN_FRAMING } from "../stream/framing.ts";
import { readRawRecording } from "../stream/recording.ts";
import type { Section } from "../stream/script.ts";
import { type PerformedSection, scriptedReply } from "../stream/scripted-reply.ts";
import { statedUsage } from "../stream/scripted-response.ts";
import { authenticate } from "./authenticate.ts";
import type { KeyedModel } from "./models.ts";
import { apiLimitHeaders } from "./rate-limits.ts";
import type { OpenAIState } from "./state.ts";

/** `POST /v1/chat/completions`. */
export async function createChatCompletion(request: RecordedRequest, state: OpenAIState): Promise<Reply> {
  const switches = state.faults.switches("chat");
  const outcome = authenticate(request, state);
  if ("refusal" in outcome) return outcome.refusal;
  const body = isObject(request.json) ? request.json : {};
  const model = state.models.find(({ slug }) => slug === body["model"]);
  const refusal = findChatRefusal(request.json, { model, switches }) ?? refuseModel(body, model, request);
  if (refusal !== undefined) return chatRefusalReply(refusal, switches);
  const conversation = readChatConversation(messagesOf(body));
  const tools = toolsOf(body).map((tool) => ({ ...tool, namespace: undefined }));
  const { reply } = await scriptedReply<ChunkContext>(
    {
      request,
      conversation,
      tools,
      inputTokens: countTokens(request.body),
      registry: CHAT_FAULTS,
      requestedFaults: () => requestedFaults(request, "chat", state),
      perform: (section, place) =>
        perform({ body, section, place, switches, results: conversation.results }, state),
    },
    state,
  );
  return reply;
}

interface ChatPerformance {
  readonly body: JsonObject;
  readonly section: Section;
  readonly place: TurnPlace;
  readonly switches: ChatSwitches;
  readonly results: readonly string[];
}

async function perform(
  { body, section, place, switches, results }: ChatPerformance,
  state: OpenAIState,
): Promise<PerformedSection<ChunkContext>> {
  const customTools = new Set(toolsOf(body).flatMap(({ type, name }) => (type === "custom" ? [name] : [])));
  const pieces = piecesOf(section, { results, customTools, callId: callIds(place, switches) });
  const options = isObject(body["stream_options"]) ? body["stream_options"] : {};
  const context: ChunkContext = {
    id: `${switches.idPrefix}${place.seed}`,
    created: Math.floor(Date.now() / 1000),
    model: String(body["model"]),
    serviceTier: tierOf(body),
    switches,
    wantsUsage: options["include_usage"] === true,
    refusesObfuscation: options["include_obfuscation"] === false,
    usage: statedUsage(section, usageOf(pieces, body, state)),
    paceMs: state.options.paceMs,
  };
  const headers = {
    ...apiLimitHeaders(state.rateLimits, switches.rateLimits),
    "openai-processing-ms": "5",
    "openai-version": "2020-10-01",
  };
  if (body["stream"] !== true || switches.ignoresStream) {
    return { reply: jsonReply(200, completionBody(pieces, context), headers), context };
  }
  const replay = section.find((step) => step.kind === "replay");
  const frames =
    replay === undefined
      ? chunkFrames(pieces, context)
      : await readRawRecording(
          state.options.replayDirectory,
          replay.name,
          results.length,
          state.replayedContent,
        );
  const type = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" };
  return {
    reply: { kind: "stream", status: 200, headers: { ...type, ...headers }, frames, framing: PLAIN_FRAMING },
    context,
  };
}

/** Ids of tool calls in the form of the server. */
function callIds({ seed }: TurnPlace, { callIdPattern }: ChatSwitches): (position: number) => string {
  return callIdPattern === undefined
    ? (position) => `call_${seed}${position}`
    : (position) => `c${seed.slice(-6)}${String(position).padStart(2, "0")}`;
}

function tierOf(body: JsonObject): string {
  const tier = stringMember(body, "service_tier") ?? "default";
  // `fast` is billed as `priority`, and the service says so.
  return tier === "fast" ? "priority" : tier === "auto" ? "default" : tier;
}

function usageOf(pieces: readonly Piece[], body: JsonObject, state: OpenAIState): WireUsage {
  const tools = Array.isArray(body["tools"]) ? body["tools"] : [];
  const parts = [...tools, ...messagesOf(body)];
  const [text, reasoning] = [tokensOf(pieces, false), tokensOf(pieces, true)];
  return {
    inputTokens: countTokens(JSON.stringify(parts)),
    cachedTokens: state.cache.record(String(body["model"]), parts),
    outputTokens: text + reasoning,
    reasoningTokens: reasoning,
  };
}

function tokensOf(pieces: readonly Piece[], isReasoning: boolean): number {
  return pieces
    .filter(({ kind }) => (kind === "reasoning") === isReasoning)
    .reduce((sum, piece) => sum + countTokens("text" in piece ? piece.text : JSON.stringify(piece)), 0);
}

function refuseModel(
  body: JsonObject,
  model: KeyedModel | undefined,
  request: RecordedRequest,
): Refusal | undefined {
  if (model === undefined) return modelNotFound(body["model"]);
  const tokens = countTokens(request.body);
  return tokens <= model.contextWindow
    ? undefined
    : platformRefusal(
        `This model's maximum context length is ${model.contextWindow} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`,
        "messages",
        "context_length_exceeded",
      );
}

/** The refusal of a model that does not exist. */
export function modelNotFound(model: unknown): Refusal {
  return platformRefusal(
    `The model \`${String(model)}\` does not exist or you do not have access to it.`,
    null,
    "model_not_found",
    404,
  );
}
