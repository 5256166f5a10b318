import type { JsonObject } from "../json.ts";
import { type ChunkContext, finishReason } from "./chunks.ts";
import type { Piece, PlannedCall } from "./pieces.ts";
import { chatUsage } from "./usage.ts";

/** The body of a response that is not streamed. */
export function completionBody(pieces: readonly Piece[], context: ChunkContext): JsonObject {
  const { switches } = context;
  const calls = pieces.flatMap((piece) => (piece.kind === "call" ? [piece.call] : []));
  const annotations = pieces.flatMap((piece) => (piece.kind === "annotations" ? piece.annotations : []));
  const text = textOf(pieces, "text");
  const refusal = textOf(pieces, "refusal");
  const reasoning = textOf(pieces, "reasoning");
  const isShown = ["reasoning_content", "reasoning", "both", "reasoning_details"].includes(
    switches.reasoning,
  );
  const name = switches.reasoning === "reasoning_content" ? "reasoning_content" : "reasoning";
  const message = {
    role: "assistant",
    content: text === "" && (calls.length > 0 || refusal !== "") ? null : text,
    refusal: refusal === "" ? null : refusal,
    annotations,
    ...(isShown && reasoning !== "" && { [name]: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls.map(wholeCall) }),
  };
  const finish = finishReason(pieces, switches) ?? null;
  return {
    id: context.id,
    object: "chat.completion",
    created: context.created,
    model: context.model,
    ...switches.extraMembers,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    usage: chatUsage(context.usage, switches.usageShape),
    service_tier: context.serviceTier,
    system_fingerprint: "fp_simulator",
  };
}

function textOf(pieces: readonly Piece[], wanted: "text" | "refusal" | "reasoning"): string {
  return pieces.flatMap((piece) => (piece.kind === wanted && "text" in piece ? [piece.text] : [])).join("");
}

function wholeCall(call: PlannedCall): JsonObject {
  return call.isCustom
    ? { id: call.id, type: "custom", custom: { name: call.name, input: call.arguments } }
    : { id: call.id, type: "function", function: { name: call.name, arguments: call.arguments } };
}
