import type { AxioError, JsonObject, ModelSpec, RateLimits, StreamRequest } from "axio";
import type { EventStream } from "axio-http";
import type { RequestOptions } from "axio-responses";

/** A request whose model and defaults are resolved. Every attempt of one call gets the same object. */
export interface Call extends StreamRequest {
  readonly model: ModelSpec;
  readonly reasoning?: RequestOptions["reasoning"];
}

/** The response to an attempt: an open stream of wire events, or an error. */
export type StreamingResponse = OpenedResponse | FailedResponse;

/** A response whose events can be read. */
export interface OpenedResponse {
  readonly ok: true;
  readonly status: number;
  readonly headers: Headers;
  /** The rate limits that the headers state. */
  readonly rateLimits?: RateLimits | undefined;
  /** Identifies the account and model that can read the encrypted reasoning of this response. */
  readonly origin?: string | undefined;
  /** Removes secrets from a text of the response that becomes an error. Default: removes what looks like a token. */
  readonly hideSecrets?: ((text: string) => string) | undefined;
  /** The wire events, as JSON text or parsed. */
  readonly events: EventStream<string> | EventStream<JsonObject>;
}

/** A response without success. */
export interface FailedResponse {
  readonly ok: false;
  readonly status: number;
  readonly headers: Headers;
  /** The meaning of the response. The rate limits that it states are in `details.rateLimits`. */
  readonly error: AxioError;
}

/** Sends the requests of one transport and opens responses. */
export interface Connection {
  /**
   * Sends one request.
   *
   * @returns The response, whatever its status.
   * @throws AxioError if there is no response.
   */
  open(call: Call): Promise<StreamingResponse>;
  /**
   * Called when an attempt fails before its first event. Removes the cause of the failure, if it can.
   *
   * @returns Whether to repeat the call at once. Must return `false` after a limited number of times.
   */
  recover(error: AxioError, call: Call): boolean;
  /** Stores what the headers of a successful response say for later requests. Default: nothing. */
  remember?(headers: Headers, call: Call): void;
  /** Closes the connections that are kept for later calls. */
  close(): void;
}
