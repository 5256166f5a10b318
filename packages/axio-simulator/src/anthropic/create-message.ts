import { requestedFaults } from "../faults/answer-with-faults.ts";
import type { RecordedRequest } from "../http/recorded-request.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { isObject, type JsonObject, stringMember } from "../json.ts";
import type { TurnPlace } from "../responses/turn-tracker.ts";
import { type Refusal, refusalReply } from "../rules/refusal.ts";
import type { Conversation } from "../stream/conversation.ts";
import { PLAIN_FRAMING } from "../stream/framing.ts";
import { readRawRecording } from "../stream/recording.ts";
import type { Section } from "../stream/script.ts";
import { type PerformedSection, scriptedReply } from "../stream/scripted-reply.ts";
import { statedUsage } from "../stream/scripted-response.ts";
import { CLAUDE_FAULTS } from "./claude-faults.ts";
import { type PlannedStep, type TurnPart, turnParts } from "./content.ts";
import { continuedBlocks, readClaudeConversation, responseIndex } from "./conversation.ts";
import { claudeRefusal } from "./errors.ts";
import { type MessageContext, messageBody, messageFrames } from "./events.ts";
import { type ClaudeModel, findClaude } from "./models.ts";
import { type CachedUsage, inputTokensOf } from "./prompt-cache.ts";
import { claudeLimitHeaders } from "./rate-limits.ts";
import { objectsIn } from "./rules/check.ts";
import type { ClaudeRuleContext } from "./rules/claude-rule.ts";
import { findClaudeRefusal } from "./rules/claude-rules.ts";
import { inputTransformations } from "./rules/thinking.ts";
import { prefixDigest } from "./signatures.ts";
import type { AnthropicState } from "./state.ts";

/** `POST /v1/messages`. */
export async function createMessage(request: RecordedRequest, state: AnthropicState): Promise<Reply> {
  const checked = checkedBody(request, state, false);
  if ("refusal" in checked) return claudeRefusalReply(checked.refusal);
  const { body, model, context } = checked;
  const tokens = inputTokensOf(body);
  const tooLong = refuseLength(body, tokens, model);
  if (tooLong !== undefined) return claudeRefusalReply(tooLong);
  const conversation = readClaudeConversation(body);
  const { reply } = await scriptedReply<MessageContext>(
    {
      request,
      conversation,
      inputTokens: tokens,
      tools: objectsIn(body["tools"]).map((tool) => ({
        type: "function",
        name: stringMember(tool, "name") ?? "",
        namespace: undefined,
      })),
      registry: CLAUDE_FAULTS,
      requestedFaults: () => requestedFaults(request, "messages", state),
      perform: (section, place) => perform({ body, model, section, place, conversation, context }, state),
    },
    state,
  );
  return reply;
}

/** `POST /v1/messages/count_tokens`. */
export function countMessageTokens(request: RecordedRequest, state: AnthropicState): Reply {
  const checked = checkedBody(request, state, true);
  if ("refusal" in checked) return claudeRefusalReply(checked.refusal);
  return jsonReply(200, { input_tokens: inputTokensOf(checked.body) }, { "request-id": "req_simulator" });
}

interface CheckedBody {
  readonly body: JsonObject;
  readonly model: ClaudeModel;
  readonly context: ClaudeRuleContext;
}

function checkedBody(
  request: RecordedRequest,
  state: AnthropicState,
  isCount: boolean,
): CheckedBody | { readonly refusal: Refusal } {
  const body = isObject(request.json) ? request.json : {};
  const model = findClaude(state.options.models, body["model"]);
  const betas = (request.headers["anthropic-beta"] ?? "").split(",").map((value) => value.trim());
  const context: ClaudeRuleContext = {
    model,
    betas: new Set(betas.filter((value) => value !== "")),
    bindsPrefix: state.options.bindsPrefix,
    isRecorded: (signature) => state.replayedContent.has(signature),
    isCount,
  };
  const unknown =
    isObject(request.json) && typeof body["model"] === "string" && model === undefined
      ? claudeRefusal(`model: ${body["model"]}`, 404, "not_found_error")
      : undefined;
  const refusal = unknown ?? findClaudeRefusal(request.json, context);
  if (refusal !== undefined) return { refusal };
  return model === undefined ? { refusal: claudeRefusal("model: Field required") } : { body, model, context };
}

function claudeRefusalReply(refusal: Refusal): Reply {
  const reply = refusalReply(refusal);
  return { ...reply, headers: { ...reply.headers, "request-id": "req_simulator" } };
}

/** Newer models stop at the window; older ones refuse what may exceed it. */
function refuseLength(
  body: JsonObject,
  tokens: number,
  { contextWindow, acceptsPrefill }: ClaudeModel,
): Refusal | undefined {
  if (tokens > contextWindow)
    return claudeRefusal(`prompt is too long: ${tokens} tokens > ${contextWindow} maximum`);
  const limit = Number(body["max_tokens"]);
  return acceptsPrefill && tokens + limit > contextWindow
    ? claudeRefusal(
        `input length and \`max_tokens\` exceed context limit: ${tokens} + ${limit} > ${contextWindow}, decrease input length or \`max_tokens\` and try again`,
      )
    : undefined;
}

interface Performance extends CheckedBody {
  readonly section: Section;
  readonly place: TurnPlace;
  readonly conversation: Conversation;
}

async function perform(
  { body, model, section, place, conversation, context: rules }: Performance,
  state: AnthropicState,
): Promise<PerformedSection<MessageContext>> {
  const parts = turnParts(section, {
    model,
    results: conversation.results,
    seed: place.seed,
    origin: { model: model.id, prefix: prefixDigest(body, responseIndex(body)) },
    thinking: thinkingOf(body, model),
    toolNames: objectsIn(body["tools"]).flatMap((tool) => stringMember(tool, "name") ?? []),
  });
  const part = currentPart(parts, continuedBlocks(body));
  const context: MessageContext = {
    id: `msg_${place.seed}`,
    model: String(body["model"]),
    usage: cachedUsage(section, state.cache.account(body, model)),
    statedOutput: statedTokens(section),
    stop: stopOf(part, section, body),
    transformations: inputTransformations(body, rules),
    container: containerOf(part.steps),
    paceMs: state.options.paceMs,
  };
  const headers = { "request-id": `req_${place.seed}`, ...claudeLimitHeaders(state.rateLimits, Date.now()) };
  if (body["stream"] !== true) {
    return { reply: jsonReply(200, messageBody(part.steps, context), headers), context };
  }
  const replay = section.find((step) => step.kind === "replay");
  const frames =
    replay === undefined
      ? messageFrames(part.steps, context)
      : await readRawRecording(
          state.options.replayDirectory,
          replay.name,
          conversation.results.length,
          state.replayedContent,
        );
  const type = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" };
  return {
    reply: { kind: "stream", status: 200, headers: { ...type, ...headers }, frames, framing: PLAIN_FRAMING },
    context,
  };
}

/** The input that a section states, else the input that the prompt cache accounts for. */
function cachedUsage(section: Section, estimated: CachedUsage): CachedUsage {
  const { inputTokens, readTokens: cachedTokens } = estimated;
  const stated = statedUsage(section, { inputTokens, cachedTokens, outputTokens: 0, reasoningTokens: 0 });
  return { ...estimated, inputTokens: stated.inputTokens, readTokens: stated.cachedTokens };
}

/** The output that a section states. */
function statedTokens(section: Section): MessageContext["statedOutput"] {
  const step = section.find(({ kind }) => kind === "usage");
  return step?.kind === "usage" ? step.usage : undefined;
}

/** The part of a turn that a request asks for: the first, or the one after the blocks that it continues. */
function currentPart(parts: readonly TurnPart[], continued: number): TurnPart {
  let blocks = 0;
  for (const part of parts) {
    if (blocks >= continued) return part;
    blocks += part.steps.filter((step) => "block" in step).length;
  }
  return { steps: [], isPaused: false };
}

/** Whether the model thinks, and how it is shown. */
function thinkingOf(
  body: JsonObject,
  model: ClaudeModel,
): { readonly isOn: boolean; readonly display: "summarized" | "omitted" | "updates" } {
  const config = body["thinking"];
  const type = stringMember(config, "type");
  const isOn = type === undefined ? model.thinksByDefault : type !== "disabled";
  const asked = stringMember(config, "display");
  const display =
    asked === "summarized" || asked === "updates" || asked === "omitted" ? asked : model.display;
  return { isOn, display };
}

function stopOf(part: TurnPart, section: Section, body: JsonObject): MessageContext["stop"] {
  const refusal = section.find((step) => step.kind === "refuse");
  const details =
    refusal === undefined
      ? null
      : {
          type: "refusal",
          category: "general_harms",
          explanation: refusal.text,
          recommended_model: null,
        };
  const hasCalls = part.steps.some((step) => "block" in step && step.block["type"] === "tool_use");
  const reason =
    refusal !== undefined ? "refusal" : part.isPaused ? "pause_turn" : hasCalls ? "tool_use" : "end_turn";
  // A request that warms the cache gets no content.
  const isWarmUp = body["max_tokens"] === 0;
  return { stop_reason: isWarmUp ? "max_tokens" : reason, stop_sequence: null, stop_details: details };
}

function containerOf(steps: readonly PlannedStep[]): JsonObject | undefined {
  const runs = steps.some((step) => "block" in step && String(step.block["type"]).includes("code_execution"));
  return runs ? { id: "container_simulator", expires_at: "2026-12-31T00:00:00Z" } : undefined;
}
