import type { JsonObject } from "axio";

/** A part of a user message, or of a tool result. */
export type InputContent = InputTextPart | InputImagePart | InputFilePart | InputAudioPart;

/** Text for the model. */
export type InputTextPart = {
  type: "input_text";
  text: string;
};

/** An image for the model. */
export type InputImagePart = {
  type: "input_image";
  /** A URL, also a `data:` URL. */
  image_url: string;
  detail: "auto" | "low" | "high" | "original";
};

/** A document for the model: its bytes with a name, or its URL. */
export type InputFilePart = {
  type: "input_file";
  filename?: string;
  /** A `data:` URL. */
  file_data?: string;
  file_url?: string;
};

/** Audio for the model, in the form of the Codex backend. */
export type InputAudioPart = {
  type: "input_audio";
  /** A URL, also a `data:` URL. */
  audio_url: string;
};

/** A message of the user. */
export type UserMessageItem = {
  type: "message";
  role: "user";
  content: InputContent[];
};

/** A message of the assistant that did not come from this API. */
export type AssistantMessageItem = {
  type: "message";
  id: string;
  role: "assistant";
  status: "completed";
  content: AssistantContent[];
};

/** A part of an assistant message. */
export type AssistantContent =
  | { type: "output_text"; text: string; annotations: []; logprobs: [] }
  | { type: "refusal"; refusal: string };

/** A tool call that did not come from this API. */
export type FunctionCallItem = {
  type: "function_call";
  call_id: string;
  name: string;
  arguments: string;
};

/** The result of a function. */
export type FunctionCallOutputItem = {
  type: "function_call_output";
  call_id: string;
  output: string | InputContent[];
};

/** The result of a custom (free-form) tool. */
export type CustomToolCallOutputItem = {
  type: "custom_tool_call_output";
  call_id: string;
  output: string | InputContent[];
};

/** An item that the server sent, as it is sent back. */
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
