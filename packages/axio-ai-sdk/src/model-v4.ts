import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamResult,
} from "@ai-sdk/provider";
import type { CompletionTransport } from "axio";
import type { AxioProviderOptions } from "./provider-options.ts";
import type { CallTarget } from "./run-call.ts";

/** A model of a transport, in version 4 of the AI SDK's specification. The first call loads the code that runs it. */
export class AxioLanguageModel implements LanguageModelV4 {
  readonly specificationVersion = "v4";
  readonly provider: string;
  readonly modelId: string;
  readonly supportedUrls: Record<string, RegExp[]>;
  readonly #target: CallTarget;

  constructor(transport: CompletionTransport, modelId: string, options: AxioProviderOptions) {
    this.#target = { transport, modelId, options };
    this.modelId = modelId;
    this.provider = options.name ?? "axio";
    this.supportedUrls =
      options.passUrls === true ? { "image/*": [/^https:\/\//], "application/pdf": [/^https:\/\//] } : {};
  }

  /** Runs one request and returns its whole response. */
  async doGenerate(options: LanguageModelV4CallOptions): Promise<LanguageModelV4GenerateResult> {
    const { generate } = await import("./run-call.ts");
    return generate(this.#target, options);
  }

  /** Runs one request and streams its response. Rejects if the request fails before its first event. */
  async doStream(options: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamResult> {
    const { openCall } = await import("./run-call.ts");
    return openCall(this.#target, options);
  }
}
