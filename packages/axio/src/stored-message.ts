import { AxioError } from "./errors.ts";
import { parseMessages } from "./message-json.ts";
import { type Message, messageText } from "./messages.ts";
import { estimateTokens } from "./token-estimate.ts";

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
  // Databases end a string at NUL, or refuse it.
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

const PREVIEW_LENGTH = 80;

/** The beginning of the first text of a stored message: the prompt. Later texts are attached files. */
export function previewOf(json: unknown): string | undefined {
  if (typeof json !== "string") return undefined;
  const { content } = JSON.parse(json) as Message;
  const text = content.find((block) => block.type === "text" && block.text.trim() !== "");
  // Databases end a string at NUL, or refuse it.
  return text?.type === "text" ? text.text.slice(0, PREVIEW_LENGTH).replaceAll("\0", " ") : "";
}
