import type { JsonObject } from "axio";

/** A part of a user message, or of a tool's output. */
export type InputContent = InputTextPart | InputImagePart | InputFilePart | InputAudioPart;

/** Text for the model. */
export interface InputTextPart {
  type: "input_text";
  text: string;
}

/** A picture for the model. */
export interface InputImagePart {
  type: "input_image";
  /** An address, or a `data:` URL. */
  image_url: string;
  detail: "auto" | "low" | "high" | "original";
}

/** A document for the model: its bytes with a name, or its address. */
export interface InputFilePart {
  type: "input_file";
  filename?: string;
  /** A `data:` URL. */
  file_data?: string;
  file_url?: string;
}

/** Speech or other sound for the model, in the form that the Codex backend takes. */
export interface InputAudioPart {
  type: "input_audio";
  /** An address, or a `data:` URL. */
  audio_url: string;
}

/** What the user said. */
export interface UserMessageItem {
  type: "message";
  role: "user";
  content: InputContent[];
}

/** What the assistant said, where the text did not come from this API. */
export interface AssistantMessageItem {
  type: "message";
  id: string;
  role: "assistant";
  status: "completed";
  content: AssistantContent[];
}

/** A part of an assistant message. */
export type AssistantContent =
  | { type: "output_text"; text: string; annotations: []; logprobs: [] }
  | { type: "refusal"; refusal: string };

/** A call that did not come from this API. */
export interface FunctionCallItem {
  type: "function_call";
  call_id: string;
  name: string;
  arguments: string;
}

/** What a function gave back. */
export interface FunctionCallOutputItem {
  type: "function_call_output";
  call_id: string;
  output: string | InputContent[];
}

/** What a custom (free text) tool gave back. */
export interface CustomToolCallOutputItem {
  type: "custom_tool_call_output";
  call_id: string;
  output: string | InputContent[];
}

/** An item that the server sent, on its way back. */
export interface ReplayedItem extends JsonObject {
  readonly type: string;
}

/** One element of a request's `input`. */
export type InputItem =
  | UserMessageItem
  | AssistantMessageItem
  | FunctionCallItem
  | FunctionCallOutputItem
  | CustomToolCallOutputItem
  | ReplayedItem;
