import {
  AxioError,
  type DataSource,
  type FileBlock,
  type ImageBlock,
  type TextBlock,
  type ToolResultContent,
} from "axio";
import { checkSource } from "./content-limits.ts";
import type { InputAudioPart, InputContent, InputFilePart, InputImagePart } from "./input-items.ts";

const IMAGE_TYPES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);

/** The extensions of documents without a name: the API derives the type of a file from its name. */
const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ["application/pdf", ".pdf"],
  ["application/json", ".json"],
  ["text/plain", ".txt"],
  ["text/markdown", ".md"],
  ["text/csv", ".csv"],
  ["text/html", ".html"],
]);

/**
 * Converts a text, image or document of a user or a tool.
 *
 * @throws AxioError `unsupported-content` for an image type that the API does not accept.
 */
export function toInputContent(block: TextBlock | ImageBlock | FileBlock): InputContent {
  switch (block.type) {
    case "text":
      return { type: "input_text", text: block.text };
    case "image":
      return toInputImage(block);
    case "file":
      return block.mediaType.startsWith("audio/") ? toInputAudio(block) : toInputFile(block);
  }
}

/** Converts a tool result: text stays as it is, blocks become parts. */
export function toToolOutput(content: string | readonly ToolResultContent[]): string | InputContent[] {
  if (typeof content === "string") return content;
  return content.length === 0 ? "" : content.map(toInputContent);
}

function toInputImage(block: ImageBlock): InputImagePart {
  const mediaType = block.mediaType === "image/jpg" ? "image/jpeg" : block.mediaType;
  if (block.source.kind === "base64" && !IMAGE_TYPES.has(mediaType))
    throw new AxioError(
      "unsupported-content",
      `The model does not accept images of the type ${JSON.stringify(mediaType)}. Convert it to PNG, JPEG, WebP or GIF.`,
    );
  checkSource("image", undefined, block.source);
  return { type: "input_image", image_url: toUrl(mediaType, block.source), detail: block.detail ?? "auto" };
}

function toInputAudio(block: FileBlock): InputAudioPart {
  checkSource("recording", block.name, block.source);
  return { type: "input_audio", audio_url: toUrl(block.mediaType, block.source) };
}

function toInputFile(block: FileBlock): InputFilePart {
  checkSource("file", block.name, block.source);
  if (block.source.kind === "url") return { type: "input_file", file_url: block.source.url };
  return {
    type: "input_file",
    filename: block.name ?? `file${EXTENSIONS.get(block.mediaType) ?? ""}`,
    file_data: toUrl(block.mediaType, block.source),
  };
}

function toUrl(mediaType: string, source: DataSource): string {
  return source.kind === "url" ? source.url : `data:${mediaType};base64,${source.data}`;
}
