import type { JsonObject } from "../json.ts";
import { obfuscation } from "../stream/cut-text.ts";
import type { WireUsage } from "../stream/envelope.ts";
import type { FaultPoint, Frame } from "../stream/frames.ts";
import { callDeltas } from "./call-deltas.ts";
import type { Piece } from "./pieces.ts";
import { reasoningClosing, reasoningDelta, reasoningOpening } from "./reasoning-deltas.ts";
import type { ChatSwitches } from "./switches.ts";
import { chatUsage } from "./usage.ts";

/** The facts that stay the same in every chunk of one response. */
export interface ChunkContext {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly serviceTier: string;
  readonly switches: ChatSwitches;
  /** Whether the client asked for usage. */
  readonly wantsUsage: boolean;
  /** Whether the client asked for chunks without padding. */
  readonly refusesObfuscation: boolean;
  readonly usage: WireUsage;
  /** Milliseconds between two deltas. */
  readonly paceMs: number;
}

/** The frames of a response. */
export function chunkFrames(pieces: readonly Piece[], context: ChunkContext): readonly Frame[] {
  const { switches } = context;
  return [
    ...switches.comments.map((text): Frame => ({ kind: "raw", text: `${text}\n\n` })),
    ...(switches.filterResults
      ? [chunkFrame([], context, { prompt_filter_results: FILTER }, undefined)]
      : []),
    deltaFrame(firstDelta(pieces, switches), context, "created"),
    ...(switches.nullDelta ? [choiceFrame({ delta: null }, context, undefined)] : []),
    ...paced(pieceFrames(pieces, context), context.paceMs),
    ...closingFrames(pieces, context),
  ];
}

const FILTER = [{ prompt_index: 0, content_filter_results: { hate: { filtered: false, severity: "safe" } } }];

function firstDelta(pieces: readonly Piece[], { role }: ChatSwitches): JsonObject {
  const callsOnly = pieces.every(({ kind }) => kind === "call" || kind === "wait");
  return { ...(role !== "never" && { role: "assistant" }), content: callsOnly ? null : "", refusal: null };
}

function pieceFrames(pieces: readonly Piece[], context: ChunkContext): readonly Frame[] {
  const { switches } = context;
  const frames: Frame[] = [];
  const calls = pieces.flatMap((piece) => (piece.kind === "call" ? [piece.call] : []));
  let isCalled = false;
  let isReasoning = false;
  for (const piece of pieces) {
    if (isReasoning && piece.kind !== "reasoning" && piece.kind !== "wait") {
      frames.push(...plain(reasoningClosing(`sig_${context.id}`, switches), context));
      isReasoning = false;
    }
    switch (piece.kind) {
      case "wait":
        frames.push({ kind: "wait", milliseconds: piece.milliseconds });
        break;
      case "reasoning": {
        if (!isReasoning) frames.push(...plain(reasoningOpening(switches), context));
        isReasoning = true;
        const delta = reasoningDelta(piece.text, switches);
        if (delta !== undefined) frames.push(deltaFrame(delta, context, "reasoning"));
        break;
      }
      case "text":
        frames.push(deltaFrame({ content: textContent(piece.text, switches) }, context, "text"));
        break;
      case "refusal":
        frames.push(deltaFrame({ refusal: piece.text }, context, "text"));
        break;
      case "annotations":
        frames.push(deltaFrame({ annotations: piece.annotations }, context, undefined));
        break;
      case "image":
        frames.push(
          deltaFrame({ images: [{ type: "image_url", image_url: { url: piece.url } }] }, context, undefined),
        );
        break;
      case "call":
        // The form of the server decides how the calls share deltas.
        if (!isCalled) frames.push(...callFrames(callDeltas(calls, switches), context));
        isCalled = true;
        break;
    }
  }
  if (isReasoning) frames.push(...plain(reasoningClosing(`sig_${context.id}`, switches), context));
  return frames;
}

function callFrames(deltas: ReturnType<typeof callDeltas>, context: ChunkContext): readonly Frame[] {
  return deltas.map(({ delta, begins, ends }) =>
    deltaFrame(delta, context, ends ? "after-call" : begins ? undefined : "arguments"),
  );
}

function textContent(text: string, { reasoning }: ChatSwitches): unknown {
  return reasoning === "parts" ? [{ type: "text", text }] : text;
}

function closingFrames(pieces: readonly Piece[], context: ChunkContext): readonly Frame[] {
  const { switches, wantsUsage } = context;
  const usage = chatUsage(context.usage, switches.usageShape);
  const finish = finishReason(pieces, switches);
  const isOwn = switches.usage === "always" || (switches.usage === "asked" && wantsUsage);
  const last = { delta: {}, ...(finish !== undefined && { finish_reason: finish }) };
  const top = {
    ...(switches.usage === "with-finish" && { usage }),
    ...(switches.usage === "x_groq" && { x_groq: { id: `req_${context.id}`, usage } }),
  };
  return [
    ...(switches.finish === "absent"
      ? []
      : [choiceFrame({ ...last, ...(switches.usage === "in-choice" && { usage }) }, context, "end", top)]),
    ...(isOwn ? [chunkFrame([], context, { usage }, switches.finish === "absent" ? "end" : undefined)] : []),
    ...(switches.usage === "no-choices" ? [chunkFrame(undefined, context, { usage }, undefined)] : []),
    ...(switches.filterResults ? [trailingFilter(context)] : []),
    ...(switches.done ? [{ kind: "raw" as const, text: "data: [DONE]\n\n" }] : []),
  ];
}

/** The value of `finish_reason`; `undefined` leaves the member out. */
export function finishReason(
  pieces: readonly Piece[],
  { finish, calls }: ChatSwitches,
): string | null | undefined {
  if (finish === "null") return null;
  if (finish === "absent") return undefined;
  if (finish !== "standard") return finish;
  const hasCalls = pieces.some(({ kind }) => kind === "call");
  return hasCalls ? (calls === "legacy" ? "function_call" : "tool_calls") : "stop";
}

/** Azure's asynchronous filter reports after the end, without a delta. */
function trailingFilter(context: ChunkContext): Frame {
  const choice = {
    index: 0,
    finish_reason: null,
    content_filter_offsets: { check_offset: 0, start_offset: 0, end_offset: 1 },
    content_filter_results: { hate: { filtered: false, severity: "safe" } },
  };
  const members = { id: "", object: "", created: 0, model: "" };
  return { kind: "data", name: undefined, data: { ...chunk([choice], context), ...members } };
}

/** A chunk with one delta. */
export function deltaFrame(delta: JsonObject, context: ChunkContext, point: FaultPoint | undefined): Frame {
  const { role } = context.switches;
  return choiceFrame({ delta: { ...(role === "every" && { role: "assistant" }), ...delta } }, context, point);
}

function choiceFrame(
  choice: JsonObject,
  context: ChunkContext,
  point: FaultPoint | undefined,
  top: JsonObject = {},
): Frame {
  const { choiceIndex, nativeFinish, usage, usageShape } = context.switches;
  const whole = {
    ...(choiceIndex && { index: 0 }),
    logprobs: null,
    finish_reason: null,
    ...choice,
    ...(nativeFinish !== undefined && {
      native_finish_reason: choice["finish_reason"] === undefined ? null : nativeFinish,
    }),
  };
  const running = usage === "every" ? { usage: chatUsage(context.usage, usageShape) } : {};
  return chunkFrame([whole], context, { ...running, ...top }, point);
}

function plain(deltas: readonly JsonObject[], context: ChunkContext): readonly Frame[] {
  return deltas.map((delta) => deltaFrame(delta, context, undefined));
}

function chunkFrame(
  choices: readonly JsonObject[] | undefined,
  context: ChunkContext,
  members: JsonObject,
  point: FaultPoint | undefined,
): Frame {
  return { kind: "data", name: undefined, data: { ...chunk(choices, context), ...members }, point };
}

function chunk(choices: readonly JsonObject[] | undefined, context: ChunkContext): JsonObject {
  const { switches } = context;
  const text = JSON.stringify(choices ?? []);
  return {
    id: switches.emptyIds ? "" : context.id,
    object: "chat.completion.chunk",
    created: switches.emptyIds ? 0 : context.created,
    model: switches.emptyIds ? "" : context.model,
    ...switches.extraMembers,
    service_tier: context.serviceTier,
    system_fingerprint: "fp_simulator",
    ...(choices !== undefined && { choices }),
    ...(switches.usage === "asked" && context.wantsUsage && { usage: null }),
    ...(switches.obfuscation && !context.refusesObfuscation && { obfuscation: obfuscation(text) }),
  };
}

function paced(frames: readonly Frame[], paceMs: number): readonly Frame[] {
  if (paceMs === 0) return frames;
  return frames.flatMap((frame): Frame[] =>
    frame.kind === "data" ? [frame, { kind: "wait", milliseconds: paceMs }] : [frame],
  );
}
