import type { StreamRequest } from "axio";

/** The headers in which clients state their conversation, most specific first. */
const HEADERS = [
  "session-id",
  "session_id",
  "x-claude-code-session-id",
  "x-session-id",
  "x-session-affinity",
];

/** Creates an id that cannot be guessed: the prefix and 48 hexadecimal digits. */
export function createId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return prefix + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Returns what identifies the conversation of a request. Without it, the provider's cache is not found and each request costs
 * the whole history. A client that states nothing is identified by how its conversation began.
 */
export async function conversationIdOf(
  headers: Headers,
  request: StreamRequest,
  scope = "",
): Promise<string> {
  const stated = HEADERS.map((name) => headers.get(name)).find((value) => value !== null && value !== "");
  if (stated !== undefined && stated !== null) return stated.slice(0, 64);
  if (request.conversationId !== undefined) return request.conversationId.slice(0, 64);
  const first = request.messages.find(({ role }) => role === "user");
  const beginning = JSON.stringify([
    scope,
    request.system,
    first?.content.filter(({ type }) => type === "text"),
  ]);
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(beginning));
  return Array.from(new Uint8Array(hash, 0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
