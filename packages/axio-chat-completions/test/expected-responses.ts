import type { StopReason, Usage } from "axio";

/** The content of one recorded response, read off its chunks. */
export interface ExpectedResponse {
  readonly name: string;
  readonly model: string;
  readonly stopReason: StopReason;
  readonly usage: Usage;
  /** `kind: text` for text and reasoning, name and input for tool calls. */
  readonly blocks: readonly string[];
}

export const EXPECTED: readonly ExpectedResponse[] = [
  {
    name: "alibaba-tool-call.jsonl",
    model: "qwen3-max",
    stopReason: "tool-use",
    usage: {
      inputTokens: 295,
      cachedInputTokens: 0,
      outputTokens: 22,
      reasoningTokens: 0,
    },
    blocks: ['weather {"location":"San Francisco"}'],
  },
  {
    name: "complex_agent_run_in_flow.1.sse",
    model: "gpt-4o-2024-08-06",
    stopReason: "tool-use",
    usage: {
      inputTokens: 417,
      cachedInputTokens: 0,
      outputTokens: 44,
      reasoningTokens: 0,
    },
    blocks: ['get_weather {"city":"Mexico City"}', "get_product_name {}"],
  },
  {
    name: "complex_agent_run_in_workflow.2.sse",
    model: "gpt-4o-2024-08-06",
    stopReason: "tool-use",
    usage: {
      inputTokens: 448,
      cachedInputTokens: 0,
      outputTokens: 49,
      reasoningTokens: 0,
    },
    blocks: [
      'final_result {"answers":[{"label":"Capital of the country","answer":"Mexico City"},{"label":"Weather in the capital","answer":"Sunny"},{"label":"Product Name","answer":"Pydantic AI"}]}',
    ],
  },
  {
    name: "crusoe_model_streaming.0.sse",
    model: "meta-llama/Llama-3.3-70B-Instruct",
    stopReason: "end",
    usage: {
      inputTokens: 46,
      cachedInputTokens: 0,
      outputTokens: 14,
      reasoningTokens: 0,
    },
    blocks: ["text: 1, 2, 3, 4, 5"],
  },
  {
    name: "dbos_agent_iter.0.sse",
    model: "gpt-4o-2024-08-06",
    stopReason: "end",
    usage: {
      inputTokens: 14,
      cachedInputTokens: 0,
      outputTokens: 8,
      reasoningTokens: 0,
    },
    blocks: ["text: The capital of Mexico is Mexico City."],
  },
  {
    name: "deepseek-tool-call.jsonl",
    model: "deepseek-reasoner",
    stopReason: "tool-use",
    usage: {
      inputTokens: 339,
      cachedInputTokens: 320,
      outputTokens: 83,
      reasoningTokens: 39,
    },
    blocks: [
      'reasoning: The user is asking for the weather in San Francisco. I need to use the weather tool to get this information. Let me invoke the weather tool with the location parameter set to "San Francisco".',
      'weather {"location":"San Francisco"}',
    ],
  },
  {
    name: "groq-tool-call.jsonl",
    model: "llama-3.3-70b-versatile",
    stopReason: "tool-use",
    usage: {
      inputTokens: 210,
      cachedInputTokens: 0,
      outputTokens: 15,
      reasoningTokens: 0,
    },
    blocks: ["weather {}"],
  },
  {
    name: "mistral-incremental-tool-call.jsonl",
    model: "zai-glm-5-2",
    stopReason: "tool-use",
    usage: {
      inputTokens: 171,
      cachedInputTokens: 128,
      outputTokens: 14,
      reasoningTokens: 0,
    },
    blocks: ['webSearchTool {"query":"current Berlin weather"}'],
  },
  {
    name: "mistral-reasoning.jsonl",
    model: "magistral-medium-2507",
    stopReason: "end",
    usage: {
      inputTokens: 10,
      cachedInputTokens: 0,
      outputTokens: 46,
      reasoningTokens: 0,
    },
    blocks: ["reasoning: The user is asking for 2+2. This is basic arithmetic. 2+2=4.", "text: 2 + 2 = 4"],
  },
  {
    name: "openai-azure-model-router.1.jsonl",
    model: "gpt-5-nano-2025-08-07",
    stopReason: "end",
    usage: {
      inputTokens: 15,
      cachedInputTokens: 0,
      outputTokens: 78,
      reasoningTokens: 64,
    },
    blocks: ["text: Capital of Denmark."],
  },
  {
    name: "openai-compatible-anthropic-fallback-tool-call.sse",
    model: "claude-haiku-4-5-20251001",
    stopReason: "tool-use",
    usage: {
      inputTokens: 0,
      cachedInputTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
    },
    blocks: ["text: Reading it.", 'read_file {"path":"a.txt"}'],
  },
  {
    name: "openai_moderation_stream.0.sse",
    model: "gpt-5-2025-08-07",
    stopReason: "end",
    usage: {
      inputTokens: 13,
      cachedInputTokens: 0,
      outputTokens: 11,
      reasoningTokens: 0,
    },
    blocks: ["text: Paris."],
  },
  {
    name: "openrouter_streaming_reasoning.0.sse",
    model: "anthropic/claude-sonnet-4.5",
    stopReason: "end",
    usage: {
      inputTokens: 43,
      cachedInputTokens: 0,
      outputTokens: 36,
      reasoningTokens: 13,
    },
    blocks: ["reasoning: This is a simple arithmetic question. 2+2 equals 4.", "text: 2 + 2 = 4"],
  },
  {
    name: "openrouter_web_search_annotations_stream.0.sse",
    model: "deepseek/deepseek-chat",
    stopReason: "end",
    usage: {
      inputTokens: 2317,
      cachedInputTokens: 0,
      outputTokens: 53,
      reasoningTokens: 0,
    },
    blocks: [
      "text: The URL for Pydantic AI's GitHub repository is:  \n\nhttps://github.com/pydantic/pydantic-ai",
    ],
  },
  {
    name: "perplexity-citations.jsonl",
    model: "sonar",
    stopReason: "end",
    usage: {
      inputTokens: 10,
      cachedInputTokens: 0,
      outputTokens: 336,
      reasoningTokens: 0,
    },
    blocks: ["text: The current population of **[2][3]"],
  },
  {
    name: "snowflake_model_streaming.0.sse",
    model: "claude-sonnet-4-6",
    stopReason: "end",
    usage: {
      inputTokens: 22,
      cachedInputTokens: 0,
      outputTokens: 5,
      reasoningTokens: 0,
    },
    blocks: ["text: 4"],
  },
  {
    name: "tool_use_failed_error_streaming.1.sse",
    model: "openai/gpt-oss-120b",
    stopReason: "tool-use",
    usage: {
      inputTokens: 304,
      cachedInputTokens: 0,
      outputTokens: 49,
      reasoningTokens: 23,
    },
    blocks: [
      'reasoning: We need to call the function with correct parameter "name". Provide a name, e.g., "example".',
      'get_something_by_name {"name":"example"}',
    ],
  },
  {
    name: "xai-tool-call.jsonl",
    model: "grok-3-mini",
    stopReason: "tool-use",
    usage: {
      inputTokens: 291,
      cachedInputTokens: 290,
      outputTokens: 222,
      reasoningTokens: 196,
    },
    blocks: ["reasoning: First, the user is", 'weather {"location":"San Francisco"}'],
  },
];
