import { AxioError, type FileBlock, type ImageBlock } from "axio";
import { type Media, readMedia, readTextFile, toUrl } from "axio/internal";
import type { Dialect } from "../dialect/dialect.ts";
import type { ContentPart, TextPart } from "./chat-message.ts";
import type { UserEntry } from "./turns.ts";

const IMAGE_TYPES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);
const AUDIO_FORMATS: ReadonlyMap<string, "wav" | "mp3"> = new Map([
  ["audio/wav", "wav"],
  ["audio/x-wav", "wav"],
  ["audio/wave", "wav"],
  ["audio/mpeg", "mp3"],
  ["audio/mp3", "mp3"],
]);

/**
 * A block as a part of a user message. Media that the server does not read becomes a note.
 *
 * @throws AxioError `unsupported-content` if the user just wrote the block.
 */
export function toContentPart({ block, isNew }: UserEntry, dialect: Dialect): ContentPart {
  if (block.type === "text") return { type: "text", text: block.text };
  const result = toMediaPart(block, dialect);
  if (typeof result !== "string") return result;
  const what = describe(block);
  if (isNew) {
    throw new AxioError("unsupported-content", `${what} cannot be sent. ${result}. Remove it or convert it.`);
  }
  return { type: "text", text: `[${what} was left out. ${result}.]` };
}

/** The content of a user message: text if there is nothing else. */
export function toUserContent(parts: readonly ContentPart[]): string | ContentPart[] {
  return parts.every((part) => part.type === "text") ? joinTexts(parts) : [...parts];
}

/** The texts as one, a blank line between two. */
export function joinTexts(parts: readonly TextPart[]): string {
  return parts.map(({ text }) => text).join("\n\n");
}

/** The part, or why there is none. */
function toMediaPart(block: ImageBlock | FileBlock, dialect: Dialect): ContentPart | string {
  const result = readMedia(block);
  if (!result.ok) return `It ${result.problem}`;
  const { media } = result;
  if (block.type === "image") return toImagePart(block, media, dialect);
  return media.mediaType.startsWith("audio/")
    ? toAudioPart(media, dialect)
    : toFilePart(block, media, dialect);
}

function toImagePart({ detail }: ImageBlock, media: Media, dialect: Dialect): ContentPart | string {
  if (dialect.images === "none") return `${dialect.name} does not read images`;
  if (media.source.kind === "url" && dialect.images === "data")
    return `${dialect.name} does not read images by URL`;
  if (media.source.kind === "base64" && !IMAGE_TYPES.has(media.mediaType)) {
    return `Images of the type ${JSON.stringify(media.mediaType)} are not supported, only PNG, JPEG, WebP and GIF`;
  }
  const url = toUrl(media);
  const known = detail === "original" ? "high" : detail;
  return { type: "image_url", image_url: { url, detail: dialect.imageDetail ? known : undefined } };
}

function toAudioPart(media: Media, dialect: Dialect): ContentPart | string {
  const format = AUDIO_FORMATS.get(media.mediaType);
  if (dialect.audio.length === 0) return `${dialect.name} does not read audio`;
  if (media.source.kind === "url") return `${dialect.name} does not read audio by URL`;
  if (format === undefined || !dialect.audio.includes(format)) {
    return `Audio of the type ${JSON.stringify(media.mediaType)} is not supported, only ${dialect.audio.join(" and ")}`;
  }
  return { type: "input_audio", input_audio: { data: media.source.data, format } };
}

function toFilePart({ name }: FileBlock, media: Media, dialect: Dialect): ContentPart | string {
  const filename = name ?? (media.mediaType === "application/pdf" ? "file.pdf" : "file");
  const isRead = dialect.files.includes("*") || dialect.files.includes(media.mediaType);
  if (isRead && (media.source.kind === "base64" || dialect.fileUrls)) {
    return { type: "file", file: { filename, file_data: toUrl(media) } };
  }
  const text = readTextFile(media);
  if (text !== undefined) return { type: "text", text: `The file ${JSON.stringify(filename)}:\n\n${text}` };
  if (isRead) return `${dialect.name} does not read files by URL`;
  return `${dialect.name} does not read files of the type ${JSON.stringify(media.mediaType)}`;
}

function describe(block: ImageBlock | FileBlock): string {
  if (block.type === "image") return "An image";
  return block.name === undefined ? "A file" : `The file ${JSON.stringify(block.name)}`;
}
