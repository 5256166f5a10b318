import { createHash, createHmac } from "node:crypto";

/** Fixed, so that content survives a restart of the simulator, as real content survives. */
const KEY = "axio-simulator";

/** Opaque content in the two forms of a stream: the one in `added` is shorter and cannot be sent back. */
export function encryptedContent(seed: string): { readonly added: string; readonly done: string } {
  const body = createHash("sha512").update(seed).digest("base64url");
  const mark = createHmac("sha256", KEY).update(body).digest("base64url");
  return { added: `gAAAAA${body.slice(0, 60)}`, done: `gAAAAA${body}${mark}` };
}

/** Whether content is what a `done` event of some simulator held, unchanged. */
export function isGenuine(content: string): boolean {
  const [, body, mark] = /^gAAAAA(.{86})(.{43})$/.exec(content) ?? [];
  return body !== undefined && createHmac("sha256", KEY).update(body).digest("base64url") === mark;
}
