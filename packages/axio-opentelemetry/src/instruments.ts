import type { Counter, Histogram, Meter } from "@opentelemetry/api";

/** The metrics of the GenAI semantic conventions 0.1.0. */
export interface Instruments {
  readonly inferenceDuration: Histogram;
  readonly timeToFirstChunk: Histogram;
  readonly inputTokens: Counter;
  readonly outputTokens: Counter;
  readonly cacheReadTokens: Counter;
  readonly cacheWriteTokens: Counter;
  readonly reasoningTokens: Counter;
  readonly agentDuration: Histogram;
  readonly inferenceCalls: Histogram;
  readonly toolCalls: Histogram;
  readonly toolDuration: Histogram;
}

const REQUEST_SECONDS = doubling(0.01, 14);
const AGENT_SECONDS = doubling(0.1, 13);
const CALLS = doubling(1, 8);

/** Creates the instruments. The bucket boundaries are those of the conventions. */
export function createInstruments(meter: Meter): Instruments {
  const histogram = (name: string, unit: string, description: string, boundaries: number[]): Histogram =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: boundaries } });
  const tokens = (name: string, description: string): Counter =>
    meter.createCounter(`gen_ai.client.inference.usage.${name}`, { unit: "{token}", description });
  return {
    inferenceDuration: histogram(
      "gen_ai.client.inference.duration",
      "s",
      "The duration of a response, retries included.",
      REQUEST_SECONDS,
    ),
    timeToFirstChunk: histogram(
      "gen_ai.client.inference.time_to_first_chunk",
      "s",
      "The time to the first event of a response.",
      REQUEST_SECONDS,
    ),
    inputTokens: tokens("input_tokens", "Input tokens, cached ones included."),
    outputTokens: tokens("output_tokens", "Output tokens, reasoning included."),
    cacheReadTokens: tokens("cache_read.input_tokens", "Input tokens that were read from a cache."),
    cacheWriteTokens: tokens("cache_write.input_tokens", "Input tokens that were written to a cache."),
    reasoningTokens: tokens("reasoning.output_tokens", "Output tokens of reasoning."),
    agentDuration: histogram("gen_ai.invoke_agent.duration", "s", "The duration of a run.", AGENT_SECONDS),
    inferenceCalls: histogram(
      "gen_ai.invoke_agent.inference_calls",
      "{inference_call}",
      "The requests of a run, failed ones included.",
      CALLS,
    ),
    toolCalls: histogram(
      "gen_ai.invoke_agent.tool_calls",
      "{tool_call}",
      "The tool calls of a run, failed ones included.",
      CALLS,
    ),
    toolDuration: histogram(
      "gen_ai.execute_tool.duration",
      "s",
      "The duration of a tool call.",
      REQUEST_SECONDS,
    ),
  };
}

function doubling(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Number((first * 2 ** index).toPrecision(8)));
}
