import type { JsonObject } from "../json.ts";

/** Token counts for the wire. */
export interface WireUsage {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/** The facts that stay the same in every event of one response. */
export interface EnvelopeContext {
  readonly id: string;
  readonly createdAt: number;
  readonly userId: string;
  /** The ChatGPT backend has members that the platform's API does not have. */
  readonly dialect: "codex" | "platform";
  /** The body of the request, which is echoed. */
  readonly body: JsonObject;
}

/** The facts that change while a response runs. */
export interface EnvelopeState {
  readonly status: "in_progress" | "completed" | "failed" | "incomplete" | "cancelled";
  readonly output: readonly JsonObject[];
  readonly usage: WireUsage | undefined;
  readonly error?: { readonly code: string | null; readonly message: string };
  readonly incompleteReason?: string;
}

/** The member `response` of an event, which echoes the request like the service. */
export function envelope(context: EnvelopeContext, state: EnvelopeState): JsonObject {
  const { body } = context;
  const reasoning = body["reasoning"] as JsonObject | undefined;
  const text = body["text"] as JsonObject | undefined;
  const ended = state.status !== "in_progress";
  return {
    id: context.id,
    object: "response",
    created_at: context.createdAt,
    status: state.status,
    background: false,
    completed_at: state.status === "completed" ? context.createdAt + 1 : null,
    error: state.error ?? null,
    frequency_penalty: 0,
    incomplete_details: state.incompleteReason === undefined ? null : { reason: state.incompleteReason },
    instructions: body["instructions"] ?? null,
    max_output_tokens: null,
    max_tool_calls: null,
    model: body["model"],
    moderation: null,
    output: state.output,
    parallel_tool_calls: body["parallel_tool_calls"] ?? true,
    presence_penalty: 0,
    previous_response_id: body["previous_response_id"] ?? null,
    prompt_cache_key: body["prompt_cache_key"] ?? null,
    prompt_cache_retention: null,
    reasoning: {
      context: reasoning?.["context"] ?? "current_turn",
      effort: reasoning?.["effort"] ?? "medium",
      summary: reasoning?.["summary"] ?? null,
    },
    safety_identifier: context.userId,
    service_tier: ended ? (body["service_tier"] ?? "default") : "auto",
    store: false,
    temperature: 1,
    text: { format: text?.["format"] ?? { type: "text" }, verbosity: text?.["verbosity"] ?? "medium" },
    tool_choice: body["tool_choice"] ?? "auto",
    tool_usage: {
      image_gen: {
        input_tokens: 0,
        input_tokens_details: { image_tokens: 0, text_tokens: 0 },
        output_tokens: 0,
        output_tokens_details: { image_tokens: 0, text_tokens: 0 },
        total_tokens: 0,
      },
      web_search: { num_requests: 0 },
    },
    tools: body["tools"] ?? [],
    top_logprobs: 0,
    top_p: 0.98,
    truncation: "disabled",
    usage: state.usage === undefined ? null : wireUsage(state.usage),
    user: null,
    metadata: {},
  };
}

function wireUsage(usage: WireUsage): JsonObject {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedTokens, cache_write_tokens: 0 },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}

/** An estimate of about four characters for each token. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
