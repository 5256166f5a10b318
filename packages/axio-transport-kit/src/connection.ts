import type { AxioError, Message, ModelSpec, StreamRequest } from "axio";
import type { StreamingResponse } from "./decode-response.ts";

/** What one try asks. */
export interface ResponseRequest {
  readonly request: StreamRequest;
  readonly model: ModelSpec;
  /** Told, before it is sent, whose thoughts the answer will hold. */
  readonly onOrigin: (origin: string) => void;
  /** Told the headers of each answer, errors included. */
  readonly onHeaders: (headers: Headers) => void;
  /** Told the headers of the answer, where it is a success. */
  readonly onAnswer: (headers: Headers) => void;
}

/** Carries requests for answers to a backend, and remembers from one to the next what has to be remembered. */
export interface Connection {
  /** Where answers come from. */
  readonly url: URL;
  /** What the conversation is called to the backend. */
  sessionId(request: Pick<StreamRequest, "conversationId">): string | undefined;
  /** Leaves the thoughts of these messages out from now on. Tells whether there were any that were not left out before. */
  dropReasoning(messages: readonly Message[]): boolean;
  /**
   * Changes what it will send, where an error says that it was not taken; tells whether it did, and the call is to be made
   * again. Default: it cannot.
   */
  recover?(error: AxioError): boolean;
  /** Asks for an answer once. */
  open(question: ResponseRequest): Promise<StreamingResponse>;
  /** Ends the connections that are kept for calls to come, where it keeps any. */
  close?(): void;
}
