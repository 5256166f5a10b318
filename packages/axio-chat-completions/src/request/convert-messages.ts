import type { Message } from "axio";
import type { Dialect } from "../dialect/dialect.ts";
import { readChatData } from "../provider-data.ts";
import { type MessageContext, toAssistantMessage } from "./assistant-message.ts";
import { CallIds } from "./call-ids.ts";
import type { ChatMessage, ContentPart } from "./chat-message.ts";
import { toToolResult } from "./tool-result.ts";
import { type AssistantTurn, toTurns } from "./turns.ts";
import { toContentPart, toUserContent } from "./user-content.ts";

/** The texts of the `system` messages, in order. */
export function systemTexts(messages: readonly Message[]): readonly string[] {
  return messages
    .filter(({ role }) => role === "system")
    .flatMap(({ content }) => content.flatMap((block) => (block.type === "text" ? [block.text] : [])));
}

/**
 * Turns a history into the messages that follow the system prompt. Any history gives messages that the server accepts.
 *
 * @throws AxioError `unsupported-content` if the user just wrote an image or file that the server does not read.
 */
export function convertMessages(messages: readonly Message[], context: MessageContext): ChatMessage[] {
  const ids = new CallIds(context.dialect.toolCallIds);
  const converted: ChatMessage[] = [];
  // Media of tool results and of the assistant, for the next user message.
  let media: ContentPart[] = [];
  for (const turn of toTurns(messages)) {
    if (turn.role === "assistant") {
      pushUser(converted, media, context.dialect);
      media = pushStep(converted, turn, ids, context);
    } else {
      const parts = turn.entries.map((entry) => toContentPart(entry, context.dialect));
      pushUser(converted, [...media, ...parts], context.dialect);
      media = [];
    }
  }
  pushUser(converted, media, context.dialect);
  return converted;
}

/** Adds one step of the model with the results of its calls. Returns the media that cannot stand in these messages. */
function pushStep(
  converted: ChatMessage[],
  { blocks, calls: paired }: AssistantTurn,
  ids: CallIds,
  context: MessageContext,
): ContentPart[] {
  const { dialect, names, origin } = context;
  const calls = paired.map((pair) => ({
    ...pair,
    id: ids.issue(pair.call.id, origin !== undefined && readChatData(pair.call, origin) !== undefined),
  }));
  const media: ContentPart[] = [];
  const hasText = blocks.some((block) => block.type === "text" && block.text !== "");
  if (hasText || calls.length > 0) converted.push(toAssistantMessage({ blocks, calls }, context));
  else converted.push({ role: "assistant", content: "[See the next message.]" });
  for (const { id, call, result } of calls) {
    const name = names.toWire(call.name);
    const content = toToolResult(result, dialect);
    converted.push({
      role: "tool",
      tool_call_id: id,
      name: dialect.toolResultName ? name : undefined,
      content: content.content,
    });
    if (content.media.length === 0) continue;
    media.push({ type: "text", text: `From the result of the tool ${name}:` }, ...content.media);
  }
  const own = blocks.filter((block) => block.type === "image" || block.type === "file");
  if (own.length > 0) media.push({ type: "text", text: "From the assistant:" });
  return [...media, ...own.map((block) => toContentPart({ block, isNew: false }, dialect))];
}

function pushUser(converted: ChatMessage[], parts: readonly ContentPart[], dialect: Dialect): void {
  if (parts.length === 0) return;
  if (dialect.assistantAfterToolResult !== undefined && converted.at(-1)?.role === "tool") {
    converted.push({ role: "assistant", content: dialect.assistantAfterToolResult });
  }
  converted.push({ role: "user", content: toUserContent(parts) });
}
