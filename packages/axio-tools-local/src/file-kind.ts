import { utf16Encoding } from "./file-lines.ts";

/** The kind of a file, judged by its first bytes. */
export type FileKind =
  | { readonly kind: "text"; readonly encoding: "utf-8" | "utf-16le" | "utf-16be" }
  | { readonly kind: "image"; readonly mediaType: string }
  | { readonly kind: "binary" };

/** How many bytes {@link fileKind} reads. */
export const KIND_BYTES = 8_192;

const SIGNATURES: readonly (readonly [mediaType: string, signature: string, offset: number])[] = [
  ["image/png", "\x89PNG\r\n\x1A\n", 0],
  ["image/jpeg", "\xFF\xD8\xFF", 0],
  ["image/gif", "GIF87a", 0],
  ["image/gif", "GIF89a", 0],
  ["image/webp", "WEBP", 8],
];

/** Recognizes images by their signatures, and other binary files by a NUL byte near the beginning. */
export function fileKind(start: Uint8Array): FileKind {
  const latin1 = Buffer.from(start.subarray(0, 16)).toString("latin1");
  const image = SIGNATURES.find(([, signature, offset]) => latin1.startsWith(signature, offset));
  if (image !== undefined) return { kind: "image", mediaType: image[0] };
  const encoding = utf16Encoding(start);
  if (encoding !== undefined) return { kind: "text", encoding };
  return start.subarray(0, KIND_BYTES).includes(0) ? { kind: "binary" } : { kind: "text", encoding: "utf-8" };
}
