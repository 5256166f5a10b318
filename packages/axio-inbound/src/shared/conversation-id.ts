import type { StreamRequest } from "axio";

/**
 * Identifies the conversation of a request by how it began, for clients that do not state it. Without an id, the provider's cache
 * is not found and each request costs the whole history.
 *
 * @param scope Distinguishes clients whose conversations begin alike.
 */
export async function deriveConversationId(
  { system, messages }: Pick<StreamRequest, "system" | "messages">,
  scope = "",
): Promise<string> {
  const instructions = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const first = messages.find(({ role }) => role === "user");
  const texts = first?.content.filter(({ type }) => type === "text");
  const hash = await sha256(JSON.stringify([scope, system, instructions, texts]));
  return hash.slice(0, 32);
}

/** Returns the SHA-256 of a text in hexadecimal. */
function sha256(text: string): string | Promise<string> {
  // A web hash is computed in another thread, which costs more than the hash and half as much as a whole request. Elsewhere
  // than in Node.js, Deno and Bun there is no other.
  const node = globalThis.process?.getBuiltinModule?.("node:crypto");
  return node === undefined ? webSha256(text) : node.createHash("sha256").update(text).digest("hex");
}

async function webSha256(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
