import type { JsonObject } from "../json.ts";
import { cutText } from "../stream/cut-text.ts";
import { countTokens } from "../stream/envelope.ts";
import type { DataFrame, FaultPoint, Frame } from "../stream/frames.ts";
import type { ScriptedUsage } from "../stream/script.ts";
import { type PlannedBlock, type PlannedStep, wholeBlock } from "./content.ts";
import type { CachedUsage } from "./prompt-cache.ts";

/** The facts of one response. */
export interface MessageContext {
  readonly id: string;
  readonly model: string;
  readonly usage: CachedUsage;
  /** The output tokens that a script states. Default: estimates. */
  readonly statedOutput?: Pick<ScriptedUsage, "outputTokens" | "reasoningTokens"> | undefined;
  /** The members that tell how the turn ends. */
  readonly stop: {
    readonly stop_reason: string;
    readonly stop_sequence: string | null;
    readonly stop_details: JsonObject | null;
  };
  /** The thinking blocks that were dropped. */
  readonly transformations: readonly JsonObject[];
  /** The container of the code execution, if there is one. */
  readonly container: JsonObject | undefined;
  /** Milliseconds between two deltas. */
  readonly paceMs: number;
}

/** One event. */
export function claudeEvent(type: string, members: JsonObject, point?: FaultPoint): DataFrame {
  return { kind: "data", name: type, data: { type, ...members }, point };
}

/** The events of a response. */
export function messageFrames(steps: readonly PlannedStep[], context: MessageContext): readonly Frame[] {
  let index = 0;
  const blocks = steps.flatMap((step): readonly Frame[] => {
    if ("waitMs" in step) return [{ kind: "wait", milliseconds: step.waitMs }];
    const frames = blockFrames(step, index);
    index += 1;
    return frames;
  });
  const { stop, container } = context;
  return [
    claudeEvent("message_start", { message: startMessage(context) }, "created"),
    ...withPing(paced(blocks, context.paceMs)),
    claudeEvent(
      "message_delta",
      {
        delta: { ...stop, ...(container !== undefined && { container }) },
        usage: finalUsage(steps, context),
      },
      "end",
    ),
    claudeEvent("message_stop", {}),
  ];
}

/** A ping follows the first event of the first block. */
function withPing(frames: readonly Frame[]): readonly Frame[] {
  return [...frames.slice(0, 1), claudeEvent("ping", {}), ...frames.slice(1)];
}

function startMessage(context: MessageContext): JsonObject {
  const { id, model, usage, transformations } = context;
  return {
    id,
    type: "message",
    role: "assistant",
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: { ...inputUsage(usage), output_tokens: 1, service_tier: "standard", inference_geo: "global" },
    ...(transformations.length > 0 && { input_transformations: transformations }),
  };
}

/** The body of a response that is not streamed. */
export function messageBody(steps: readonly PlannedStep[], context: MessageContext): JsonObject {
  const { container } = context;
  return {
    ...startMessage(context),
    content: blocksOf(steps).map(wholeBlock),
    ...context.stop,
    usage: { ...inputUsage(context.usage), ...finalUsage(steps, context), service_tier: "standard" },
    ...(container !== undefined && { container }),
  };
}

function blocksOf(steps: readonly PlannedStep[]): readonly PlannedBlock[] {
  return steps.flatMap((step) => ("waitMs" in step ? [] : [step]));
}

function inputUsage({ inputTokens, readTokens, writtenTokens }: CachedUsage): JsonObject {
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: writtenTokens["5m"] + writtenTokens["1h"],
    cache_read_input_tokens: readTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: writtenTokens["5m"],
      ephemeral_1h_input_tokens: writtenTokens["1h"],
    },
  };
}

/** The final figures, which are cumulative. */
function finalUsage(steps: readonly PlannedStep[], { usage, statedOutput }: MessageContext): JsonObject {
  const blocks = blocksOf(steps);
  const { cache_creation: _split, ...input } = inputUsage(usage);
  const thinking = tokensOf(blocks.filter(({ block }) => String(block["type"]).includes("thinking")));
  const count = (name: string): number => blocks.filter(({ block }) => block["name"] === name).length;
  const [searches, fetches] = [count("web_search"), count("web_fetch")];
  return {
    ...input,
    output_tokens: statedOutput?.outputTokens ?? Math.max(1, tokensOf(blocks)),
    output_tokens_details: { thinking_tokens: statedOutput?.reasoningTokens ?? thinking },
    ...(searches + fetches > 0 && {
      server_tool_use: { web_search_requests: searches, web_fetch_requests: fetches },
    }),
  };
}

function tokensOf(blocks: readonly PlannedBlock[]): number {
  return blocks.reduce((sum, block) => sum + countTokens(JSON.stringify(wholeBlock(block))), 0);
}

function blockFrames({ block, inputText }: PlannedBlock, index: number): readonly Frame[] {
  const { start, deltas } = opened(block, inputText);
  return [
    claudeEvent("content_block_start", { index, content_block: start }),
    ...deltas.map(([delta, point]) => claudeEvent("content_block_delta", { index, delta }, point)),
    claudeEvent("content_block_stop", { index }, stopPoint(block)),
  ];
}

function stopPoint({ type }: JsonObject): FaultPoint | undefined {
  return type === "text" ? "after-text" : type === "tool_use" ? "after-call" : undefined;
}

type PlacedDelta = readonly [delta: JsonObject, point: FaultPoint | undefined];

/** A block as it begins, and its deltas. */
function opened(
  block: JsonObject,
  inputText: string | undefined,
): { readonly start: JsonObject; readonly deltas: readonly PlacedDelta[] } {
  switch (block["type"]) {
    case "text": {
      const { citations, ...rest } = block;
      const sources = Array.isArray(citations) ? citations : [];
      return {
        start: { ...rest, text: "", ...(sources.length > 0 && { citations: [] }) },
        deltas: [
          ...sources.map((citation): PlacedDelta => [{ type: "citations_delta", citation }, undefined]),
          ...cutText(String(block["text"])).map(
            (text): PlacedDelta => [{ type: "text_delta", text }, "text"],
          ),
        ],
      };
    }
    case "thinking":
      return {
        start: { ...block, thinking: "", signature: "" },
        deltas: [
          ...cutText(String(block["thinking"])).map(
            (thinking): PlacedDelta => [{ type: "thinking_delta", thinking }, "reasoning"],
          ),
          [{ type: "signature_delta", signature: block["signature"] }, undefined],
        ],
      };
    default:
      return { start: block, deltas: inputText === undefined ? [] : inputDeltas(inputText) };
  }
}

/** The pieces of an input. The first is empty, and one without members has no other. */
function inputDeltas(inputText: string): readonly PlacedDelta[] {
  const pieces = inputText === "{}" ? [""] : ["", ...cutText(inputText)];
  return pieces.map((text) => [{ type: "input_json_delta", partial_json: text }, "arguments"]);
}

function paced(frames: readonly Frame[], paceMs: number): readonly Frame[] {
  if (paceMs === 0) return frames;
  return frames.flatMap((frame): readonly Frame[] =>
    frame.kind === "data" && frame.name === "content_block_delta"
      ? [frame, { kind: "wait", milliseconds: paceMs }]
      : [frame],
  );
}
