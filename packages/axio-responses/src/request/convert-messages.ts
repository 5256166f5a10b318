import type { Block, JsonObject, Message, TextBlock, ToolResultBlock, ToolUseBlock } from "axio";
import { type ResponsesData, responsesData } from "../provider-data.ts";
import { toInputContent, toToolOutput } from "./content.ts";
import { newestUserMessage, readHistory } from "./history.ts";
import { fitName, IdIssuer, relabel } from "./ids.ts";
import type {
  AssistantContent,
  InputContent,
  InputItem,
  ReplayedItem,
  UserMessageItem,
} from "./input-items.ts";
import { pairCalls } from "./pairing.ts";
import { callText, messageHead, outputText, replayedItem, replayedPart } from "./replay.ts";

/** A history in the form of a request. */
export interface ConvertedMessages {
  /** The texts of the `system` messages, in order. */
  readonly instructions: readonly string[];
  readonly input: InputItem[];
}

/**
 * Converts a history to the `input` of a request that the API accepts, whatever the history contains.
 *
 * No content is lost: results without their tool call become text of the user; images and documents of the assistant, which
 * the API accepts only from users, become the user's; tool calls without a result get one that says so. Reasoning is sent
 * back only if it came from this API, since no other provider can read it. What the API would reject is fitted or replaced
 * with a short text. Each message is converted without regard to later ones, so that requests keep their prefix.
 *
 * @param itemTypes The types of items that the service accepts. Default: all.
 * @throws AxioError `unsupported-content` for content of the newest user message that the API does not accept.
 */
export function convertMessages(
  given: readonly Message[],
  itemTypes?: ReadonlySet<string>,
): ConvertedMessages {
  const messages = readHistory(given);
  const newest = newestUserMessage(messages);
  const instructions: string[] = [];
  const items = messages.flatMap((message, index) => {
    const writer = new ItemWriter();
    let isReasoningLost = false;
    for (const block of message.content) {
      if (message.role === "system" && block.type === "text") instructions.push(block.text);
      else {
        const data = responsesData(block);
        const isAccepted = data !== undefined && itemTypes?.has(String(data.item["type"])) !== false;
        if (isAccepted && replayBlock(writer, block, data)) continue;
        isReasoningLost ||= block.type === "reasoning" && data !== undefined;
        writeBlock(writer, message.role === "assistant", block, index === newest);
      }
    }
    return withoutLoneReasoning(writer.items, isReasoningLost);
  });
  return {
    instructions: instructions.filter((text) => text !== ""),
    input: pairCalls(items, new IdIssuer()),
  };
}

function writeBlock(writer: ItemWriter, isAssistant: boolean, block: Block, isNewest: boolean): void {
  switch (block.type) {
    case "text":
      if (block.text === "") return;
      if (isAssistant) writer.assistantContent(toAssistantContent(block));
      else writer.userContent(toInputContent(block, isNewest));
      break;
    case "image":
    case "file":
      writer.userContent(toInputContent(block, isNewest));
      break;
    case "tool-use":
      writer.item(functionCall(block));
      break;
    case "tool-result":
      writer.item(functionCallOutput(block));
      break;
    case "reasoning":
    case "hosted-tool":
    case "opaque":
      break;
  }
}

/** Writes a block as it came. Returns whether that was possible. */
function replayBlock(writer: ItemWriter, block: Block, data: ResponsesData): boolean {
  const head = messageHead(data);
  const part = replayedPart(block, data);
  if (head !== undefined && part !== undefined) {
    writer.replayPart(head, part, data.partIndex ?? 0);
    return true;
  }
  const item = replayedItem(block, data);
  if (item !== undefined) writer.item(item);
  return item !== undefined;
}

/** Items that the API accepts without an id. Messages get one later, from their content. */
const HAS_OPTIONAL_ID: ReadonlySet<string> = new Set(["message", "function_call", "custom_tool_call"]);

/**
 * Removes reasoning that no output of the same message follows. The API rejects it, and it also rejects items under their ids
 * without the reasoning that led to them, so the items of such a message get other ids, or none.
 */
function withoutLoneReasoning(items: readonly InputItem[], isReasoningLost: boolean): readonly InputItem[] {
  const valid = items.filter((item, index) => {
    if (item.type !== "reasoning") return true;
    const next = items.slice(index + 1).find(({ type }) => type !== "reasoning");
    return (
      next !== undefined && (next.type.endsWith("_call") || ("role" in next && next["role"] === "assistant"))
    );
  });
  if (!isReasoningLost && valid.length === items.length) return items;
  return valid.map((item) => {
    if (item.type === "reasoning") return item;
    const { id, ...rest } = item as ReplayedItem;
    const isOptional = HAS_OPTIONAL_ID.has(item.type) || typeof id !== "string";
    return isOptional ? (rest as ReplayedItem) : ({ ...item, id: relabel(id) } as ReplayedItem);
  });
}

function toAssistantContent(block: TextBlock): AssistantContent {
  return block.refusal === true ? { type: "refusal", refusal: block.text } : outputText(block.text);
}

function functionCall(block: ToolUseBlock): InputItem {
  return { type: "function_call", call_id: block.id, name: fitName(block.name), arguments: callText(block) };
}

function functionCallOutput(block: ToolResultBlock): InputItem {
  return { type: "function_call_output", call_id: block.toolCallId, output: toToolOutput(block.content) };
}

/** Writes items, and joins the parts of a message. */
class ItemWriter {
  readonly items: InputItem[] = [];
  #userContent: InputContent[] | undefined;
  #assistantContent: AssistantContent[] | undefined;
  #replayed: { readonly id: unknown; readonly content: JsonObject[]; nextPart: number } | undefined;

  /** Ends the current message. */
  endMessage(): void {
    this.#userContent = undefined;
    this.#assistantContent = undefined;
    this.#replayed = undefined;
  }

  item(item: InputItem): void {
    this.endMessage();
    this.items.push(item);
  }

  userContent(part: InputContent): void {
    if (this.#userContent === undefined) {
      const item: UserMessageItem = { type: "message", role: "user", content: [] };
      this.item(item);
      this.#userContent = item.content;
    }
    this.#userContent.push(part);
  }

  assistantContent(part: AssistantContent): void {
    if (this.#assistantContent === undefined) {
      const content: AssistantContent[] = [];
      this.item({ type: "message", id: "", role: "assistant", status: "completed", content });
      this.#assistantContent = content;
    }
    this.#assistantContent.push(part);
  }

  /** Adds a part to the previous message if it follows there; otherwise begins another message. */
  replayPart(head: ReplayedItem, part: JsonObject, partIndex: number): void {
    const id = head["id"];
    if (this.#replayed === undefined || this.#replayed.id !== id || partIndex < this.#replayed.nextPart) {
      const content: JsonObject[] = [];
      this.item({ ...head, content });
      this.#replayed = { id, content, nextPart: 0 };
    }
    this.#replayed.content.push(part);
    this.#replayed.nextPart = partIndex + 1;
  }
}
