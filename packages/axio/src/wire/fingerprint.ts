/**
 * Letters and digits that tell texts apart: two FNV-1a hashes from different starts, in base 36. Guards nothing.
 *
 * @param length At most 12.
 */
export function fingerprint(text: string, length: number): string {
  const high = hash(text, 0x811c9dc5).toString(36).padStart(7, "0");
  const low = hash(text, 0x9747b28c).toString(36).padStart(7, "0");
  return (low.slice(1) + high.slice(1)).slice(0, length);
}

function hash(text: string, start: number): number {
  let value = start;
  for (let position = 0; position < text.length; position++) {
    value = Math.imul(value ^ text.charCodeAt(position), 0x01000193);
  }
  return value >>> 0;
}
