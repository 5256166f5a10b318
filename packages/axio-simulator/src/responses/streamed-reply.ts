import type { FaultRegistry } from "../faults/fault.ts";
import type { FaultSpec } from "../faults/fault-spec.ts";
import type { RecordedRequest } from "../http/recorded-request.ts";
import type { Reply } from "../http/reply.ts";
import type { JsonObject } from "../json.ts";
import { type AnswerContext, answerFrames, compactionFrames } from "../stream/answer.ts";
import { type Conversation, readConversation } from "../stream/conversation.ts";
import { countTokens, type EnvelopeContext } from "../stream/envelope.ts";
import type { Frame } from "../stream/frames.ts";
import { PLAIN_FRAMING } from "../stream/framing.ts";
import { offeredTools } from "../stream/offered-tools.ts";
import { readRecording } from "../stream/recording.ts";
import type { ResponseQueue } from "../stream/response-queue.ts";
import type { Section } from "../stream/script.ts";
import { type PerformedSection, scriptedReply } from "../stream/scripted-reply.ts";
import type { TurnPlace, TurnTracker } from "./turn-tracker.ts";

/** The state that a streamed response needs. */
export interface StreamingState {
  readonly options: { readonly paceMs: number; readonly replayDirectory: string | undefined };
  readonly turns: TurnTracker;
  /** The encrypted content of replayed recordings. */
  readonly replayedContent: Set<string>;
  readonly stats: { responses: number };
  readonly responses: ResponseQueue;
  readonly registry: FaultRegistry<EnvelopeContext>;
}

/** A request whose body passed every check. */
export interface StreamedRequest {
  readonly request: RecordedRequest;
  readonly body: JsonObject;
  readonly userId: string;
  readonly dialect: AnswerContext["dialect"];
  /** The headers that other event streams do not have. */
  readonly headers: (place: TurnPlace) => Readonly<Record<string, string>>;
  /** Called only if the request would succeed without faults. */
  readonly requestedFaults: () => readonly FaultSpec[] | string;
}

/** Creates the event stream that the script in the prompt asks for, with its faults. */
export async function streamedReply(asked: StreamedRequest, state: StreamingState): Promise<Reply> {
  const { request, body, requestedFaults } = asked;
  const conversation = readConversation(Array.isArray(body["input"]) ? body["input"] : []);
  const inputTokens = countTokens(request.body);
  const tools = offeredTools(body);
  const { registry } = state;
  const perform = async (section: Section, place: TurnPlace): Promise<PerformedSection<EnvelopeContext>> => {
    const context: AnswerContext = {
      id: `resp_${place.seed}`,
      createdAt: Math.floor(Date.now() / 1000),
      userId: asked.userId,
      dialect: asked.dialect,
      body,
      seed: place.seed,
      tools,
      results: conversation.results,
      inputTokens,
      cachedTokens: place.cachedTokens,
      paceMs: state.options.paceMs,
    };
    const reply: Reply = {
      kind: "stream",
      status: 200,
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache",
        ...asked.headers(place),
      },
      frames: await framesFor(section, conversation, context, state),
      framing: PLAIN_FRAMING,
    };
    return { reply, context };
  };
  const { reply, place } = await scriptedReply(
    { request, conversation, inputTokens, tools, registry, requestedFaults, perform },
    state,
  );
  if (reply.kind === "stream" && place !== undefined) state.turns.deliver(place);
  return reply;
}

async function framesFor(
  section: Section,
  conversation: Conversation,
  context: AnswerContext,
  state: StreamingState,
): Promise<readonly Frame[]> {
  if (conversation.compacts) return compactionFrames(context);
  const replay = section.find((step) => step.kind === "replay");
  if (replay === undefined) return answerFrames(section, context);
  return readRecording(
    state.options.replayDirectory,
    replay.name,
    conversation.results.length,
    state.replayedContent,
  );
}
