import { DIALECTS } from "axio-chat-completions";
import { DEFAULT_MODEL } from "../config.ts";
import type { Server, ServerId } from "./server.ts";

/** A service that is reached with a key. */
function hosted(
  id: ServerId,
  baseUrl: string,
  key: { readonly variable: string; readonly owner?: string; readonly url?: string },
  more: Partial<Server> = {},
): Server {
  return {
    id,
    name: DIALECTS[id].name,
    baseUrl,
    api: "chat",
    dialect: DIALECTS[id],
    models: "generic",
    key: {
      header: "authorization",
      variables: [key.variable],
      isOptional: false,
      owner: key.owner,
      url: key.url,
    },
    ...more,
  };
}

/** A server that users run themselves. Most need no key. */
function selfHosted(
  id: ServerId,
  baseUrl: string,
  variable: string,
  startHint: string,
  more: Partial<Server> = {},
): Server {
  return {
    id,
    name: DIALECTS[id].name,
    baseUrl,
    api: "chat",
    dialect: DIALECTS[id],
    models: "generic",
    key: { header: "authorization", variables: [variable], isOptional: true },
    startHint,
    ...more,
  };
}

/** The servers that have a preset. */
export const SERVERS: { readonly [Id in ServerId]: Server } = {
  openai: hosted(
    "openai",
    "https://api.openai.com/v1",
    { variable: "OPENAI_API_KEY", owner: "OpenAI", url: "https://platform.openai.com/api-keys" },
    { api: "responses", models: "openai", urlVariable: "OPENAI_BASE_URL", defaultModel: DEFAULT_MODEL },
  ),
  azure: {
    ...hosted("azure", "", { variable: "AZURE_OPENAI_API_KEY", url: "https://ai.azure.com" }),
    baseUrl: undefined,
    urlVariable: "AZURE_OPENAI_ENDPOINT",
    api: "responses",
    models: "openai",
    key: {
      header: "api-key",
      variables: ["AZURE_OPENAI_API_KEY"],
      isOptional: false,
      url: "https://ai.azure.com",
    },
  },
  openrouter: hosted(
    "openrouter",
    "https://openrouter.ai/api/v1",
    { variable: "OPENROUTER_API_KEY", owner: "OpenRouter", url: "https://openrouter.ai/settings/keys" },
    { models: "openrouter", defaultModel: "google/gemini-2.5-pro-preview" },
  ),
  nebius: hosted(
    "nebius",
    "https://api.tokenfactory.nebius.com/v1",
    { variable: "NEBIUS_API_KEY", url: "https://tokenfactory.nebius.com" },
    { models: "nebius", modelsPath: "models?verbose=true" },
  ),
  groq: hosted("groq", "https://api.groq.com/openai/v1", {
    variable: "GROQ_API_KEY",
    owner: "Groq",
    url: "https://console.groq.com/keys",
  }),
  deepseek: hosted("deepseek", "https://api.deepseek.com", {
    variable: "DEEPSEEK_API_KEY",
    url: "https://platform.deepseek.com/api_keys",
  }),
  mistral: hosted("mistral", "https://api.mistral.ai/v1", {
    variable: "MISTRAL_API_KEY",
    url: "https://console.mistral.ai/api-keys",
  }),
  xai: hosted("xai", "https://api.x.ai/v1", {
    variable: "XAI_API_KEY",
    owner: "xAI",
    url: "https://console.x.ai",
  }),
  gemini: hosted("gemini", "https://generativelanguage.googleapis.com/v1beta/openai", {
    variable: "GEMINI_API_KEY",
    url: "https://aistudio.google.com/apikey",
  }),
  alibaba: hosted("alibaba", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", {
    variable: "DASHSCOPE_API_KEY",
  }),
  moonshot: hosted("moonshot", "https://api.moonshot.ai/v1", { variable: "MOONSHOT_API_KEY" }),
  zai: hosted("zai", "https://api.z.ai/api/paas/v4", { variable: "ZAI_API_KEY" }),
  perplexity: hosted("perplexity", "https://api.perplexity.ai", {
    variable: "PERPLEXITY_API_KEY",
    owner: "Perplexity",
  }),
  huggingface: hosted("huggingface", "https://router.huggingface.co/v1", {
    variable: "HF_TOKEN",
    owner: "Hugging Face",
    url: "https://huggingface.co/settings/tokens",
  }),
  ollama: selfHosted(
    "ollama",
    "http://localhost:11434/v1",
    "OLLAMA_API_KEY",
    "Start it with `ollama serve`.",
    { models: "ollama", urlVariable: "OLLAMA_HOST" },
  ),
  vllm: selfHosted(
    "vllm",
    "http://localhost:8000/v1",
    "VLLM_API_KEY",
    "Start it with `vllm serve MODEL --enable-auto-tool-choice --tool-call-parser NAME`.",
  ),
  sglang: selfHosted(
    "sglang",
    "http://localhost:30000/v1",
    "SGLANG_API_KEY",
    "Start it with `python -m sglang.launch_server --model-path MODEL`.",
  ),
  lmstudio: selfHosted(
    "lmstudio",
    "http://localhost:1234/v1",
    "LMSTUDIO_API_KEY",
    "Start its server in the Developer tab, or with `lms server start`.",
  ),
  llamacpp: selfHosted(
    "llamacpp",
    "http://localhost:8080/v1",
    "LLAMA_API_KEY",
    "Start it with `llama-server --jinja -m MODEL.gguf`.",
  ),
};

/** Whether there is a preset of this name. */
export function isServerId(id: string): id is ServerId {
  return Object.hasOwn(SERVERS, id);
}
