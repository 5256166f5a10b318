// Nothing here runs: the assertion is that it compiles against OpenAI's own types.
import type OpenAI from "openai";
import type {
  AssistantMessage,
  ChatBody,
  ChatMessage,
  ResponseFormatParam,
  TextPart,
  ToolChoiceParam,
  ToolParam,
} from "../src/index.ts";

type Params = OpenAI.Chat.ChatCompletionCreateParamsStreaming;
type Message = OpenAI.Chat.ChatCompletionMessageParam;

/** Members that only compatible servers have. */
type WithoutReasoning = Omit<
  AssistantMessage,
  "content" | "reasoning" | "reasoning_content" | "reasoning_details" | "thinking_blocks"
> & { content: string | TextPart[] | null };
/** Images in tool results are for servers that read them there. */
type ToolText = Extract<ChatMessage, { role: "tool" }> & { content: string | TextPart[] };
type OpenAIMessage = Exclude<ChatMessage, { role: "assistant" | "tool" }> | WithoutReasoning | ToolText;

export function messagesAreTaken(messages: OpenAIMessage[]): Message[] {
  return messages;
}

export function toolsAreTaken(tools: ToolParam[]): Params["tools"] {
  return tools;
}

/** Mistral's word for `required`. */
export function choiceIsTaken(choice: Exclude<ToolChoiceParam, "any">): Params["tool_choice"] {
  return choice;
}

export function formatIsTaken(format: ResponseFormatParam): Params["response_format"] {
  return format;
}

export function streamIsTaken({ stream, model }: ChatBody): Pick<Params, "stream" | "model"> {
  return { stream, model };
}

// @ts-expect-error A tool message names its call.
export const result: Message = { role: "tool", content: "" };

// @ts-expect-error There is no such choice.
export const choice: Params["tool_choice"] = "any";
