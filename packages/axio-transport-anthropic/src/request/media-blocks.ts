import { AxioError, type FileBlock, type ImageBlock } from "axio";
import { type Media, readMedia, readTextFile } from "axio/internal";
import { readAnthropicData, type WireBlock } from "../provider-data.ts";
import { isBlank, textBlock } from "./wire-message.ts";

const MIB = 1024 * 1024;
const IMAGE_TYPES: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);

/** The beginning of the base64 of each type of file. The API refuses a media type that its bytes contradict. */
const SIGNATURES: readonly (readonly [pattern: RegExp, mediaType: string])[] = [
  [/^iVBORw0KGgo/, "image/png"],
  [/^\/9j\//, "image/jpeg"],
  [/^R0lGOD/, "image/gif"],
  [/^UklGR.{6}XRUJQ/, "image/webp"],
  [/^JVBERi0/, "application/pdf"],
];

/** How images and files are sent. */
export interface MediaRules {
  /** The largest image, in bytes. */
  readonly maxImageBytes: number;
  /** Whether an image that the API does not accept is refused. Older ones are replaced with a note. */
  readonly isNew: boolean;
}

/**
 * Converts an image or a file. One that the API does not accept becomes a note.
 *
 * @throws AxioError `unsupported-content` if the user just wrote the block.
 */
export function toMediaBlock(block: ImageBlock | FileBlock, rules: MediaRules): WireBlock {
  const result = convert(block, rules.maxImageBytes);
  if (typeof result !== "string") return { ...result, ...readAnthropicData(block)?.members };
  const what = describe(block);
  if (rules.isNew) {
    throw new AxioError("unsupported-content", `${what} cannot be sent. ${result}. Remove it or convert it.`);
  }
  return textBlock(`[${what} was left out here. ${result}.]`);
}

/** The block, or why it cannot be sent. */
function convert(block: ImageBlock | FileBlock, maxImageBytes: number): WireBlock | string {
  const result = readMedia(block, { image: maxImageBytes, file: 32 * MIB });
  if (!result.ok) return `It ${result.problem}`;
  const media = withRealType(result.media);
  if (media.source.kind === "url" && !/^https?:/i.test(media.source.url)) {
    return "The API reads http and https URLs only";
  }
  const isImage =
    IMAGE_TYPES.has(media.mediaType) || (block.type === "image" && media.mediaType !== "application/pdf");
  return isImage ? toImage(media) : toDocument(media, block.type === "file" ? block.name : undefined);
}

function toImage({ mediaType, source }: Media): WireBlock | string {
  if (source.kind === "url") return { type: "image", source: { type: "url", url: source.url } };
  if (!IMAGE_TYPES.has(mediaType)) {
    return `Images of the type ${JSON.stringify(mediaType)} are not accepted, only PNG, JPEG, WebP and GIF`;
  }
  if (realType(source.data) === undefined) return "Its data is not an image";
  return { type: "image", source: { type: "base64", media_type: mediaType, data: source.data } };
}

function toDocument(media: Media, name: string | undefined): WireBlock | string {
  const { mediaType, source } = media;
  const title = name === undefined || isBlank(name) ? {} : { title: name };
  if (mediaType === "application/pdf") {
    return {
      type: "document",
      source:
        source.kind === "url"
          ? { type: "url", url: source.url }
          : { type: "base64", media_type: mediaType, data: source.data },
      ...title,
    };
  }
  const text = readTextFile(media);
  if (text !== undefined && isBlank(text)) return "It is empty";
  if (text !== undefined) {
    return { type: "document", source: { type: "text", media_type: "text/plain", data: text }, ...title };
  }
  return source.kind === "url"
    ? "Only PDF files and images are accepted by URL"
    : `Files of the type ${JSON.stringify(mediaType)} are not accepted, only PDF and text`;
}

function withRealType(media: Media): Media {
  const { source, mediaType } = media;
  return source.kind === "url" ? media : { ...media, mediaType: realType(source.data) ?? mediaType };
}

function realType(data: string): string | undefined {
  return SIGNATURES.find(([pattern]) => pattern.test(data))?.[1];
}

function describe(block: ImageBlock | FileBlock): string {
  if (block.type === "image") return "An image";
  return block.name === undefined ? "A file" : `The file ${JSON.stringify(block.name)}`;
}
