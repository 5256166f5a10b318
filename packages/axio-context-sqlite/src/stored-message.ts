import { AxioError, estimateTokens, type Message, messageText, parseMessages } from "axio";

/** A message in the form of a row. */
export interface StoredMessage {
  readonly role: string;
  /** Estimated. */
  readonly tokens: number;
  /** The text in the form that search compares. */
  readonly folded: string;
  readonly json: string;
}

/**
 * Messages as rows.
 *
 * @throws AxioError `invalid-argument` where something is no message.
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
 * Messages out of rows.
 *
 * @throws AxioError `store-unavailable` where one cannot be understood.
 */
export function decodeMessages(texts: readonly string[], session: string): readonly Message[] {
  if (texts.length === 0) return [];
  try {
    return parseMessages(`[${texts.join(",")}]`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AxioError(
      "store-unavailable",
      `The session ${session} holds what this version of axio cannot read. Update axio; the session is as it was. ${reason}`,
      { cause },
    );
  }
}

/** Text in the form that search compares: without differences of case, width or composition. */
export function foldText(text: string): string {
  // SQLite takes NUL for the end.
  return text.normalize("NFKC").toLowerCase().replaceAll("\0", " ");
}

function toJson(message: Message): string {
  try {
    return JSON.stringify(message);
  } catch (cause) {
    throw new AxioError(
      "invalid-argument",
      "A message cannot be stored: it is no plain data. Leave out what JSON cannot hold.",
      { cause },
    );
  }
}
