import type { JsonObject } from "axio";
import { type EventTemplate, eventTemplate, fillTemplate } from "../shared/event-text.ts";

/** An item whose block has not ended. */
export interface OpenItem {
  readonly id: string;
  readonly outputIndex: number;
  readonly kind: "message" | "reasoning" | "call" | "custom-call" | "hosted";
  text: string;
  /** The index of the summary part of reasoning, -1 before the first. */
  part: number;
  /** The text before the current summary part. */
  partStart: number;
  /** The end of an event with a text of the item, after its sequence number. */
  template?: EventTemplate;
}

/** The type of the event with a text. */
export const TEXT_DELTA = "response.output_text.delta";

const TEXT_DELTA_START = `event: ${TEXT_DELTA}\ndata: {"type":"${TEXT_DELTA}","sequence_number":`;

/** Returns the members of the event with a text of an item. */
export function textMembers(item: OpenItem, delta: string): JsonObject {
  return { ...place(item), content_index: 0, delta, logprobs: [] };
}

/** Writes the event with a text of an item as a server-sent event. */
export function textDeltaText(item: OpenItem, sequence: number, delta: string): string {
  item.template ??= eventTemplate((text) => `,${JSON.stringify(textMembers(item, text)).slice(1)}\n\n`);
  return TEXT_DELTA_START + sequence + fillTemplate(item.template, delta);
}

/** Returns where an item is in the output. */
export function place({ id, outputIndex }: OpenItem): JsonObject {
  return { item_id: id, output_index: outputIndex };
}

/** Returns the beginning of the type of the events with the input of a call. */
export function callEvent({ kind }: OpenItem): string {
  return kind === "custom-call" ? "response.custom_tool_call_input" : "response.function_call_arguments";
}
