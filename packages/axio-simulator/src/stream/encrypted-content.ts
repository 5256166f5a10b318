import { createHash, createHmac } from "node:crypto";

/** Fixed, so that content stays valid after a restart, like real content. */
const KEY = "axio-simulator";

/** The two forms of encrypted content in a stream. The shorter one in `added` cannot be sent back. */
export function encryptedContent(seed: string): { readonly added: string; readonly done: string } {
  const body = createHash("sha512").update(seed).digest("base64url");
  const mark = createHmac("sha256", KEY).update(body).digest("base64url");
  return { added: `gAAAAA${body.slice(0, 60)}`, done: `gAAAAA${body}${mark}` };
}

/** Whether content is unchanged from the `done` event of any simulator. */
export function isGenuine(content: string): boolean {
  const [, body, mark] = /^gAAAAA(.{86})(.{43})$/.exec(content) ?? [];
  return body !== undefined && createHmac("sha256", KEY).update(body).digest("base64url") === mark;
}
