import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import { InvalidPromptError, UnsupportedFunctionalityError } from "@ai-sdk/provider";
import {
  type Block,
  type DataSource,
  type FileBlock,
  type ImageBlock,
  isJsonObject,
  type JsonValue,
  type Message,
  type TextBlock,
  type ToolResultContent,
} from "axio";
import { blockIn, providerDataIn } from "./metadata.ts";

type PromptMessage = LanguageModelV4Prompt[number];
type Part = Exclude<PromptMessage["content"], string>[number];

/**
 * Converts the prompt of a call. Parts that this provider created become the blocks that they were made from.
 *
 * @throws InvalidPromptError for a message of an unknown role; UnsupportedFunctionalityError for a part that cannot be sent.
 */
export function readPrompt(prompt: LanguageModelV4Prompt): readonly Message[] {
  return prompt.flatMap((message): Message[] => {
    switch (message.role) {
      case "system":
        return [{ role: "system", content: [{ type: "text", text: message.content }] }];
      case "user":
        return [{ role: "user", content: message.content.map(readUserPart) }];
      case "assistant":
        return [{ role: "assistant", content: message.content.flatMap(readAssistantPart) }];
      case "tool":
        return [{ role: "user", content: message.content.flatMap(readToolPart) }];
      default:
        throw new InvalidPromptError({ prompt, message: "A message has an unknown role." });
    }
  });
}

function readUserPart(part: Extract<PromptMessage, { role: "user" }>["content"][number]): Block {
  return part.type === "text" ? { type: "text", text: part.text } : readFile(part);
}

function readAssistantPart(part: Part): readonly Block[] {
  const whole = blockIn(part.providerOptions);
  if (whole !== undefined) return [whole];
  const providerData = providerDataIn(part.providerOptions);
  switch (part.type) {
    case "text":
      return part.text === "" && providerData === undefined
        ? []
        : [{ type: "text", text: part.text, providerData }];
    case "reasoning":
      return [{ type: "reasoning", text: part.text, providerData }];
    case "tool-call":
      // A call of another provider's hosted tool cannot be repeated.
      if (part.providerExecuted === true) return [];
      return [
        {
          type: "tool-use",
          id: part.toolCallId,
          name: part.toolName,
          input: toJson(part.input),
          providerData,
        },
      ];
    case "file":
      return [{ ...readFile(part), providerData }];
    default:
      return [];
  }
}

function readToolPart(part: Extract<PromptMessage, { role: "tool" }>["content"][number]): readonly Block[] {
  if (part.type !== "tool-result") return [];
  return [{ type: "tool-result", toolCallId: part.toolCallId, ...readOutput(part.output) }];
}

type Output = Extract<Part, { type: "tool-result" }>["output"];

function readOutput(output: Output): Pick<Block & { type: "tool-result" }, "content" | "isError"> {
  switch (output.type) {
    case "text":
      return { content: output.value };
    case "json":
      return { content: JSON.stringify(output.value) };
    case "error-text":
      return { content: output.value, isError: true };
    case "error-json":
      return { content: JSON.stringify(output.value), isError: true };
    case "execution-denied":
      return { content: output.reason ?? "The user did not allow this call.", isError: true };
    case "content":
      return { content: output.value.map(readResultPart) };
    default:
      return { content: JSON.stringify(output) };
  }
}

/** Versions 2 and 3 of the specification have other names for the parts of a result. */
function readResultPart(part: { readonly type: string }): ToolResultContent {
  const { type, text, data, url, mediaType, filename } = part as {
    readonly type: string;
    readonly text?: string;
    readonly data?: unknown;
    readonly url?: string;
    readonly mediaType?: string;
    readonly filename?: string;
  };
  switch (type) {
    case "text":
      return { type: "text", text: text ?? "" };
    case "file":
    case "media":
    case "file-data":
    case "image-data":
      return readFile({ data, mediaType: mediaType ?? "application/octet-stream", filename });
    case "image-url":
    case "file-url":
      return readFile({
        data: new URL(url ?? ""),
        mediaType: mediaType ?? (type === "image-url" ? "image/*" : "application/pdf"),
      });
    default:
      return { type: "text", text: `[A part of the type ${JSON.stringify(type)} was left out here.]` };
  }
}

interface FilePart {
  readonly data: unknown;
  readonly mediaType: string;
  readonly filename?: string | undefined;
}

function readFile({ data, mediaType, filename }: FilePart): TextBlock | ImageBlock | FileBlock {
  const tagged = isJsonObject(data) && typeof data["type"] === "string" ? data : undefined;
  if (tagged?.["type"] === "text") return { type: "text", text: String(tagged["text"] ?? "") };
  if (tagged?.["type"] === "reference")
    throw new UnsupportedFunctionalityError({
      functionality: "file references",
      message:
        "The prompt refers to a stored file, and axio stores no files. Send the data or a URL instead.",
    });
  const source = sourceOf(tagged === undefined ? data : (tagged["data"] ?? tagged["url"]));
  if (/^image(?:\/|$)/i.test(mediaType))
    return { type: "image", mediaType: imageType(mediaType, source), source };
  return { type: "file", mediaType, source, name: filename };
}

function sourceOf(data: unknown): DataSource {
  if (data instanceof URL) return { kind: "url", url: data.href };
  if (data instanceof Uint8Array) return { kind: "base64", data: toBase64(data) };
  if (typeof data === "string")
    return /^https?:\/\//i.test(data) ? { kind: "url", url: data } : { kind: "base64", data };
  throw new UnsupportedFunctionalityError({
    functionality: "file data",
    message: "The data of a file is neither bytes, base64 nor a URL.",
  });
}

/** The AI SDK may only say that it is an image. The first bytes tell which kind. */
function imageType(mediaType: string, source: DataSource): string {
  if (/^image\/[^*]/i.test(mediaType)) return mediaType;
  if (source.kind === "url") return "image/*";
  const kind = [
    ["iVBORw0KGgo", "image/png"],
    ["/9j/", "image/jpeg"],
    ["R0lGOD", "image/gif"],
    ["UklGR", "image/webp"],
  ].find(([start = ""]) => source.data.startsWith(start));
  return kind?.[1] ?? "image/png";
}

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let start = 0; start < bytes.length; start += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  return btoa(binary);
}

function toJson(value: unknown): JsonValue {
  return value === undefined ? {} : (JSON.parse(JSON.stringify(value)) as JsonValue);
}
