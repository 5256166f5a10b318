// Nothing here runs: the assertion is that it compiles against OpenAI's own types.
import type OpenAI from "openai";
import type { InputItem, RequestBody } from "../src/index.ts";
import type { InputAudioPart, InputContent, ReplayedItem } from "../src/request/input-items.ts";
import type { EventType } from "../src/stream/decoder.ts";
import type { WireEvent } from "../src/stream/wire-event.ts";

type Params = OpenAI.Responses.ResponseCreateParamsStreaming;
type ServerEvent = OpenAI.Responses.ResponseStreamEvent;

/** Members that only the Codex backend has. */
type CodexOnly = "client_metadata";
/** Members that are open here, since a model's own list says what it takes, and closed in OpenAI's types. */
type Open = "reasoning" | "service_tier";
/** Items that we write ourselves. Those on their way back are as the server sent them, of whatever type. */
type OwnItem = WithoutAudio<Exclude<InputItem, ReplayedItem>>;
/** Sound goes in a part that only the Codex backend has. */
type OwnPart = Exclude<InputContent, InputAudioPart>;
type WithoutAudio<Item> = Item extends { content: InputContent[] }
  ? Omit<Item, "content"> & { content: OwnPart[] }
  : Item extends { output: string | InputContent[] }
    ? Omit<Item, "output"> & { output: string | OwnPart[] }
    : Item;

type Strict = Omit<RequestBody, CodexOnly | Open | "input" | "tool_choice"> & {
  // OpenAI's types know this choice by the name that the search had before.
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

/** Events of the ChatGPT backend and of older servers, which OpenAI's types do not name. */
type ForeignEvent = "response.done";

export function everyEventThatIsReadExists(type: Exclude<EventType, ForeignEvent>): ServerEvent["type"] {
  return type;
}

export function refused(body: Strict): readonly Params[] {
  return [
    // @ts-expect-error A tool choice is not free text.
    { ...body, tool_choice: "sometimes" },
    // @ts-expect-error A request that is streamed says so.
    { ...body, stream: false },
  ];
}

// @ts-expect-error A picture needs its `detail`.
export const picture: OpenAI.Responses.ResponseInputContent = { type: "input_image", image_url: "" };

// @ts-expect-error An output names its call.
export const output: OpenAI.Responses.ResponseInputItem = { type: "function_call_output", output: "" };

// @ts-expect-error There is no such event.
export const unknownEvent: ServerEvent["type"] = "response.output_text.finished";

// @ts-expect-error An own item is none of those that go back as they came.
export const notOwn: OwnItem = { type: "web_search_call", id: "ws_1" };
