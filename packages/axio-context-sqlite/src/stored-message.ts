import { AxioError, estimateTokens, type Message, messageText, parseMessages } from "axio";

/** A message as stored in a row. */
export interface StoredMessage {
  readonly role: string;
  /** An estimate. */
  readonly tokens: number;
  /** The text normalized for search. */
  readonly folded: string;
  readonly json: string;
}

/**
 * Converts messages to rows.
 *
 * @throws AxioError `invalid-argument` if a message is invalid.
 */
export function encodeMessages(messages: readonly Message[]): readonly StoredMessage[] {
  return parseMessages(messages).map((message) => ({
    role: message.role,
    tokens: estimateTokens([message]),
    folded: foldText(messageText(message)),
    json: toJson(message),
  }));
}

/**
 * Parses the messages of a session. Reads the formats of all earlier versions.
 *
 * @throws AxioError `store-unavailable` if a message cannot be parsed.
 */
export function decodeMessages(texts: readonly string[], session: string): readonly Message[] {
  if (texts.length === 0) return [];
  try {
    return parseMessages(`[${texts.join(",")}]`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AxioError(
      "store-unavailable",
      `The session ${session} contains a message that this version of axio cannot read. Update axio; the session was not changed. ${reason}`,
      { cause },
    );
  }
}

/** Normalizes a text for search: case, width and composition are ignored. */
export function foldText(text: string): string {
  // SQLite ends a string at NUL.
  return text.normalize("NFKC").toLowerCase().replaceAll("\0", " ");
}

function toJson(message: Message): string {
  try {
    return JSON.stringify(message);
  } catch (cause) {
    throw new AxioError(
      "invalid-argument",
      "A message cannot be stored: it is not JSON data. Remove values that JSON cannot represent.",
      { cause },
    );
  }
}
