import type { AgentInputItem } from "@openai/agents-core";
import {
  AxioError,
  type Block,
  type FileBlock,
  type ImageBlock,
  isJsonObject,
  type JsonValue,
  type Message,
  type TextBlock,
  type ToolResultContent,
} from "axio";
import { fileOfData, imageOfUrl, parseInput } from "axio-inbound";
import { blockIn, providerDataIn } from "./provider-data.ts";

/**
 * Converts the input of a request. Items that this package created become the blocks that they were made from.
 *
 * @throws AxioError `unsupported-content` for a stored file, which has no data.
 */
export function readInput(input: string | readonly AgentInputItem[]): readonly Message[] {
  if (typeof input === "string") return [{ role: "user", content: [{ type: "text", text: input }] }];
  const messages: { role: Message["role"]; content: Block[] }[] = [];
  for (const item of input) {
    const { role, content } = readItem(item);
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) messages.push({ role, content: [...content] });
  }
  return messages;
}

function readItem(item: AgentInputItem): Message {
  const block = blockIn(item as { providerData?: Record<string, unknown> });
  if (block !== undefined) return { role: "assistant", content: [block] };
  if ("role" in item) return readMessage(item);
  switch (item.type) {
    case "function_call":
      return {
        role: "assistant",
        content: [
          {
            type: "tool-use",
            id: item.callId,
            name: item.name,
            ...parseInput(item.arguments),
            providerData: providerDataIn(item),
          },
        ],
      };
    case "function_call_result":
      return {
        role: "user",
        content: [{ type: "tool-result", toolCallId: item.callId, content: readOutput(item.output) }],
      };
    case "reasoning":
      return {
        role: "assistant",
        content: [{ type: "reasoning", text: item.content.map(({ text }) => text).join("\n\n") }],
      };
    default:
      // Items of other providers, which no other can read.
      return { role: "assistant", content: [] };
  }
}

type MessageItem = Extract<AgentInputItem, { readonly role: string }>;

function readMessage(item: MessageItem): Message {
  const { role, content } = item;
  if (role === "system") return { role, content: [{ type: "text", text: content }] };
  if (typeof content === "string") return { role, content: [{ type: "text", text: content }] };
  return { role, content: content.flatMap((part) => readPart(part)) };
}

function readPart(part: {
  readonly type: string;
  readonly providerData?: Record<string, unknown> | undefined;
}): readonly Block[] {
  const whole = blockIn(part);
  if (whole !== undefined) return [whole];
  const providerData = providerDataIn(part);
  const given = part as Record<string, unknown>;
  switch (part.type) {
    case "output_text":
    case "input_text":
      return [{ type: "text", text: String(given["text"] ?? ""), providerData }];
    case "refusal":
      return [{ type: "text", text: String(given["refusal"] ?? ""), refusal: true, providerData }];
    case "input_image":
    case "image":
      return [readImage(given["image"])];
    case "input_file":
    case "file":
      return [readFile(given["file"], given["filename"])];
    case "audio":
      return [readFile(given["audio"], undefined, `audio/${String(given["format"] ?? "wav")}`)];
    default:
      return [];
  }
}

function readImage(image: unknown): ImageBlock {
  const url = urlOf(image);
  return imageOfUrl(/^(?:data|https?):/i.test(url) ? url : `data:image/png;base64,${url}`);
}

function readFile(file: unknown, filename: unknown, mediaType?: string): FileBlock {
  return fileOfData(urlOf(file), { name: typeof filename === "string" ? filename : undefined, mediaType });
}

/** Returns the URL or the base64 data of an image or a file. */
function urlOf(value: unknown): string {
  const data = isJsonObject(value) ? (value["data"] ?? value["url"]) : value;
  if (data instanceof Uint8Array) return Buffer.from(data).toString("base64");
  if (typeof data === "string") return data;
  throw storedFile();
}

function storedFile(): AxioError {
  return new AxioError(
    "unsupported-content",
    "The input refers to a stored file, and axio stores no files. Send the data or a URL instead.",
  );
}

function readOutput(output: unknown): string | readonly ToolResultContent[] {
  if (typeof output === "string") return output;
  const parts: readonly unknown[] = Array.isArray(output) ? output : [output];
  const blocks = parts.flatMap((part) => (isJsonObject(part) ? readResultPart(part) : []));
  const [only] = blocks;
  return blocks.length === 1 && only?.type === "text" ? only.text : blocks;
}

function readResultPart(part: { readonly [member: string]: JsonValue }): readonly ToolResultContent[] {
  const { type } = part;
  if (type === "text" || type === "input_text") return [textBlock(String(part["text"] ?? ""))];
  const read = typeof type === "string" ? readPart({ ...part, type }) : [];
  return read.filter((block) => block.type === "text" || block.type === "image" || block.type === "file");
}

function textBlock(text: string): TextBlock {
  return { type: "text", text };
}
