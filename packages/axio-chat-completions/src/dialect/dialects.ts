import { type Dialect, defineDialect, GENERIC_DIALECT, type OptionalParameter } from "./dialect.ts";
import type { ReasoningDialect } from "./reasoning-dialect.ts";

const OPENAI_PARAMETERS: readonly OptionalParameter[] = [
  "parallel_tool_calls",
  "prompt_cache_key",
  "prompt_cache_retention",
  "safety_identifier",
  "service_tier",
  "verbosity",
];

/** The settings of servers that also limit the number of likely tokens. */
const WITH_TOP_K: Dialect["settings"] = { ...GENERIC_DIALECT.settings, topK: "top_k" };

const EFFORT: Partial<ReasoningDialect> = { effortPath: ["reasoning_effort"] };

/** `chat_template_kwargs` reaches the chat template. The two members are the names that templates use. */
const TEMPLATE_SWITCH: Partial<ReasoningDialect> = {
  on: { chat_template_kwargs: { enable_thinking: true, thinking: true } },
  off: { chat_template_kwargs: { enable_thinking: false, thinking: false } },
};

const TYPE_SWITCH: Partial<ReasoningDialect> = {
  on: { thinking: { type: "enabled" } },
  off: { thinking: { type: "disabled" } },
};

const openai = defineDialect({
  name: "OpenAI",
  systemRole: "developer-if-reasoning",
  streamOptions: { include_usage: true, include_obfuscation: false },
  maxTokensParameter: "max_completion_tokens",
  parameters: OPENAI_PARAMETERS,
  strict: true,
  hostedTools: { "web-search": "web_search_options" },
  imageDetail: true,
  files: ["application/pdf"],
  audio: ["wav", "mp3"],
  reasoning: { ...EFFORT, tags: false, off: { reasoning_effort: "none" } },
  openAIModels: true,
});

const azure = defineDialect(
  // Azure has no obfuscation to switch off.
  { name: "Azure OpenAI", streamOptions: { include_usage: true }, hostedTools: {} },
  openai,
);

const openrouter = defineDialect({
  name: "OpenRouter",
  settings: WITH_TOP_K,
  parameters: ["parallel_tool_calls", "verbosity"],
  // Without it, OpenRouter may choose a provider that ignores tools and schemas.
  bodyWithTools: { provider: { require_parameters: true } },
  strict: true,
  hostedTools: { "web-search": "web-plugin", "image-generation": "image-modality" },
  files: ["*"],
  fileUrls: true,
  audio: ["wav", "mp3"],
  reasoning: {
    tags: false,
    replay: "reasoning_details",
    effortPath: ["reasoning", "effort"],
    budgetPath: ["reasoning", "max_tokens"],
    on: { reasoning: { enabled: true } },
    off: { reasoning: { enabled: false } },
  },
  cacheControlModels: ["anthropic/"],
  errors: [
    {
      kind: "rate-limit",
      statuses: [402],
      metadata: { name: "limit_source", value: "openrouter_in_flight_budget" },
    },
    { kind: "policy", statuses: [403], metadata: { name: "reasons" } },
    {
      kind: "not-found",
      statuses: [404],
      pattern: "no endpoints found matching your data policy",
      message:
        "No provider fits the privacy settings of the account. Change them at https://openrouter.ai/settings/privacy.",
    },
  ],
});

const vllm = defineDialect({
  name: "vLLM",
  settings: WITH_TOP_K,
  parameters: ["parallel_tool_calls"],
  audio: ["wav", "mp3"],
  reasoning: { ...EFFORT, ...TEMPLATE_SWITCH },
  errors: [
    {
      kind: "no-tool-use",
      pattern: "tool choice requires",
      message:
        "{server} was started without tool calling. Start it with --enable-auto-tool-choice and --tool-call-parser.",
    },
  ],
});

const llamacpp = defineDialect({
  name: "llama.cpp",
  settings: WITH_TOP_K,
  namedToolChoice: false,
  reasoning: { ...TEMPLATE_SWITCH },
  errors: [
    {
      kind: "invalid",
      statuses: [500],
      pattern: "jinja|chat template|cannot use tools with stream",
      message:
        "The chat template of the model cannot render this request. Start {server} with --jinja, or use another template.",
    },
  ],
});

const ollama = defineDialect({
  name: "Ollama",
  // Older versions cannot download images.
  images: "data",
  reasoning: { ...EFFORT, off: { reasoning_effort: "none" } },
  errors: [
    {
      kind: "model",
      pattern: "try pulling it",
      message: "{server} does not have the model yet. Download it with `ollama pull`.",
    },
    {
      kind: "invalid",
      pattern: "requires more system memory",
      message: "The model needs more memory than this machine has. Choose a smaller one.",
    },
  ],
});

const lmstudio = defineDialect({
  name: "LM Studio",
  settings: WITH_TOP_K,
  namedToolChoice: false,
  images: "data",
  errors: [
    {
      kind: "model",
      pattern: "no models? (?:is |are )?loaded",
      message: "{server} has no model loaded. Load one, or allow it to load models on demand.",
    },
  ],
});

const groq = defineDialect({
  name: "Groq",
  maxTokensParameter: "max_completion_tokens",
  parameters: ["parallel_tool_calls", "service_tier"],
  reasoning: { ...EFFORT, off: { reasoning_effort: "none" } },
  rateLimitWindowsMs: { requests: 86_400_000, tokens: 60_000 },
});

const deepseek = defineDialect({
  name: "DeepSeek",
  outputFormat: "json_object",
  images: "none",
  reasoning: {
    ...EFFORT,
    ...TYPE_SWITCH,
    effortNames: { minimal: "low", medium: "high", xhigh: "high", ultra: "max" },
    replay: "reasoning_content",
    replayWithoutTools: false,
    requiredWithCalls: true,
  },
});

const mistral = defineDialect({
  name: "Mistral",
  settings: { ...GENERIC_DIALECT.settings, seed: "random_seed" },
  // Mistral sends usage unasked, and refuses members that it does not know.
  streamOptions: undefined,
  parameters: ["parallel_tool_calls"],
  requiredToolChoice: "any",
  toolCallIds: { minLength: 9, maxLength: 9, characters: "alphanumeric" },
  toolResultName: true,
  assistantAfterToolResult: "I have read the results.",
  emptyContent: "",
  reasoning: { ...EFFORT, replay: "content-parts" },
});

const xai = defineDialect({
  name: "xAI",
  parameters: ["parallel_tool_calls"],
  reasoning: { ...EFFORT, tags: false },
});

const gemini = defineDialect({
  name: "Gemini",
  refusedKeywords: [
    "$schema",
    "$id",
    "$defs",
    "definitions",
    "additionalProperties",
    "const",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
  ],
  inlineReferences: true,
  toolNameStartsWithLetter: true,
  toolResultName: true,
  images: "data",
  // Gemini 3 refuses the first call of a step without a signature. Google documents this one for calls of other models.
  foreignCalls: [
    {
      models: "gemini-(?:[3-9]|\\d\\d)",
      members: { extra_content: { google: { thought_signature: "skip_thought_signature_validator" } } },
    },
  ],
  reasoning: { ...EFFORT, off: { reasoning_effort: "none" } },
});

/** The id of a known server's dialect. */
export type DialectId =
  | "openai"
  | "azure"
  | "openrouter"
  | "nebius"
  | "ollama"
  | "vllm"
  | "sglang"
  | "lmstudio"
  | "llamacpp"
  | "groq"
  | "deepseek"
  | "mistral"
  | "xai"
  | "gemini"
  | "alibaba"
  | "moonshot"
  | "zai"
  | "perplexity"
  | "huggingface";

/** The dialects of known servers. */
export const DIALECTS: { readonly [Id in DialectId]: Dialect } = {
  openai,
  azure,
  openrouter,
  nebius: defineDialect({ name: "Nebius", reasoning: TEMPLATE_SWITCH }, vllm),
  ollama,
  vllm,
  sglang: defineDialect({ name: "SGLang" }, vllm),
  lmstudio,
  llamacpp,
  groq,
  deepseek,
  mistral,
  xai,
  gemini,
  alibaba: defineDialect({
    name: "Alibaba Cloud",
    outputFormat: "json_object",
    parameters: ["parallel_tool_calls"],
    reasoning: {
      on: { enable_thinking: true },
      off: { enable_thinking: false },
      budgetPath: ["thinking_budget"],
    },
  }),
  moonshot: defineDialect({
    name: "Moonshot AI",
    images: "data",
    reasoning: { ...TYPE_SWITCH, replay: "reasoning_content", requiredWithCalls: true },
  }),
  zai: defineDialect({
    name: "Z.ai",
    outputFormat: "json_object",
    reasoning: { ...TYPE_SWITCH, replay: "reasoning_content" },
  }),
  perplexity: defineDialect({ name: "Perplexity", reasoning: EFFORT }),
  huggingface: defineDialect({ name: "Hugging Face" }),
};
