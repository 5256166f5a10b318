import { isObject, type JsonObject } from "../json.ts";
import { encryptedContent } from "./encrypted-content.ts";
import { countTokens, type EnvelopeContext, envelope, type WireUsage } from "./envelope.ts";
import { eventFrame, type Frame } from "./frames.ts";
import {
  compactionItem,
  customCallItem,
  functionCallItem,
  imageItem,
  itemFrames,
  messageItem,
  reasoningItem,
  type StreamedItem,
  webSearchItem,
} from "./item-events.ts";
import { type ItemPlace, itemId } from "./item-ids.ts";
import type { OfferedTool } from "./offered-tools.ts";
import { quoteResults, type Section, type Step } from "./script.ts";
import { statedUsage } from "./scripted-response.ts";

/** The facts that a response is made from, in addition to its steps. */
export interface AnswerContext extends EnvelopeContext {
  /** Makes the ids of this response unique. */
  readonly seed: string;
  readonly tools: readonly OfferedTool[];
  readonly results: readonly string[];
  readonly inputTokens: number;
  readonly cachedTokens: number;
  /** Milliseconds between two deltas. */
  readonly paceMs: number;
}

/** The frames of a response that performs the steps of a section and completes. */
export function answerFrames(section: Section, context: AnswerContext): Frame[] {
  const frames: Frame[] = [];
  const output: JsonObject[] = [];
  let reasoningTokens = 0;
  let reasoningIndex: number | undefined;
  for (const [index, step] of mergeSays(section).entries()) {
    if (step.kind === "wait") {
      frames.push({ kind: "wait", milliseconds: step.milliseconds });
      continue;
    }
    const item = stepItem(step, { seed: context.seed, index, reasoningIndex }, section, context);
    if (item === undefined) continue;
    if (step.kind === "think") {
      reasoningTokens += countTokens(step.text) + 16;
      // Reasoning without its content cannot be sent back, and the items after it must not need it.
      if (includesReasoning(context)) reasoningIndex = index;
    }
    frames.push(...itemFrames(item, output.length));
    output.push(item.done);
  }
  const usage = statedUsage(section, {
    inputTokens: context.inputTokens,
    cachedTokens: context.cachedTokens,
    outputTokens: countTokens(JSON.stringify(output)) + reasoningTokens,
    reasoningTokens,
  });
  return [
    ...openingFrames(context),
    ...paced(frames, context.paceMs),
    completedFrame(context, output, usage),
  ];
}

/** `response.created` and `response.in_progress`. */
export function openingFrames(context: EnvelopeContext): Frame[] {
  const response = envelope(context, { status: "in_progress", output: [], usage: undefined });
  return [
    eventFrame({ type: "response.created", response }),
    eventFrame({ type: "response.in_progress", response }),
  ];
}

/** The frames of the response to a warm-up, which has an id and no output. */
export function warmUpFrames(context: EnvelopeContext): Frame[] {
  const usage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0, reasoningTokens: 0 };
  return [...openingFrames(context), completedFrame(context, [], usage)];
}

function completedFrame(context: EnvelopeContext, output: readonly JsonObject[], usage: WireUsage): Frame {
  const completed = envelope(context, { status: "completed", output, usage });
  return eventFrame({
    type: "response.completed",
    response: context.dialect === "codex" ? { ...completed, end_turn: endsTurn(output) } : completed,
  });
}

function endsTurn(output: readonly JsonObject[]): boolean {
  return !output.some((item) => item["type"] === "function_call" || item["type"] === "custom_tool_call");
}

/** The frames of the response to a `compaction_trigger`, which has exactly one item. */
export function compactionFrames(context: AnswerContext): Frame[] {
  const item = compactionItem(
    itemId("cmp", { seed: context.seed, index: 0 }),
    encryptedContent(`${context.seed}/compaction`).done,
  );
  const usage = { ...context, outputTokens: 64, reasoningTokens: 0 };
  return [...openingFrames(context), ...itemFrames(item, 0), completedFrame(context, [item.done], usage)];
}

function stepItem(
  step: Step,
  place: ItemPlace,
  section: Section,
  context: AnswerContext,
): StreamedItem | undefined {
  switch (step.kind) {
    case "think":
      return think(quoteResults(step.text, context.results), place, context);
    case "say":
    case "refuse": {
      const phase = section.some(({ kind }) => kind === "call") ? "commentary" : "final_answer";
      const text = quoteResults(step.text, context.results);
      const kind = step.kind === "say" ? "text" : "refusal";
      return messageItem(itemId("msg", place), phase, { kind, text });
    }
    case "cite":
      return messageItem(itemId("msg", place), "final_answer", {
        kind: "text",
        text: step.text,
        citedUrl: step.url,
      });
    case "draw":
      return imageItem(itemId("ig", place), step.prompt);
    case "call":
      return call(step.name, quoteResults(step.input, context.results), place, context);
    case "search":
      return webSearchItem(
        itemId("ws", place),
        step.query,
        includes(context, "web_search_call.action.sources"),
      );
    default:
      return undefined;
  }
}

function think(text: string, { seed, index }: ItemPlace, context: AnswerContext): StreamedItem {
  const reasoning = context.body["reasoning"];
  const wantsSummary = isObject(reasoning) && typeof reasoning["summary"] === "string";
  return reasoningItem(
    itemId("rs", { seed, index }),
    wantsSummary ? [text] : [],
    includesReasoning(context) ? encryptedContent(`${seed}/${index}`) : undefined,
  );
}

function includesReasoning(context: AnswerContext): boolean {
  return includes(context, "reasoning.encrypted_content");
}

function includes({ body }: AnswerContext, member: string): boolean {
  const include = body["include"];
  return Array.isArray(include) && include.includes(member);
}

function call(name: string, input: string, place: ItemPlace, context: AnswerContext): StreamedItem {
  const offered = context.tools.find((candidate) => candidate.name === name);
  const tool = offered ?? { name, namespace: undefined };
  const callId = itemId("call", { seed: place.seed, index: place.index });
  return offered?.type === "custom"
    ? customCallItem(itemId("ctc", place), callId, tool, input)
    : functionCallItem(itemId("fc", place), callId, tool, input);
}

/** Consecutive `say` lines are one message. */
function mergeSays(section: Section): Step[] {
  return section.reduce<Step[]>((merged, step) => {
    const last = merged.at(-1);
    if (step.kind === "say" && last?.kind === "say") {
      merged[merged.length - 1] = { kind: "say", text: `${last.text}\n${step.text}` };
    } else merged.push(step);
    return merged;
  }, []);
}

function paced(frames: readonly Frame[], paceMs: number): Frame[] {
  if (paceMs === 0) return [...frames];
  return frames.flatMap((frame) =>
    frame.kind === "event" && frame.event.type.endsWith(".delta")
      ? [frame, { kind: "wait" as const, milliseconds: paceMs }]
      : [frame],
  );
}
