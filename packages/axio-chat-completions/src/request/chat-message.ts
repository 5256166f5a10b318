import type { JsonObject } from "axio";

/** One element of `messages`. */
export type ChatMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** The system prompt. */
export interface SystemMessage {
  role: "system" | "developer";
  content: string | TextPart[];
}

/** Input of the user. */
export interface UserMessage {
  role: "user";
  content: string | ContentPart[];
}

/**
 * Output of the model. Further members carry reasoning, under the name that the server uses. Parts that are not text are
 * the reasoning of servers that write it into `content`.
 */
export interface AssistantMessage {
  role: "assistant";
  content: string | (TextPart | ThinkingPart)[] | null;
  tool_calls?: ToolCallParam[] | undefined;
  reasoning_content?: string;
  reasoning?: string;
  reasoning_details?: JsonObject[];
  thinking_blocks?: JsonObject[];
}

/** The result of a tool call. */
export interface ToolMessage {
  role: "tool";
  tool_call_id: string;
  name?: string | undefined;
  content: string | ContentPart[];
}

/** A tool call of the model. Further members go back to the server that made the call. */
export interface ToolCallParam {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

/** One part of a message. */
export type ContentPart = TextPart | ImagePart | FilePart | AudioPart;

/** Text. `cache_control` ends the part of a prompt that the provider caches. */
export interface TextPart {
  type: "text";
  text: string;
  cache_control?: { type: "ephemeral" };
}

/** An image: a URL or a `data:` URL. */
export interface ImagePart {
  type: "image_url";
  image_url: { url: string; detail?: "auto" | "low" | "high" | undefined };
}

/** A file: a `data:` URL, or a URL if the server accepts one. */
export interface FilePart {
  type: "file";
  file: { filename: string; file_data: string };
}

/** A recording, in base64. */
export interface AudioPart {
  type: "input_audio";
  input_audio: { data: string; format: "wav" | "mp3" };
}

/** Reasoning within `content`. */
export interface ThinkingPart {
  type: "thinking";
  thinking: { type: "text"; text: string }[];
}
