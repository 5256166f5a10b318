import type { ChatDialectName } from "../chat/dialects.ts";
import { chatRefusalReply } from "../chat/errors.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import type { JsonObject } from "../json.ts";
import { modelNotFound } from "./chat-completions.ts";
import type { KeyedModel } from "./models.ts";
import type { OpenAIState } from "./state.ts";

/** Models of OpenAI's list that do not chat. */
const NOT_FOR_CHAT = [
  "text-embedding-3-small",
  "gpt-4o-realtime-preview",
  "gpt-4o-mini-tts",
  "dall-e-3",
  "whisper-1",
];

/** `GET /v1/models`. */
export function listModels(state: OpenAIState): Reply {
  const { dialect } = state.options;
  const others = dialect === "openai" ? NOT_FOR_CHAT.map((id) => row(id)) : [];
  return jsonReply(200, {
    object: "list",
    data: [...state.models.map((model) => entry(model, dialect)), ...others],
  });
}

/** `GET /v1/models/{id}`. */
export function showModel(id: string, state: OpenAIState): Reply {
  const model = state.models.find(({ slug }) => slug === id);
  return model === undefined
    ? chatRefusalReply(modelNotFound(id), state.switches)
    : jsonReply(200, entry(model, state.options.dialect));
}

/** A model with the facts that some servers tell. */
function entry(model: KeyedModel, dialect: ChatDialectName): JsonObject {
  switch (dialect) {
    case "openrouter":
      return { ...row(model.slug), ...openRouterFacts(model) };
    case "nebius":
      return {
        ...row(model.slug),
        context_length: model.contextWindow,
        max_output_tokens: model.maxOutputTokens,
        architecture: { modality: "text+image->text" },
        supported_features: ["tools", "structured_outputs"],
        pricing: { prompt: "0.0000002", completion: "0.0000006" },
      };
    case "llama.cpp":
      return { ...row(model.slug), meta: { n_ctx_train: model.contextWindow } };
    case "vllm":
      return { ...row(model.slug), max_model_len: model.contextWindow };
    default:
      return row(model.slug);
  }
}

function openRouterFacts(model: KeyedModel): JsonObject {
  return {
    name: `Simulator: ${model.slug}`,
    description: "A model of the simulator.",
    context_length: model.contextWindow,
    architecture: { input_modalities: ["text", "image"], output_modalities: ["text"], tokenizer: "Other" },
    pricing: {
      prompt: "0.000002",
      completion: "0.00001",
      input_cache_read: "0.0000002",
      input_cache_write: "0.0000025",
    },
    top_provider: {
      context_length: model.contextWindow,
      max_completion_tokens: model.maxOutputTokens,
      is_moderated: false,
    },
    supported_parameters: [
      "tools",
      "tool_choice",
      "reasoning",
      "include_reasoning",
      "structured_outputs",
      "max_tokens",
    ],
  };
}

function row(id: string): JsonObject {
  return { id, object: "model", created: 1_767_225_600, owned_by: "simulator" };
}
