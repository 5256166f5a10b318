import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
} from "@ai-sdk/provider";
import { AxioError, type CompletionTransport, type TransportEvent } from "axio";
import { findModel, type OpenedStream, openStream } from "axio/internal";
import { deriveConversationId } from "axio-inbound/internal";
import { toSdkError } from "./errors.ts";
import { generateResult } from "./generate-result.ts";
import { PartEncoder } from "./part-encoder.ts";
import type { AxioProviderOptions } from "./provider-options.ts";
import { readCall } from "./read-call.ts";

/** A model of a transport, in version 4 of the AI SDK's specification. */
export class AxioLanguageModel implements LanguageModelV4 {
  readonly specificationVersion = "v4";
  readonly provider: string;
  readonly modelId: string;
  readonly supportedUrls: Record<string, RegExp[]>;
  readonly #transport: CompletionTransport;
  readonly #options: AxioProviderOptions;

  constructor(transport: CompletionTransport, modelId: string, options: AxioProviderOptions) {
    this.#transport = transport;
    this.#options = options;
    this.modelId = modelId;
    this.provider = options.name ?? "axio";
    this.supportedUrls =
      options.passUrls === true ? { "image/*": [/^https:\/\//], "application/pdf": [/^https:\/\//] } : {};
  }

  /** Runs one request and returns its whole response. */
  async doGenerate(options: LanguageModelV4CallOptions): Promise<LanguageModelV4GenerateResult> {
    const { stream } = await this.doStream(options);
    const parts: LanguageModelV4StreamPart[] = [];
    for await (const part of stream) {
      if (part.type === "error") throw part.error;
      parts.push(part);
    }
    return generateResult(parts, options.responseFormat?.type === "json");
  }

  /** Runs one request and streams its response. Rejects if the request fails before its first event. */
  async doStream(options: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamResult> {
    const signal = options.abortSignal;
    try {
      const model = await findModel(this.#transport, this.modelId, signal);
      const target = { transport: this.#transport, model, strict: this.#options.strict ?? false };
      const { request, warnings } = readCall(options, target);
      const conversationId = request.conversationId ?? (await deriveConversationId(request));
      const opened = await openStream(this.#transport, { ...request, signal, conversationId });
      const start: LanguageModelV4StreamPart = { type: "stream-start", warnings: [...warnings] };
      const encoder = new PartEncoder(request.tools);
      return { stream: this.#parts(start, opened, encoder, options) };
    } catch (error) {
      throw toSdkError(error, this.modelId);
    }
  }

  #parts(
    start: LanguageModelV4StreamPart,
    { first, rest }: OpenedStream,
    encoder: PartEncoder,
    { includeRawChunks = false, abortSignal }: LanguageModelV4CallOptions,
  ): ReadableStream<LanguageModelV4StreamPart> {
    let next: readonly TransportEvent[] | undefined = first;
    const partsOf = (event: TransportEvent): readonly LanguageModelV4StreamPart[] => [
      ...(includeRawChunks ? [{ type: "raw", rawValue: event } as const] : []),
      ...encoder.encode(event),
    ];
    return new ReadableStream<LanguageModelV4StreamPart>(
      {
        start: (controller) => controller.enqueue(start),
        pull: async (controller) => {
          try {
            // A pull that enqueues nothing is not repeated, and a batch may have no parts.
            for (let isEmpty = true; isEmpty; ) {
              const batch = next ?? (await rest.next()).value;
              next = undefined;
              if (batch === undefined) return controller.close();
              for (const event of batch) {
                for (const part of partsOf(event)) {
                  controller.enqueue(part);
                  isEmpty = false;
                }
              }
            }
          } catch (error) {
            await rest.return().catch(() => undefined);
            if (abortSignal?.aborted) return controller.error(abortSignal.reason);
            const unified = this.#isTruncated(error) ? "interrupted" : "error";
            for (const part of encoder.fail(toSdkError(error, this.modelId), unified))
              controller.enqueue(part);
            controller.close();
          }
        },
        cancel: async () => {
          await rest.return();
        },
      },
      { highWaterMark: 0 },
    );
  }

  #isTruncated(error: unknown): boolean {
    return this.#options.onTruncated === "interrupted" && AxioError.is(error, "stream-truncated");
  }
}
