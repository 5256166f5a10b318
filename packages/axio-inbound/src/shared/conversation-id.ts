import type { Block, Message, StreamRequest } from "axio";

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
  const instructions: (readonly Block[])[] = [];
  let first: Message | undefined;
  for (const message of messages) {
    if (message.role === "system") instructions.push(message.content);
    else if (message.role === "user") first ??= message;
  }
  const texts = first?.content.filter(({ type }) => type === "text");
  const beginning = JSON.stringify([scope, system, instructions, texts]);
  if (beginning === last.beginning) return last.id;
  const id = (await sha256(beginning)).slice(0, 32);
  last = { beginning, id };
  return id;
}

/** The newest id: all requests of a conversation begin alike, and the beginning may be long. */
let last = { beginning: "", id: "" };

let node: typeof import("node:crypto") | undefined;

/** Returns the SHA-256 of a text in hexadecimal. */
function sha256(text: string): string | Promise<string> {
  // A web hash is computed in another thread, which costs more than the hash and half as much as a whole request. Elsewhere
  // than in Node.js, Deno and Bun there is no other.
  node ??= globalThis.process?.getBuiltinModule?.("node:crypto");
  if (node === undefined) return webSha256(text);
  // The function without an object of its own is three times as fast. Node.js has it since 20.12.
  return typeof node.hash === "function"
    ? node.hash("sha256", text)
    : node.createHash("sha256").update(text).digest("hex");
}

async function webSha256(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
