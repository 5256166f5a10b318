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

/** A history in the form that a request takes. */
export interface ConvertedMessages {
  /** The texts of the `system` messages, in order. */
  readonly instructions: readonly string[];
  readonly input: InputItem[];
}

/**
 * Turns a history into the `input` of a request.
 *
 * Nothing that was said is lost: results without their call become text of the user, pictures and documents of the
 * assistant (which the API takes from users only) become the user's, and calls that were never answered get a result
 * that says so. Thoughts go back where this API made them; those of other providers are left out, for nobody else can
 * read them.
 *
 * @throws AxioError `unsupported-content` where a picture is of a type that the API does not take.
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

/** Tells whether the block could go back as it came. */
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

/** Writes items one after another, and joins the parts of one message. */
class ItemWriter {
  readonly items: InputItem[] = [];
  #userContent: InputContent[] | undefined;
  #assistantContent: AssistantContent[] | undefined;
  #replayed: { readonly id: unknown; readonly content: JsonObject[]; nextPart: number } | undefined;

  /** What follows is another message. */
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

  /** A part goes into the message before it where it follows there, else begins another. */
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
