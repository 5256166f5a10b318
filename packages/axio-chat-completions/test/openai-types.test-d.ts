// Nothing here runs: the assertion is that it compiles against OpenAI's own types.
import type OpenAI from "openai";
import type {
  AssistantMessage,
  ChatBody,
  ContentPart,
  ImagePart,
  SystemMessage,
  TextPart,
  ToolCallParam,
  ToolChoiceParam,
  ToolMessage,
  ToolParam,
} from "../src/index.ts";

type Params = OpenAI.Chat.ChatCompletionCreateParamsStreaming;
type Message = OpenAI.Chat.ChatCompletionMessageParam;
/** As it goes out: without members that are `undefined`. */
type Sent<T> = { [Name in keyof T]: Exclude<T[Name], undefined> };

export function systemIsTaken(message: SystemMessage): Message {
  return message;
}

export function partsAreTaken(
  parts: Exclude<ContentPart, ImagePart>[],
): OpenAI.Chat.ChatCompletionContentPart[] {
  return parts;
}

export function imageIsTaken(
  image: Sent<ImagePart["image_url"]>,
): OpenAI.Chat.ChatCompletionContentPartImage {
  return { type: "image_url", image_url: image };
}

/** Reasoning goes back to compatible servers only. */
export function assistantIsTaken(
  { role }: AssistantMessage,
  calls: ToolCallParam[],
  content: TextPart[],
): Message {
  return { role, content, tool_calls: calls };
}

/** Images in tool results are for servers that read them there. */
export function resultIsTaken({ role, tool_call_id }: ToolMessage, content: TextPart[]): Message {
  return { role, tool_call_id, content };
}

export function toolIsTaken({ type, function: called }: ToolParam): OpenAI.Chat.ChatCompletionTool {
  const { strict = false, ...rest } = called;
  return { type, function: { ...rest, strict } };
}

/** Mistral's word for `required`. */
export function choiceIsTaken(choice: Exclude<ToolChoiceParam, "any">): Params["tool_choice"] {
  return choice;
}

export function formatIsTaken(format: NonNullable<ChatBody["response_format"]>): Params["response_format"] {
  return format;
}

export function streamIsTaken({ stream, model }: ChatBody): Pick<Params, "stream" | "model"> {
  return { stream, model };
}

// @ts-expect-error A tool message names its call.
export const result: Message = { role: "tool", content: "" };

// @ts-expect-error There is no such choice.
export const choice: Params["tool_choice"] = "any";
