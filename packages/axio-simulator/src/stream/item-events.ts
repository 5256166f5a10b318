import type { JsonObject } from "../json.ts";
import { cutText, obfuscation } from "./cut-text.ts";
import { eventFrame, type Frame, type WireEvent } from "./frames.ts";

/** An item at its beginning and its end, with the events between. */
export interface StreamedItem {
  readonly added: JsonObject;
  readonly done: JsonObject;
  readonly between: readonly WireEvent[];
}

/** The frames of one item. */
export function itemFrames({ added, between, done }: StreamedItem, outputIndex: number): Frame[] {
  const place = { output_index: outputIndex };
  return [
    eventFrame({ type: "response.output_item.added", item: added, ...place }),
    ...between.map((event) => eventFrame({ ...event, ...place })),
    eventFrame({ type: "response.output_item.done", item: done, ...place }),
  ];
}

/** A reasoning item. `summary` is empty if the client did not ask for it. */
export function reasoningItem(
  id: string,
  summary: readonly string[],
  encrypted: { readonly added: string; readonly done: string } | undefined,
): StreamedItem {
  const parts = summary.map((text) => ({ type: "summary_text", text }));
  const between = summary.flatMap((text, index): WireEvent[] => {
    const place = { item_id: id, summary_index: index };
    return [
      { type: "response.reasoning_summary_part.added", ...place, part: { type: "summary_text", text: "" } },
      ...deltas("response.reasoning_summary_text.delta", text, place),
      { type: "response.reasoning_summary_text.done", ...place, text },
      { type: "response.reasoning_summary_part.done", ...place, part: { type: "summary_text", text } },
    ];
  });
  const base = { id, type: "reasoning" };
  return {
    added: { ...base, ...(encrypted && { encrypted_content: encrypted.added }), summary: [] },
    between,
    done: { ...base, ...(encrypted && { encrypted_content: encrypted.done }), summary: parts },
  };
}

/** A message of the assistant with text or a refusal. */
export function messageItem(
  id: string,
  phase: "commentary" | "final_answer",
  part: { readonly kind: "text" | "refusal"; readonly text: string; readonly citedUrl?: string },
): StreamedItem {
  const place = { item_id: id, content_index: 0 };
  const annotations = part.citedUrl === undefined ? [] : [citation(part.citedUrl, part.text)];
  const text = (value: string): JsonObject =>
    part.kind === "text"
      ? { type: "output_text", annotations: value === "" ? [] : annotations, logprobs: [], text: value }
      : { type: "refusal", refusal: value };
  const between: WireEvent[] =
    part.kind === "text"
      ? [
          ...deltas("response.output_text.delta", part.text, { ...place, logprobs: [] }),
          { type: "response.output_text.done", ...place, logprobs: [], text: part.text },
        ]
      : [
          ...deltas("response.refusal.delta", part.text, place),
          { type: "response.refusal.done", ...place, refusal: part.text },
        ];
  const base = { id, type: "message", phase, role: "assistant" };
  return {
    added: { ...base, status: "in_progress", content: [] },
    between: [
      { type: "response.content_part.added", ...place, part: text("") },
      ...between,
      { type: "response.content_part.done", ...place, part: text(part.text) },
    ],
    done: { ...base, status: "completed", content: [text(part.text)] },
  };
}

/** A citation of a page for the whole text. */
function citation(url: string, text: string): JsonObject {
  return { type: "url_citation", url, title: "A page", start_index: 0, end_index: text.length };
}

/** A generated image, which is always one pixel. */
export function imageItem(id: string, prompt: string): StreamedItem {
  const base = { id, type: "image_generation_call" };
  const place = { item_id: id };
  return {
    added: { ...base, status: "in_progress" },
    between: [
      { type: "response.image_generation_call.in_progress", ...place },
      { type: "response.image_generation_call.generating", ...place },
      {
        type: "response.image_generation_call.partial_image",
        ...place,
        partial_image_index: 0,
        partial_image_b64: DOT,
        output_format: "png",
      },
    ],
    done: {
      ...base,
      status: "completed",
      background: "opaque",
      output_format: "png",
      quality: "low",
      result: DOT,
      revised_prompt: prompt,
      size: "1x1",
    },
  };
}

/** A PNG of one pixel. */
export const DOT =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** A call of a function tool. */
export function functionCallItem(
  id: string,
  callId: string,
  tool: { readonly name: string; readonly namespace: string | undefined },
  args: string,
): StreamedItem {
  const base = { id, type: "function_call", call_id: callId, ...named(tool) };
  return {
    added: { ...base, status: "in_progress", arguments: "" },
    between: [
      ...deltas("response.function_call_arguments.delta", args, { item_id: id }),
      { type: "response.function_call_arguments.done", item_id: id, name: tool.name, arguments: args },
    ],
    done: { ...base, status: "completed", arguments: args },
  };
}

/** A call of a custom tool, whose input is free text. */
export function customCallItem(
  id: string,
  callId: string,
  tool: { readonly name: string; readonly namespace: string | undefined },
  input: string,
): StreamedItem {
  const base = { id, type: "custom_tool_call", call_id: callId, ...named(tool) };
  return {
    added: { ...base, status: "in_progress", input: "" },
    between: [
      ...deltas("response.custom_tool_call_input.delta", input, { item_id: id }),
      { type: "response.custom_tool_call_input.done", item_id: id, input },
    ],
    done: { ...base, status: "completed", input },
  };
}

/** A web search. It names its pages if the request asks for them. */
export function webSearchItem(id: string, query: string, namesPages: boolean): StreamedItem {
  const action = { type: "search", query, queries: [query] };
  const base = { id, type: "web_search_call", action };
  const sources = ["https://example.test/one", "https://example.test/two"].map((url) => ({
    type: "url",
    url,
  }));
  const place = { item_id: id };
  return {
    added: { ...base, status: "in_progress" },
    between: [
      { type: "response.web_search_call.in_progress", ...place },
      { type: "response.web_search_call.searching", ...place },
      { type: "response.web_search_call.completed", ...place },
    ],
    done: { ...base, status: "completed", ...(namesPages && { action: { ...action, sources } }) },
  };
}

/** The item that replaces everything before it. */
export function compactionItem(id: string, encryptedContent: string): StreamedItem {
  const item = { id, type: "compaction", encrypted_content: encryptedContent };
  return { added: item, between: [], done: item };
}

/** A call does not name the namespace `functions`. */
function named(tool: { readonly name: string; readonly namespace: string | undefined }): JsonObject {
  const namespace = tool.namespace === "functions" ? undefined : tool.namespace;
  return { name: tool.name, ...(namespace !== undefined && { namespace }) };
}

function deltas(type: string, text: string, rest: JsonObject): WireEvent[] {
  return cutText(text).map((delta) => ({ type, delta, ...rest, obfuscation: obfuscation(delta) }));
}
