import type { DataSource, FileBlock, ImageBlock } from "axio";
import type { InputAudioPart, InputFilePart, InputImagePart } from "./input-items.ts";

const MIB = 1024 * 1024;
/** The longest URL of an image or a recording that the API accepts, in characters. */
const LONGEST_MEDIA_URL = 20_971_520;

/** The largest image, in bytes: the API accepts `data:` URLs of up to 20,971,520 characters. */
export const LARGEST_IMAGE_BYTES: number = 15 * MIB - 100;

/** The largest document, in bytes: 50 MB for the files of a request in OpenAI's guide to file inputs. */
export const LARGEST_FILE_BYTES: number = 50 * MIB;

/** The first bytes of the images that the API accepts. Declared types are often wrong, so these decide. */
const SIGNATURES: readonly (readonly [RegExp, string])[] = [
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are bytes.
  [/^\x89PNG\r\n\x1a\n/, "image/png"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^GIF8[79]a/, "image/gif"],
  [/^RIFF.{4}WEBP/s, "image/webp"],
];

/** The extensions of documents. The API derives the type of a file from its name. */
const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ["application/pdf", ".pdf"],
  ["application/json", ".json"],
  ["application/xml", ".xml"],
  ["text/plain", ".txt"],
  ["text/markdown", ".md"],
  ["text/csv", ".csv"],
  ["text/html", ".html"],
]);

/** The types of documents whose text the API reads. Archives, videos and programs are not among them. */
const DOCUMENT_TYPES =
  /^(text\/[\w.+-]+|application\/(pdf|json|xml|rtf|csv|msword|javascript|typescript|yaml|toml|sql|x-(sh|yaml|tex|latex|csv|sql|python|ruby|php|javascript|typescript|ndjson)|vnd\.(openxmlformats|ms-|oasis|apple)[\w.+-]+))$/;

/** Why an image or a file cannot be sent: a predicate such as "is empty", and the remedy as a sentence. */
export interface MediaFault {
  readonly fault: string;
  readonly remedy: string;
}

/** Converts an image or a file to a part of a request, or says why it cannot be sent. */
export function toMediaPart(
  block: ImageBlock | FileBlock,
): InputImagePart | InputFilePart | InputAudioPart | MediaFault {
  const media = readSource(block.mediaType, block.source);
  if ("fault" in media) return media;
  const mediaType = "url" in media ? media.mediaType : (imageTypeOf(media.data) ?? media.mediaType);
  if (block.type === "image" || (mediaType.startsWith("image/") && !mediaType.endsWith("+xml"))) {
    return toImage(media, block.type === "image" ? block.detail : undefined);
  }
  return mediaType.startsWith("audio/") ? toRecording(media) : toDocument(media, block.name);
}

/** Sources whose data is standard base64, so that large files are scanned once and not for every request. */
const scanned = new WeakSet<DataSource>();

type Media =
  | { readonly mediaType: string; readonly data: string }
  | { readonly mediaType: string; readonly url: string };

/** Takes `data:` URLs apart, and brings media types and base64 to their standard forms. */
function readSource(declaredType: string, source: DataSource): Media | MediaFault {
  const text = (source.kind === "url" ? source.url : source.data).trim();
  if (text === "") return { fault: "is empty", remedy: "Omit it, or attach one with content." };
  const dataUrl = /^data:([^,]{0,300}),/i.exec(text.slice(0, 320));
  if (dataUrl === null && source.kind === "url") return { mediaType: typeOf(declaredType), url: text };
  const [head = "", parameters = ""] = dataUrl ?? [];
  const content = text.slice(head.length);
  const isBase64 = dataUrl === null || /;\s*base64$/i.test(parameters.trim());
  const data = scanned.has(source) ? content : isBase64 ? standardBase64(content) : percentToBase64(content);
  if (data === undefined) return { fault: "is not valid base64", remedy: "Encode it again." };
  if (data === "") return { fault: "is empty", remedy: "Omit it, or attach one with content." };
  if (data === content) scanned.add(source);
  return { mediaType: typeOf(parameters.split(";", 1)[0] || declaredType), data };
}

/** Returns a media type without its parameters, in lower case. */
function typeOf(mediaType: string): string {
  return (mediaType.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** Returns base64 as in RFC 4648 §4, without line breaks; `undefined` if it is not base64. */
function standardBase64(text: string): string | undefined {
  if (text.length % 4 === 0 && isBase64Until(text, text.length - 2)) return text;
  const plain = text
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\s/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .replace(/=+$/, "");
  if (plain.length % 4 === 1 || plain.search(/[^A-Za-z0-9+/]/) !== -1) return undefined;
  return plain + "=".repeat((4 - (plain.length % 4)) % 4);
}

function isBase64Until(text: string, padding: number): boolean {
  const other = text.search(/[^A-Za-z0-9+/]/);
  return other === -1 || (other >= padding && /^==?$/.test(text.slice(other)));
}

function percentToBase64(text: string): string | undefined {
  try {
    const bytes = new TextEncoder().encode(decodeURIComponent(text));
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  } catch {
    return undefined;
  }
}

function imageTypeOf(data: string): string | undefined {
  const start = atob(data.slice(0, 16));
  return SIGNATURES.find(([signature]) => signature.test(start))?.[1];
}

function toImage(media: Media, detail: unknown): InputImagePart | MediaFault {
  const level = DETAILS.find((known) => known === detail) ?? "auto";
  if ("url" in media) {
    if (/^https:\/\/\S+$/i.test(media.url) && media.url.length <= LONGEST_MEDIA_URL) {
      return { type: "input_image", image_url: media.url, detail: level };
    }
    return { fault: "has a URL that does not begin with https://", remedy: "Attach its data instead." };
  }
  const mediaType = imageTypeOf(media.data);
  if (mediaType === undefined) {
    return {
      fault: `is not a PNG, JPEG, WebP or GIF image (its type is ${JSON.stringify(media.mediaType)})`,
      remedy: "Convert it to one of these.",
    };
  }
  const fault = sizeFault(media.data, LARGEST_IMAGE_BYTES, "Make it smaller, or give its URL.");
  return fault ?? { type: "input_image", image_url: toDataUrl(mediaType, media.data), detail: level };
}

const DETAILS = ["auto", "low", "high", "original"] as const;

function toRecording(media: Media): InputAudioPart | MediaFault {
  if ("url" in media) return urlFault(media.url) ?? { type: "input_audio", audio_url: media.url };
  const fault = sizeFault(media.data, LARGEST_IMAGE_BYTES, "Send a part of it, or give its URL.");
  return fault ?? { type: "input_audio", audio_url: toDataUrl(media.mediaType, media.data) };
}

function toDocument(media: Media, name: string | undefined): InputFilePart | MediaFault {
  if ("url" in media) return urlFault(media.url) ?? { type: "input_file", file_url: media.url };
  const mediaType = documentTypeOf(media.mediaType, name);
  if (mediaType === undefined) {
    return {
      fault: `has the type ${JSON.stringify(media.mediaType)}, which the API does not read`,
      remedy: "Send it as PDF or text.",
    };
  }
  const fault = sizeFault(media.data, LARGEST_FILE_BYTES, "Send a part of it, or give its URL.");
  if (fault !== undefined) return fault;
  return {
    type: "input_file",
    filename: name ?? `file${EXTENSIONS.get(mediaType) ?? ""}`,
    file_data: toDataUrl(mediaType, media.data),
  };
}

/** Returns the type under which the API reads a document. Without a type, the name decides. */
function documentTypeOf(mediaType: string, name = ""): string | undefined {
  if (DOCUMENT_TYPES.test(mediaType)) return mediaType;
  const [, suffix] = /\+(json|xml)$/.exec(mediaType) ?? [];
  if (suffix !== undefined) return `application/${suffix}`;
  if (mediaType !== "" && mediaType !== "application/octet-stream") return undefined;
  return [...EXTENSIONS].find(([, extension]) => name.toLowerCase().endsWith(extension))?.[0];
}

function urlFault(url: string): MediaFault | undefined {
  if (/^https?:\/\/\S+$/i.test(url) && url.length <= LONGEST_MEDIA_URL) return undefined;
  return {
    fault: "has a URL that begins with neither https:// nor http://",
    remedy: "Attach its data instead.",
  };
}

function sizeFault(data: string, largest: number, remedy: string): MediaFault | undefined {
  const size = Math.floor((data.length * 3) / 4);
  // Up to two characters are padding.
  if (size <= largest + 2) return undefined;
  const limit = Math.ceil(largest / MIB);
  return { fault: `has ${(size / MIB).toFixed(1)} MiB, and the limit is ${limit} MiB`, remedy };
}

function toDataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`;
}
