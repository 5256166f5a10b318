import type { FileBlock, ImageBlock } from "axio";

const DATA_URL = /^data:([^;,]*)((?:;[^;,]*)*?)(;base64)?,/i;

/** The data of a `data:` URL. */
interface ParsedDataUrl {
  readonly mediaType: string;
  readonly data: string;
}

/** Reads a `data:` URL with base64 data; `undefined` for any other URL. */
export function parseDataUrl(url: string): ParsedDataUrl | undefined {
  const match = DATA_URL.exec(url);
  if (match?.[3] === undefined) return undefined;
  return { mediaType: match[1] || "application/octet-stream", data: url.slice(match[0].length) };
}

/** Creates an image of a URL, also a `data:` URL. */
export function imageOfUrl(url: string, detail?: string): ImageBlock {
  const parsed = parseDataUrl(url);
  return {
    type: "image",
    mediaType: parsed?.mediaType ?? "image/*",
    source: parsed === undefined ? { kind: "url", url } : { kind: "base64", data: parsed.data },
    detail: isDetail(detail) ? detail : undefined,
  };
}

/** Creates a file of a URL, also a `data:` URL, or of base64 data. */
export function fileOfData(
  data: string,
  { name, mediaType }: { name?: string | undefined; mediaType?: string | undefined } = {},
): FileBlock {
  const parsed = parseDataUrl(data);
  const isUrl = parsed === undefined && /^https?:/i.test(data);
  return {
    type: "file",
    mediaType: parsed?.mediaType ?? mediaType ?? "application/pdf",
    source: isUrl ? { kind: "url", url: data } : { kind: "base64", data: parsed?.data ?? data },
    name,
  };
}

function isDetail(detail: string | undefined): detail is NonNullable<ImageBlock["detail"]> {
  return detail === "auto" || detail === "low" || detail === "high" || detail === "original";
}
