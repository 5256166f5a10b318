import type { JsonObject } from "axio";

/** A part of a user message, or of a tool's output. */
export type InputContent = InputTextPart | InputImagePart | InputFilePart | InputAudioPart;

/** Text for the model. */
export type InputTextPart = {
  type: "input_text";
  text: string;
};

/** A picture for the model. */
export type InputImagePart = {
  type: "input_image";
  /** An address, or a `data:` URL. */
  image_url: string;
  detail: "auto" | "low" | "high" | "original";
};

/** A document for the model: its bytes with a name, or its address. */
export type InputFilePart = {
  type: "input_file";
  filename?: string;
  /** A `data:` URL. */
  file_data?: string;
  file_url?: string;
};

/** Speech or other sound for the model, in the form that the Codex backend takes. */
export type InputAudioPart = {
  type: "input_audio";
  /** An address, or a `data:` URL. */
  audio_url: string;
};

/** What the user said. */
export type UserMessageItem = {
  type: "message";
  role: "user";
  content: InputContent[];
};

/** What the assistant said, where the text did not come from this API. */
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

/** A call that did not come from this API. */
export type FunctionCallItem = {
  type: "function_call";
  call_id: string;
  name: string;
  arguments: string;
};

/** What a function gave back. */
export type FunctionCallOutputItem = {
  type: "function_call_output";
  call_id: string;
  output: string | InputContent[];
};

/** What a custom (free text) tool gave back. */
export type CustomToolCallOutputItem = {
  type: "custom_tool_call_output";
  call_id: string;
  output: string | InputContent[];
};

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
