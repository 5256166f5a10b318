import { type KeyedModel, OPENAI_MODELS, plainModel } from "../openai/models.ts";
import { type ChatSwitches, OPENAI_CHAT } from "./switches.ts";

/** A server of Chat Completions: its oddities and its models. */
export interface ChatDialect {
  readonly switches: ChatSwitches;
  readonly models: readonly KeyedModel[];
}

/** A server that is not OpenAI. */
const OTHER: ChatSwitches = {
  ...OPENAI_CHAT,
  obfuscation: false,
  foreignMembers: true,
  developerRole: false,
  rateLimits: "none",
};

/** A server on the user's machine. */
const LOCAL: ChatSwitches = {
  ...OTHER,
  keyless: true,
  unknownMembers: "ignore",
  alternatingRoles: true,
};

/** The servers that the simulator can be, by name. */
export const CHAT_DIALECTS = {
  openai: { switches: OPENAI_CHAT, models: OPENAI_MODELS },
  azure: {
    switches: {
      ...OPENAI_CHAT,
      filterResults: true,
      obfuscation: false,
      rateLimits: "azure",
      errors: "azure",
    },
    models: OPENAI_MODELS,
  },
  openrouter: dialect(
    {
      reasoning: "reasoning_details",
      role: "every",
      usage: "always",
      nativeFinish: "stop",
      comments: [": OPENROUTER PROCESSING", ": OPENROUTER PROCESSING"],
      extraMembers: { provider: "Simulator" },
      errors: "openrouter",
      acceptedMembers: [
        "provider",
        "models",
        "route",
        "transforms",
        "plugins",
        "reasoning",
        "usage",
        "session_id",
        "cache_control",
      ],
      rateLimits: "openrouter",
      idPrefix: "gen-",
    },
    "anthropic/claude-sonnet-5.5",
    "google/gemini-3-pro",
    "deepseek/deepseek-v4:free",
  ),
  nebius: dialect(
    {
      reasoning: "reasoning_content",
      calls: "whole",
      acceptedMembers: ["chat_template_kwargs", "enable_thinking"],
    },
    "Qwen/Qwen3-235B-A22B",
    "deepseek-ai/DeepSeek-V3.1",
  ),
  deepseek: dialect(
    {
      reasoning: "reasoning_content",
      usage: "with-finish",
      usageShape: "deepseek",
      wantsReasoning: true,
      comments: [": keep-alive"],
      acceptedMembers: ["thinking"],
    },
    "deepseek-chat",
    "deepseek-reasoner",
  ),
  groq: dialect(
    {
      reasoning: "reasoning",
      calls: "whole",
      usage: "x_groq",
      acceptedMembers: ["reasoning_format", "include_reasoning"],
      rateLimits: "openai",
    },
    "openai/gpt-oss-120b",
    "llama-3.3-70b-versatile",
  ),
  xai: dialect(
    {
      reasoning: "reasoning_content",
      calls: "whole",
      usageShape: "xai",
      acceptedMembers: ["search_parameters"],
    },
    "grok-4-1-fast-reasoning",
    "grok-code-fast-1",
  ),
  mistral: dialect(
    {
      reasoning: "parts",
      usage: "with-finish",
      errors: "mistral",
      calls: "whole",
      acceptedMembers: ["safe_prompt", "random_seed", "prompt_mode"],
      refusedMembers: ["max_completion_tokens", "stream_options", "store", "seed", "logit_bias", "user"],
      assistantAfterTool: true,
      callIdPattern: /^[a-zA-Z0-9]{9}$/,
      idPrefix: "",
    },
    "mistral-large-latest",
    "magistral-medium-latest",
  ),
  gemini: dialect(
    {
      calls: "one-delta",
      callIndex: "absent",
      callSignatures: true,
      finish: "stop",
      errors: "array",
      acceptedMembers: ["extra_body"],
      idPrefix: "",
    },
    "gemini-3-pro",
    "gemini-3-flash",
  ),
  alibaba: dialect(
    {
      reasoning: "reasoning_content",
      calls: "whole",
      callId: "then-empty",
      acceptedMembers: ["enable_thinking", "thinking_budget"],
    },
    "qwen3-max",
  ),
  moonshot: dialect(
    {
      reasoning: "reasoning_content",
      usage: "in-choice",
      usageShape: "moonshot",
      acceptedMembers: ["thinking"],
    },
    "kimi-k2-thinking",
  ),
  perplexity: dialect(
    {
      usage: "every",
      extraMembers: { citations: ["https://example.test/one"], search_results: [] },
      idPrefix: "",
    },
    "sonar-pro",
  ),
  snowflake: dialect(
    { reasoning: "reasoning_details", role: "every", finish: "absent", emptyIds: true, usage: "always" },
    "claude-sonnet-4-5",
  ),
  huggingface: dialect({ errors: "text", reasoning: "reasoning_content" }, "zai-org/GLM-4.7"),
  ollama: local(
    {
      reasoning: "reasoning",
      calls: "whole",
      callIndex: "zero",
      callArguments: "string",
      alternatingRoles: false,
    },
    "qwen3",
    "llama3.2",
  ),
  vllm: local({ reasoning: "reasoning", errors: "flat", idPrefix: "chatcmpl-" }, "Qwen/Qwen3-8B"),
  sglang: local({ reasoning: "reasoning_content", errors: "flat", finish: "stop" }, "Qwen/Qwen3-8B"),
  "llama.cpp": local({ reasoning: "reasoning_content", callName: "every" }, "gpt-oss-20b"),
  lmstudio: local({ reasoning: "tags", errors: "text", calls: "whole" }, "qwen3-8b"),
  litellm: dialect({ reasoning: "thinking_blocks", finish: "stop", errors: "openai" }, "claude-sonnet-5-5"),
} as const satisfies Readonly<Record<string, ChatDialect>>;

/** The name of a server that the simulator can be. */
export type ChatDialectName = keyof typeof CHAT_DIALECTS;

function dialect(switches: Partial<ChatSwitches>, ...models: readonly string[]): ChatDialect {
  return { switches: { ...OTHER, ...switches }, models: models.map(otherModel) };
}

function local(switches: Partial<ChatSwitches>, ...models: readonly string[]): ChatDialect {
  return { switches: { ...LOCAL, ...switches }, models: models.map(otherModel) };
}

/** A model of another company, whose server refuses little. */
function otherModel(slug: string): KeyedModel {
  return {
    ...plainModel(slug, 131_072, 32_768),
    efforts: ["none", "minimal", "low", "medium", "high", "xhigh", "max"],
    lacksNone: false,
    isReasoning: false,
    instructionRoles: ["system"],
  };
}
