import { isJsonObject, type JsonObject } from "axio";
import { isToolCall } from "./item-blocks.ts";
import type { Slot } from "./output-slots.ts";
import type { Ending } from "./terminal.ts";
import { indexOf, objectsOf, textOf, type WireEvent } from "./wire-event.ts";

/** Stores what an event states about a part of an item, in case that no later event finishes the item. */
export function collectPart(slot: Slot, event: WireEvent & JsonObject): void {
  if (slot.isDone) return;
  const { type, text, refusal, part, annotation } = event;
  const contentIndex = indexOf(event.content_index) ?? 0;
  if (type.startsWith("response.reasoning_")) {
    if (!slot.mayBe("reasoning") || typeof text !== "string") return;
    slot.deltaType = "reasoning";
    slot.part(0);
    slot.paragraphs.set(`${type} ${String(indexOf(event.summary_index) ?? contentIndex)}`, text);
    return;
  }
  const input = event.arguments ?? event.input;
  if (typeof input === "string") slot.input = input;
  if (!slot.mayBe("message")) return;
  const whole = isJsonObject(part) ? part : finishedPart(text, refusal);
  if (whole !== undefined) {
    slot.deltaType = "message";
    slot.part(contentIndex);
    slot.wholeParts.set(contentIndex, whole);
  }
  if (isJsonObject(annotation)) {
    slot.annotations.set(contentIndex, [...(slot.annotations.get(contentIndex) ?? []), annotation]);
  }
}

function finishedPart(text: unknown, refusal: unknown): JsonObject | undefined {
  if (typeof text === "string") return { type: "output_text", text, annotations: [], logprobs: [] };
  return typeof refusal === "string" ? { type: "refusal", refusal } : undefined;
}

/**
 * Returns an item that no event has finished, as far as it arrived: from its finished parts, or else from its deltas. What was
 * shown must not be lost.
 *
 * @returns `undefined` if there is nothing, and for a tool call that is not known to be complete.
 */
export function assembleItem(slot: Slot, ending: Exclude<Ending, "failed">): JsonObject | undefined {
  const { item } = slot;
  if (item !== undefined && isToolCall(item)) return assembleCall(slot, item, ending);
  switch (item?.["type"] ?? slot.deltaType) {
    case "message":
      return assembleMessage(slot, ending);
    case "reasoning":
      return ending === "completed" ? assembleReasoning(slot) : undefined;
    default:
      return undefined;
  }
}

/** In a response that was cut off, only calls that the server calls complete may run. */
function assembleCall(slot: Slot, item: JsonObject, ending: Ending): JsonObject | undefined {
  if (ending === "incomplete" && item["status"] !== "completed") return undefined;
  const member = item["type"] === "custom_tool_call" ? "input" : "arguments";
  const text = textOf(item[member]) || slot.input || slot.part(0).text;
  return slot.isClosed || text !== "" ? { ...item, [member]: text } : undefined;
}

function assembleMessage(slot: Slot, ending: Ending): JsonObject | undefined {
  const deltas = slot
    .shownParts()
    .map(([index, { text, isRefusal }]): [number, JsonObject] => [
      index,
      isRefusal
        ? { type: "refusal", refusal: text }
        : { type: "output_text", text, annotations: [], logprobs: [] },
    ]);
  const parts = new Map([...deltas, ...slot.wholeParts]);
  if (parts.size === 0) return undefined;
  const sorted = [...parts].sort(([left], [right]) => left - right);
  const content = sorted.map(([, part]) => part);
  slot.partIndexes = sorted.map(([index]) => index);
  const status = ending === "completed" ? "completed" : "incomplete";
  return { ...(slot.item ?? { type: "message", role: "assistant" }), status, content };
}

function assembleReasoning(slot: Slot): JsonObject | undefined {
  const paragraphs = slot.paragraphs.size > 0 ? [...slot.paragraphs.values()] : [slot.part(0).text];
  const summary = paragraphs
    .filter((text) => text !== "")
    .map((text): JsonObject => ({ type: "summary_text", text }));
  if (summary.length === 0) return undefined;
  // The encrypted content of an item that is not finished may be incomplete.
  const { encrypted_content: _, ...head } = slot.item ?? { type: "reasoning" };
  return { ...head, summary };
}

/** Returns a message with the annotations that only events of their own have stated. */
export function withAnnotations(item: JsonObject, slot: Slot): JsonObject {
  if (slot.annotations.size === 0 || item["type"] !== "message") return item;
  const content = objectsOf(item["content"]).map((part, index) => {
    const annotations = slot.annotations.get(slot.partIndexes?.[index] ?? index);
    const isMissing = annotations !== undefined && objectsOf(part["annotations"]).length === 0;
    return isMissing ? { ...part, annotations } : part;
  });
  return { ...item, content };
}
