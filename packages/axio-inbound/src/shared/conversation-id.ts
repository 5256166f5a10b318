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
  const bytes = new TextEncoder().encode(JSON.stringify([scope, system, instructions, texts]));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes), 0, 16);
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
