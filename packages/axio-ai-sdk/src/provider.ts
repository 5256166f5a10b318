import {
  type LanguageModelV2,
  type LanguageModelV3,
  type LanguageModelV4,
  NoSuchModelError,
  type ProviderV4,
} from "@ai-sdk/provider";
import { AxioError, type CompletionTransport } from "axio";
import { toModelV2 } from "./model-v2.ts";
import { toModelV3 } from "./model-v3.ts";
import { AxioLanguageModel } from "./model-v4.ts";
import type { AxioProviderOptions } from "./provider-options.ts";

/** A provider of the AI SDK. Calling it is the same as `languageModel()`. */
export interface AxioProvider extends ProviderV4 {
  /** Returns a model for `ai` 7. */
  (modelId: string): LanguageModelV4;
  /** Returns a model for `ai` 6. */
  v3(modelId: string): LanguageModelV3;
  /** Returns a model for `ai` 5. */
  v2(modelId: string): LanguageModelV2;
}

/**
 * Creates a provider for the AI SDK whose models run on a transport.
 *
 * @throws AxioError `invalid-argument` if `transport` is not one.
 * @see https://ai-sdk.dev/providers/community-providers/custom-providers
 * @example
 * ```ts
 * import { createAxio } from "axio-ai-sdk";
 * import { CodexTransport } from "axio-transport-codex";
 *
 * const axio = createAxio(new CodexTransport());
 * const model = axio("gpt-5.5"); // `ai` 7; `axio.v3("gpt-5.5")` for `ai` 6
 * console.log(model.specificationVersion, model.modelId); // v4 gpt-5.5
 * ```
 */
export function createAxio(transport: CompletionTransport, options: AxioProviderOptions = {}): AxioProvider {
  // Without types, anything may arrive here.
  if (typeof (transport as { stream?: unknown } | undefined)?.stream !== "function")
    throw new AxioError(
      "invalid-argument",
      "The first argument is not a transport. Pass one, such as a CodexTransport.",
    );
  const languageModel = (modelId: string): AxioLanguageModel =>
    new AxioLanguageModel(transport, modelId, options);
  return Object.assign(languageModel, {
    specificationVersion: "v4" as const,
    languageModel,
    v3: (modelId: string) => toModelV3(languageModel(modelId)),
    v2: (modelId: string) => toModelV2(languageModel(modelId)),
    embeddingModel: (modelId: string): never => {
      throw new NoSuchModelError({ modelId, modelType: "embeddingModel" });
    },
    imageModel: (modelId: string): never => {
      throw new NoSuchModelError({ modelId, modelType: "imageModel" });
    },
  });
}
