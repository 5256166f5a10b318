import type { DataSource, FileBlock, ImageBlock } from "../blocks.ts";

const MIB = 1024 * 1024;

/** The largest image and the largest file that are sent, in bytes. */
export interface MediaLimits {
  readonly image: number;
  readonly file: number;
}

/** The limits that OpenAI documents: 20 MB for an image, 50 MB for the files of a request. */
const DEFAULT_LIMITS: MediaLimits = { image: 20 * MIB, file: 50 * MIB };

/** An image or file in its plain form. */
export interface Media {
  /** In lower case, without parameters. */
  readonly mediaType: string;
  /** Base64 of RFC 4648 §4 without line breaks, or a URL. */
  readonly source: DataSource;
}

/** The media, or why it cannot be sent to any server. */
export type MediaResult =
  | { readonly ok: true; readonly media: Media }
  | { readonly ok: false; readonly problem: string };

/** Reads an image or file: takes a `data:` URL apart, and turns base64url and wrapped base64 into plain base64. */
export function readMedia(block: ImageBlock | FileBlock, limits: MediaLimits = DEFAULT_LIMITS): MediaResult {
  const text = block.source.kind === "url" ? block.source.url : block.source.data;
  const dataUrl = /^data:(?<type>[^;,]*)(?:;[^;,]*)*;base64,/i.exec(text);
  const declared = dataUrl?.groups?.["type"] || block.mediaType;
  const mediaType = (declared.split(";")[0] ?? "").trim().toLowerCase();
  if (dataUrl === null && block.source.kind === "url") {
    return text === "" ? failed("is empty") : { ok: true, media: { mediaType, source: block.source } };
  }
  const data = plainBase64(text.slice(dataUrl?.[0].length ?? 0));
  if (data === undefined) return failed("is not valid base64");
  const maxBytes = limits[block.type];
  const bytes = Math.floor((data.length * 3) / 4);
  if (data === "") return failed("is empty");
  // Padding takes up to two characters.
  if (bytes > maxBytes + 2)
    return failed(`has ${(bytes / MIB).toFixed(1)} MiB, more than the limit of ${maxBytes / MIB}`);
  return {
    ok: true,
    media: {
      mediaType: mediaType === "image/jpg" ? "image/jpeg" : mediaType,
      source: { kind: "base64", data },
    },
  };
}

/** The media as a URL: its own, or a `data:` URL. */
export function toUrl({ mediaType, source }: Media): string {
  return source.kind === "url" ? source.url : `data:${mediaType};base64,${source.data}`;
}

/** The text of a text file, or `undefined` if it is another kind of file or not UTF-8. */
export function readTextFile({ mediaType, source }: Media): string | undefined {
  if (
    source.kind === "url" ||
    !/^text\/|^application\/(?:[\w.-]+\+)?(?:json|xml|yaml|toml|javascript)$/.test(mediaType)
  ) {
    return undefined;
  }
  try {
    const bytes = Uint8Array.from(atob(source.data), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function plainBase64(text: string): string | undefined {
  const data = text.replace(/\s+/g, "").replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  if (/[^A-Za-z0-9+/]/.test(data) || data.length % 4 === 1) return undefined;
  return data.padEnd(Math.ceil(data.length / 4) * 4, "=");
}

function failed(problem: string): MediaResult {
  return { ok: false, problem };
}
