/** Returns a zstd frame of raw blocks (RFC 8878 §3.1), that every decoder accepts and that needs no compressor. */
export function zstdCompressedBody(text: string): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(text);
  const header = Buffer.alloc(9);
  header.writeUInt32LE(0xfd2fb528, 0);
  // A single segment with the content size in four bytes.
  header.writeUInt8(0xa0, 4);
  header.writeUInt32LE(bytes.length, 5);
  const blocks: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += 0xffff) {
    const content = bytes.subarray(start, start + 0xffff);
    const last = start + content.length === bytes.length ? 1 : 0;
    const blockHeader = Buffer.alloc(3);
    blockHeader.writeUIntLE((content.length << 3) | last, 0, 3);
    blocks.push(blockHeader, content);
  }
  return new Uint8Array(Buffer.concat([header, ...blocks]));
}
