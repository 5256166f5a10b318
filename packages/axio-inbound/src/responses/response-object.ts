import { isJsonObject, type JsonObject, type JsonValue, type Usage } from "axio";

/** The id, time and model of a response. */
export interface ResponseIdentity {
  readonly id: string;
  /** When it was created, in Unix milliseconds. */
  readonly createdAt: number;
  readonly model: string;
}

/** The state of a response. */
export interface ResponseState {
  readonly status: "in_progress" | "completed" | "incomplete" | "failed";
  readonly output: readonly JsonObject[];
  readonly completedAt?: number | undefined;
  readonly usage?: Usage | undefined;
  readonly incompleteReason?: string | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

/** Returns the response object: all members that the API has, those of the request repeated. */
export function responseObject(
  body: JsonObject,
  { id, createdAt, model }: ResponseIdentity,
  { status, output, completedAt, usage, incompleteReason, error }: ResponseState,
): JsonObject {
  return {
    id,
    object: "response",
    created_at: seconds(createdAt),
    completed_at: completedAt === undefined ? null : seconds(completedAt),
    status,
    incomplete_details: incompleteReason === undefined ? null : { reason: incompleteReason },
    model,
    previous_response_id: body["previous_response_id"] ?? null,
    instructions: body["instructions"] ?? null,
    output,
    error: error === undefined ? null : { code: error.code, message: error.message },
    tools: Array.isArray(body["tools"]) ? body["tools"].map(shownTool) : [],
    tool_choice: body["tool_choice"] ?? "auto",
    truncation: body["truncation"] ?? "disabled",
    parallel_tool_calls: body["parallel_tool_calls"] ?? true,
    text: shownText(body["text"]),
    top_p: body["top_p"] ?? 1,
    presence_penalty: body["presence_penalty"] ?? 0,
    frequency_penalty: body["frequency_penalty"] ?? 0,
    top_logprobs: body["top_logprobs"] ?? 0,
    temperature: body["temperature"] ?? 1,
    reasoning: shownReasoning(body["reasoning"]),
    usage: usage === undefined ? null : wireUsage(usage),
    max_output_tokens: body["max_output_tokens"] ?? null,
    max_tool_calls: body["max_tool_calls"] ?? null,
    store: body["store"] ?? true,
    background: false,
    service_tier: body["service_tier"] ?? "default",
    metadata: body["metadata"] ?? {},
    safety_identifier: body["safety_identifier"] ?? null,
    prompt_cache_key: body["prompt_cache_key"] ?? null,
    user: body["user"] ?? null,
  };
}

function wireUsage({ inputTokens, cachedInputTokens, outputTokens, reasoningTokens }: Usage): JsonObject {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedInputTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  };
}

function shownTool(tool: JsonValue): JsonValue {
  if (!isJsonObject(tool) || tool["type"] !== "function") return tool;
  return { description: null, parameters: null, strict: null, ...tool };
}

function shownText(text: JsonValue | undefined): JsonObject {
  return { format: { type: "text" }, ...(isJsonObject(text) ? text : {}) };
}

function shownReasoning(reasoning: JsonValue | undefined): JsonValue {
  if (!isJsonObject(reasoning)) return null;
  return { effort: null, summary: null, ...reasoning };
}

function seconds(atMs: number): number {
  return Math.floor(atMs / 1000);
}
