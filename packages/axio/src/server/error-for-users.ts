import { AxioError, type ErrorCode } from "../errors.ts";

/** An error as users of a server may see it. */
export interface UserError {
  /** The code, so that a page can react to it. `unexpected` for an error that is not of axio. */
  readonly code: ErrorCode;
  /** A sentence that tells users what to do. */
  readonly message: string;
}

const LATER = "The service is busy. Try again in a moment.";
const BROKEN = "The response was interrupted. Try again.";
const REFUSED = "The service did not accept this request. Change it and try again.";

/** The sentences for users. Without an entry, an error is the operator's business. */
const MESSAGES: Partial<Record<ErrorCode, string>> = {
  aborted: "The response was stopped.",
  "rate-limit": LATER,
  overloaded: LATER,
  "usage-limit": "The usage limit is reached. Try again later.",
  "context-length": "The conversation is too long. Start a new one.",
  "request-too-large": "The message and its files are too large. Send fewer or smaller files.",
  "content-policy": "The service does not answer this. Change the message.",
  "unsupported-content": "A file of this message cannot be read. Send another format.",
  "invalid-request": REFUSED,
  server: BROKEN,
  network: BROKEN,
  "response-timeout": BROKEN,
  "deadline-exceeded": "The response took too long. Try again.",
  "stream-idle": BROKEN,
  "stream-truncated": BROKEN,
};

const OTHER = "Something went wrong. Try again later.";

/**
 * Returns an error as users of a server may see it. The message of an `AxioError` is for the operator: it may name hosts,
 * files and commands. Log that one, and send this one.
 */
export function errorForUsers(error: unknown): UserError {
  const code = AxioError.is(error) ? error.code : "unexpected";
  return { code, message: MESSAGES[code] ?? OTHER };
}
