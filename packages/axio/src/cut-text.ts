const encoder = new TextEncoder();

/** Returns the length of a text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    // A surrogate pair has 4 bytes for its two code units, a lone surrogate becomes U+FFFD with 3.
    if (isHighSurrogate(code) && isLowSurrogate(text.charCodeAt(at + 1))) {
      at += 1;
      bytes += 2;
    } else {
      bytes += code < 0x800 ? 1 : 2;
    }
  }
  return bytes;
}

/**
 * Cuts the middle out of a text that is longer than `maxBytes` of UTF-8, and says in its place how much is omitted. Cuts
 * between characters. The note is not counted.
 */
export function cutText(text: string, maxBytes: number): string {
  // No character has more than 3 bytes per code unit.
  if (text.length * 3 <= maxBytes) return text;
  const bytes = utf8Length(text);
  if (bytes <= maxBytes) return text;
  const half = Math.max(0, Math.floor(maxBytes / 2));
  const head = encoder.encodeInto(text, new Uint8Array(half));
  const tail = tailOf(text, half);
  const omitted = bytes - head.written - tail.bytes;
  return `${text.slice(0, head.read)}\n[… ${omitted.toLocaleString("en")} of ${bytes.toLocaleString("en")} bytes omitted …]\n${text.slice(tail.start)}`;
}

function tailOf(text: string, maxBytes: number): { readonly start: number; readonly bytes: number } {
  let start = text.length;
  let bytes = 0;
  while (start > 0) {
    const code = text.charCodeAt(start - 1);
    const isPair = isLowSurrogate(code) && isHighSurrogate(text.charCodeAt(start - 2));
    const size = isPair ? 4 : code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
    if (bytes + size > maxBytes) break;
    bytes += size;
    start -= isPair ? 2 : 1;
  }
  return { start, bytes };
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
