import { applyFaults } from "../faults/apply-faults.ts";
import type { FaultRegistry } from "../faults/fault.ts";
import { type FaultSpec, parseFaultSpec } from "../faults/fault-spec.ts";
import type { RecordedRequest } from "../http/recorded-request.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import type { TurnPlace, TurnTracker } from "../responses/turn-tracker.ts";
import type { Conversation } from "./conversation.ts";
import type { OfferedTool } from "./offered-tools.ts";
import { type ResponseQueue, UsedUpError } from "./response-queue.ts";
import { currentSection, parseScript, type Section } from "./script.ts";
import { selfDescription } from "./self-description.ts";

/** The state that a scripted response needs. */
export interface ScriptedState {
  readonly turns: TurnTracker;
  readonly stats: { responses: number };
  readonly responses: ResponseQueue;
}

/**
 * A request whose body passed every check.
 *
 * @typeParam Context The facts of the response that faults need.
 */
export interface ScriptedRequest<Context> {
  readonly request: RecordedRequest;
  readonly conversation: Conversation;
  readonly inputTokens: number;
  readonly tools: readonly OfferedTool[];
  readonly registry: FaultRegistry<Context>;
  /** Called only if the request would succeed without faults. */
  readonly requestedFaults: () => readonly FaultSpec[] | string;
  /** Makes the reply that performs the steps of a section. */
  readonly perform: (section: Section, place: TurnPlace) => Promise<PerformedSection<Context>>;
}

/** A reply without its faults, and the facts that those need. */
export interface PerformedSection<Context> {
  readonly reply: Reply;
  readonly context: Context;
}

/** A reply with its faults. */
export interface ScriptedReply {
  readonly reply: Reply;
  /** `undefined` if a mistake in a directive kept the script from running. */
  readonly place: TurnPlace | undefined;
}

/** Creates the response that a test prepared or the script in the prompt asks for, with its faults. */
export async function scriptedReply<Context>(
  asked: ScriptedRequest<Context>,
  state: ScriptedState,
): Promise<ScriptedReply> {
  const { request, conversation, inputTokens } = asked;
  const place = state.turns.place(request, conversation, inputTokens);
  const section = nextSection(asked, state);
  if (typeof section === "string") return mistake(section);
  const scripted = section.flatMap((step) => (step.kind === "fail" ? [parseFaultSpec(step.fault)] : []));
  const malformed = scripted.find((fault) => typeof fault === "string");
  if (malformed !== undefined) return mistake(malformed);
  const requested = asked.requestedFaults();
  if (typeof requested === "string") return mistake(requested);
  const faults = [...scripted.filter((fault) => typeof fault !== "string"), ...requested];
  const { reply, context } = await asked.perform(section, place);
  const faulted = applyFaults(reply, faults, place.attempt, asked.registry, context);
  if (faulted.kind === "stream" || faulted === reply) state.stats.responses += 1;
  return { reply: faulted, place };
}

function mistake(message: string): ScriptedReply {
  const text = `Simulator: ${message}`;
  // In the forms of all services, so that every client shows it.
  const body = { detail: text, error: { type: "invalid_request_error", message: text } };
  return { reply: jsonReply(400, body), place: undefined };
}

/** Returns the steps of a response, or why the request gets no response. */
function nextSection(
  { request, conversation, tools }: Pick<ScriptedRequest<never>, "request" | "conversation" | "tools">,
  { responses }: ScriptedState,
): Section | string {
  if (conversation.compacts) return sectionFor(conversation, tools);
  try {
    return responses.take(request) ?? sectionFor(conversation, tools);
  } catch (error) {
    if (error instanceof UsedUpError && parseScript(conversation.prompt).length > 0)
      return sectionFor(conversation, tools);
    return error instanceof Error ? error.message : String(error);
  }
}

function sectionFor(conversation: Conversation, tools: readonly OfferedTool[]): Section {
  const sections = parseScript(conversation.prompt);
  if (sections.length === 0) return selfDescription(conversation.prompt, tools);
  const index = currentSection(sections, conversation.results.length);
  return sections[index] ?? [{ kind: "say", text: "Done." }];
}
