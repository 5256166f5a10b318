import type { AxioError, ErrorDetails, GenerationSetting, JsonObject, RateLimits } from "axio";
import type { ResponseFault } from "axio-http";
import type { Call } from "./connection.ts";
import type { EventDecoder } from "./retry-stream.ts";

/**
 * How one API words its requests, responses and errors. All that differs between two wire formats is in such an object; the
 * path of a call is the same for all. One object serves one transport, so it may remember what the service rejected.
 */
export interface WireFormat {
  /** The key of this format in the `providerData` of a block. */
  readonly key: string;
  /** The parameters that the format sets itself, so that a caller cannot add them. */
  readonly ownParameters: ReadonlySet<string>;
  /** Whether a service may respond with JSON instead of events: the decoder gets the body as one event. Default: `false`. */
  readonly acceptsJson?: boolean | undefined;
  /** Returns the path of a request, relative to the base URL: `"responses"`. */
  path(call: Call): string;
  /**
   * Builds the body of a request. The same call always gives the same bytes. The history comes last, so that each request of
   * a conversation begins with the bytes of the one before it.
   *
   * @throws AxioError for a call that cannot be sent.
   */
  buildBody(call: Call, context: BodyContext): JsonObject;
  /** Returns headers of a request in addition to those of the service. Default: none. */
  headers?(call: Call): Record<string, string>;
  /**
   * Says in a sentence why a setting of a call is not sent. Called with settings that the call has. Default: none is sent.
   *
   * @returns `undefined` if `buildBody` sends it.
   */
  readonly refuseSetting?: ((name: GenerationSetting, call: Call) => string | undefined) | undefined;
  /** Returns a warning for each part of a call that is not sent as the caller wants it. Default: all of it is. */
  warnings?(call: Call): readonly AxioError[];
  /** Creates the decoder of one response. */
  createDecoder(call: Call, context: DecoderContext): EventDecoder;
  /**
   * Classifies a response without success.
   *
   * @param call Absent for a request that is not a call, such as the one for the list of models.
   * @returns `undefined` for what the general rules decide: pages, empty bodies.
   */
  classify(fault: ResponseFault, call: Call | undefined): AxioError | undefined;
  /** Removes the cause of a failure: see `Connection.recover`. Default: it cannot. */
  recover?(error: AxioError, call: Call): boolean;
  /** How the service counts the tokens of a request. Default: it does not. */
  readonly tokenCount?: TokenCount | undefined;
}

/** The facts, beside the call, that a request body depends on. */
export interface BodyContext {
  /** Identifies the account and model: see {@link DecoderContext.origin}. */
  readonly origin: string;
  /** The parameters that the caller added and the service accepts. */
  readonly parameters: JsonObject;
}

/** The facts that a decoder has of its response. */
export interface DecoderContext {
  /**
   * Identifies the account and model that can read encrypted reasoning and signatures of this response. A hash. The body of a
   * later request must not contain such data with another origin.
   */
  readonly origin: string | undefined;
  /** The key of the transport's own data in the `providerData` of a block. */
  readonly providerKey: string;
  /** The facts for an error: status, request id, URL. Read it only for an error. */
  readonly details: ErrorDetails;
  /** Removes secrets from a text that becomes an error. */
  hideSecrets(text: string): string;
  /** Stores headers that come late, in an event. */
  onHeaders(headers: Headers): void;
  /** Stores rate limits that come in an event. */
  onRateLimits(rateLimits: RateLimits): void;
}

/** A request that counts the tokens of a call. */
export interface TokenCount {
  /** The path, relative to the base URL. */
  path(call: Call): string;
  /** Makes the request from the body of the call. */
  toBody(body: JsonObject): JsonObject;
  /** Reads the number of input tokens; `undefined` if the response holds none. */
  read(response: unknown): number | undefined;
}
