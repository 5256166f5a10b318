import type { TransportEvent } from "./events.ts";
import type { JsonObject } from "./json.ts";
import type { Message } from "./messages.ts";
import type { ModelRegistry, ModelSpec } from "./models.ts";
import type { ToolChoice, ToolDefinition } from "./tool.ts";

/** What the text of an answer has to be: JSON that fits a schema. */
export interface OutputFormat {
  /** 1 to 64 of `A-Z a-z 0-9 _ -`. */
  readonly name: string;
  /** A JSON Schema of `type: "object"`. */
  readonly schema: JsonObject;
  /** `true` holds the model to the schema exactly, or fails where that cannot be. Default: where it can be. */
  readonly strict?: boolean;
}

/** What a transport is asked to stream. */
export interface StreamRequest {
  /** The system prompt. May be empty. */
  readonly system: string;
  /** The conversation so far, the newest message last. */
  readonly messages: readonly Message[];
  /** The tools that the model may ask for. */
  readonly tools: readonly ToolDefinition[];
  /** Whether the model may ask for a tool in this call. Default `"auto"`. */
  readonly toolChoice?: ToolChoice;
  /** Holds the answer to a schema. Default: the text is free. */
  readonly outputFormat?: OutputFormat;
  /** Ends the call: the socket closes, and the iteration throws `aborted`. */
  readonly signal?: AbortSignal;
  /** Names the conversation, the same from call to call, so that a provider can find its cache again. */
  readonly conversationId?: string;
  /** Names the turn: the same for all calls that one user message led to. */
  readonly runId?: string;
}

/**
 * The way to a provider. Everything that talks to a model implements this, and must pass `describeTransport()` of
 * `axio/testing`.
 *
 * `stream` begins its work when it is iterated. It gives exactly one `step-end`, as its last event, or throws an
 * `AxioError`: a stream that merely stops is a fault of the transport. Leaving the loop closes what was opened.
 */
export interface CompletionTransport {
  /** The name that is shown to people. */
  readonly name: string;
  /** The model in use. */
  model: ModelSpec;
  /** The models to choose from. */
  models: ModelRegistry;
  stream(request: StreamRequest): AsyncIterable<TransportEvent>;
  /** Asks the provider for its models, and keeps them in `models`. */
  fetchModels?(options?: { readonly signal?: AbortSignal }): Promise<ModelRegistry>;
}
