import type { AxioError } from "./errors.ts";
import type { TransportEvent } from "./events.ts";
import type { GenerationSettings } from "./generation.ts";
import type { JsonObject } from "./json.ts";
import type { Message } from "./messages.ts";
import type { ModelRegistry, ModelSpec } from "./models.ts";
import type { ToolChoice, ToolDefinition } from "./tool.ts";

/** The format that the text of a response must have: JSON that fits a schema. */
export interface OutputFormat {
  /** 1 to 64 characters of `A-Z a-z 0-9 _ -`. */
  readonly name: string;
  /** A JSON Schema of `type: "object"`. */
  readonly schema: JsonObject;
  /** `true` enforces the schema exactly and fails if the provider cannot. Default: enforced if the provider can. */
  readonly strict?: boolean | undefined;
}

/** How the model reasons. */
export interface ReasoningOptions {
  /** The reasoning effort, one of `ModelSpec.efforts`; `"none"` turns reasoning off. Default: the model's own. */
  readonly effort?: string | undefined;
  /** How much of its reasoning the model shows. Default: `"auto"`. */
  readonly summary?: "auto" | "concise" | "detailed" | "none" | undefined;
}

/** One request to a model. */
export interface StreamRequest extends GenerationSettings {
  /** The system prompt. May be empty. */
  readonly system: string;
  /** The history, oldest message first. */
  readonly messages: readonly Message[];
  /** The tools that the model may call. */
  readonly tools: readonly ToolDefinition[];
  /** The model, by its id or as a description. Default: the transport's `model`. */
  readonly model?: string | ModelSpec | undefined;
  /** How the model reasons. Default, property by property: the transport's own setting. */
  readonly reasoning?: ReasoningOptions | undefined;
  /** Whether the model may call a tool in this response. Default: `"auto"`. */
  readonly toolChoice?: ToolChoice | undefined;
  /** The format of the text. Default: free text. */
  readonly outputFormat?: OutputFormat | undefined;
  /** Aborts the request: the connection closes and the iteration throws `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** Identifies the conversation, the same in each of its requests. Providers use it to find their cache. */
  readonly conversationId?: string | undefined;
  /** Identifies the run, the same in each of its requests. */
  readonly runId?: string | undefined;
}

/**
 * Sends requests to a provider and streams events. Each transport must pass `describeTransport()` of `axio/testing`.
 *
 * A transport has no state that a caller changes: model and reasoning are part of the request, so one transport serves
 * many agents at once.
 */
export interface CompletionTransport {
  /** The name that users see. */
  readonly name: string;
  /** The provider in telemetry, as `gen_ai.provider.name` of OpenTelemetry: `"openai"`, `"anthropic"`. Default: unknown. */
  readonly provider?: string | undefined;
  /** The model of requests that name none. */
  readonly model: ModelSpec;
  /** The models that are known so far. */
  readonly models: ModelRegistry;
  /** Why the terms of the sign-in forbid serving other programs, as a sentence. Default: they do not. */
  readonly notForOthers?: string | undefined;
  /**
   * Streams one response. Work starts with the iteration. The last event is the only `step-end`; a response without one
   * is an error of the transport. Leaving the loop closes the connection.
   *
   * @throws AxioError from the iteration, if the request fails.
   */
  stream(request: StreamRequest): AsyncIterable<TransportEvent>;
  /**
   * Returns an error `unsupported-parameter` for each of the {@link GenerationSettings} of a request that is not sent, because
   * the service or the model does not accept it. `details.parameter` is its name. `stream` sends the others, and reports
   * these as the transport reports warnings. Default: all are sent.
   */
  unsupportedSettings?(request: StreamRequest): readonly AxioError[];
  /** Requests the provider's models. `models` has them afterwards. Default: the models never change. */
  fetchModels?(options?: { readonly signal?: AbortSignal | undefined }): Promise<ModelRegistry>;
}
