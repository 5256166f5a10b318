// Nothing here runs: the assertion is that it compiles against OpenAI's own types.
import type OpenAI from "openai";
import type { InputItem, RequestBody } from "../src/index.ts";
import type { InputAudioPart, InputContent, ReplayedItem } from "../src/request/input-items.ts";
import type { EventType } from "../src/stream/event-type.ts";
import type { WireEvent } from "../src/stream/wire-event.ts";

type Params = OpenAI.Responses.ResponseCreateParamsStreaming;
type ServerEvent = OpenAI.Responses.ResponseStreamEvent;

/** Parameters that only the Codex backend has. */
type CodexOnly = "client_metadata";
/** Parameters that are open here, since the list of models states their values, and closed in OpenAI's types. */
type Open = "reasoning" | "service_tier";
/** Items that we create. Items that are sent back are as the server sent them, of any type. */
type OwnItem = WithoutAudio<Exclude<InputItem, ReplayedItem>>;
/** Only the Codex backend has a part for audio. */
type OwnPart = Exclude<InputContent, InputAudioPart>;
type WithoutAudio<Item> = Item extends { content: InputContent[] }
  ? Omit<Item, "content"> & { content: OwnPart[] }
  : Item extends { output: string | InputContent[] }
    ? Omit<Item, "output"> & { output: string | OwnPart[] }
    : Item;

type Strict = Omit<RequestBody, CodexOnly | Open | "input" | "tool_choice"> & {
  // OpenAI's types have this choice under an older name.
  tool_choice: Exclude<RequestBody["tool_choice"], { type: "web_search" | "image_generation" }>;
  reasoning?: { effort?: NonNullable<OpenAI.ReasoningEffort>; summary?: "auto" | "concise" | "detailed" };
  service_tier?: "priority" | "flex";
  input: OwnItem[];
};

export function bodyIsTaken(body: Strict): Params {
  return body;
}

export function toolsAreTaken(tools: RequestBody["tools"]): OpenAI.Responses.Tool[] {
  return tools;
}

export function everyServerEventCanBeRead(event: ServerEvent): WireEvent {
  return event;
}

/** Events of older servers, which OpenAI's types do not have. */
type ForeignEvent = "response.done";

export function everyEventThatIsReadExists(type: Exclude<EventType, ForeignEvent>): ServerEvent["type"] {
  return type;
}

export function refused(body: Strict): readonly Params[] {
  return [
    // @ts-expect-error A tool choice is not any text.
    { ...body, tool_choice: "sometimes" },
    // @ts-expect-error A streaming request must say so.
    { ...body, stream: false },
  ];
}

// @ts-expect-error An image needs `detail`.
export const picture: OpenAI.Responses.ResponseInputContent = { type: "input_image", image_url: "" };

// @ts-expect-error A result needs its call id.
export const output: OpenAI.Responses.ResponseInputItem = { type: "function_call_output", output: "" };

// @ts-expect-error There is no such event.
export const unknownEvent: ServerEvent["type"] = "response.output_text.finished";

// @ts-expect-error An item that we create is not an item that is sent back.
export const notOwn: OwnItem = { type: "web_search_call", id: "ws_1" };
