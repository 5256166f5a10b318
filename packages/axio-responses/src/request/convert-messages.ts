import type { Block, JsonObject, Message, TextBlock, ToolResultBlock, ToolUseBlock } from "axio";
import { type ResponsesData, responsesData } from "../provider-data.ts";
import { toInputContent, toToolOutput } from "./content.ts";
import { IdIssuer } from "./ids.ts";
import type {
  AssistantContent,
  InputContent,
  InputItem,
  ReplayedItem,
  UserMessageItem,
} from "./input-items.ts";
import { pairCalls } from "./pairing.ts";
import { callText, messageHead, replayedItem, replayedPart } from "./replay.ts";

/** A history in the form of a request. */
export interface ConvertedMessages {
  /** The texts of the `system` messages, in order. */
  readonly instructions: readonly string[];
  readonly input: InputItem[];
}

/**
 * Converts a history to the `input` of a request.
 *
 * No content is lost: results without their tool call become text of the user; images and documents of the assistant, which
 * the API accepts only from users, become the user's; tool calls without a result get one that says so. Reasoning is sent
 * back only if it came from this API, since no other provider can read it.
 *
 * @throws AxioError `unsupported-content` for an image type that the API does not accept.
 */
export function convertMessages(messages: readonly Message[]): ConvertedMessages {
  const instructions: string[] = [];
  const writer = new ItemWriter();
  for (const message of messages) {
    for (const block of message.content) {
      if (message.role === "system" && block.type === "text") instructions.push(block.text);
      else writeBlock(writer, message.role === "assistant", block);
    }
    writer.endMessage();
  }
  return {
    instructions: instructions.filter((text) => text !== ""),
    input: pairCalls(writer.items, new IdIssuer()),
  };
}

function writeBlock(writer: ItemWriter, isAssistant: boolean, block: Block): void {
  const data = responsesData(block);
  if (data !== undefined && replayBlock(writer, block, data)) return;
  switch (block.type) {
    case "text":
      if (block.text === "") return;
      if (isAssistant) writer.assistantContent(toAssistantContent(block));
      else writer.userContent(toInputContent(block));
      break;
    case "image":
    case "file":
      writer.userContent(toInputContent(block));
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
  const part = replayedPart(block);
  if (head !== undefined && part !== undefined) {
    writer.replayPart(head, part, data.partIndex ?? 0);
    return true;
  }
  const item = replayedItem(block, data);
  if (item !== undefined) writer.item(item);
  return item !== undefined;
}

function toAssistantContent(block: TextBlock): AssistantContent {
  return block.refusal === true
    ? { type: "refusal", refusal: block.text }
    : { type: "output_text", text: block.text, annotations: [], logprobs: [] };
}

function functionCall(block: ToolUseBlock): InputItem {
  return { type: "function_call", call_id: block.id, name: block.name, arguments: callText(block) };
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
