import type { StreamRequest } from "axio";
import { deriveConversationId } from "axio-inbound";

/** The headers in which clients state their conversation, most specific first. */
const HEADERS = [
  "session-id",
  "session_id",
  "x-claude-code-session-id",
  "x-session-id",
  "x-session-affinity",
];

/** Creates an id that cannot be guessed: the prefix and 32 hexadecimal digits. */
export function createId(prefix: string): string {
  return prefix + crypto.randomUUID().replaceAll("-", "");
}

/**
 * Returns what identifies the conversation of a request: what its headers or its body state, or else how it began.
 *
 * @param scope Distinguishes clients whose conversations begin alike.
 */
export function conversationIdOf(
  headers: Pick<Headers, "get">,
  request: StreamRequest,
  scope = "",
): string | Promise<string> {
  const id = statedId(headers) ?? request.conversationId;
  return id === undefined ? deriveConversationId(request, scope) : id.slice(0, 64);
}

function statedId(headers: Pick<Headers, "get">): string | undefined {
  for (const name of HEADERS) {
    const value = headers.get(name);
    if (value !== null && value !== "") return value;
  }
  return undefined;
}
