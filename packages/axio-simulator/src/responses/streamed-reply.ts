import { applyFaults } from "../faults/apply-faults.ts";
import { type FaultSpec, parseFaultSpec } from "../faults/fault-spec.ts";
import type { RecordedRequest } from "../http/recorded-request.ts";
import { detailReply, type Reply } from "../http/reply.ts";
import type { JsonObject } from "../json.ts";
import { type AnswerContext, answerFrames, compactionFrames } from "../stream/answer.ts";
import { type Conversation, readConversation } from "../stream/conversation.ts";
import { countTokens } from "../stream/envelope.ts";
import type { Frame } from "../stream/frames.ts";
import { PLAIN_FRAMING } from "../stream/framing.ts";
import { offeredTools } from "../stream/offered-tools.ts";
import { readRecording } from "../stream/recording.ts";
import { currentSection, parseScript, type Section } from "../stream/script.ts";
import { selfDescription } from "../stream/self-description.ts";
import type { TurnPlace, TurnTracker } from "./turn-tracker.ts";

/** The state that a streamed response needs. */
export interface StreamingState {
  readonly options: { readonly paceMs: number; readonly replayDirectory: string | undefined };
  readonly turns: TurnTracker;
  /** The encrypted content of replayed recordings. */
  readonly replayedContent: Set<string>;
  readonly stats: { responses: number };
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
  const { request, body } = asked;
  const conversation = readConversation(Array.isArray(body["input"]) ? body["input"] : []);
  const inputTokens = countTokens(request.body);
  const place = state.turns.place(request, conversation, inputTokens);
  const context: AnswerContext = {
    id: `resp_${place.seed}`,
    createdAt: Math.floor(Date.now() / 1000),
    userId: asked.userId,
    dialect: asked.dialect,
    body,
    seed: place.seed,
    tools: offeredTools(body),
    results: conversation.results,
    inputTokens,
    cachedTokens: place.cachedTokens,
    paceMs: state.options.paceMs,
  };
  const section = sectionFor(conversation, context);
  const scripted = section.flatMap((step) => (step.kind === "fail" ? [parseFaultSpec(step.fault)] : []));
  const malformed = scripted.find((fault) => typeof fault === "string");
  if (malformed !== undefined) return detailReply(400, `Simulator: ${String(malformed)}`);
  const requested = asked.requestedFaults();
  if (typeof requested === "string") return detailReply(400, `Simulator: ${requested}`);
  const faults = [...scripted.filter((fault) => typeof fault !== "string"), ...requested];
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
  const faulted = applyFaults(reply, faults, place.attempt, context);
  if (faulted.kind === "stream") {
    state.turns.deliver(place);
    state.stats.responses += 1;
  }
  return faulted;
}

function sectionFor(conversation: Conversation, context: AnswerContext): Section {
  const sections = parseScript(conversation.prompt);
  if (sections.length === 0) return selfDescription(conversation.prompt, context.tools);
  const index = currentSection(sections, conversation.results.length);
  return sections[index] ?? [{ kind: "say", text: "Done." }];
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
