import type {
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

/** The transport, the model and the options that a call of the AI SDK runs with. */
export interface CallTarget {
  readonly transport: CompletionTransport;
  readonly modelId: string;
  readonly options: AxioProviderOptions;
}

/** Runs one request and returns its whole response. */
export async function generate(
  target: CallTarget,
  call: LanguageModelV4CallOptions,
): Promise<LanguageModelV4GenerateResult> {
  const { stream } = await openCall(target, call);
  const parts: LanguageModelV4StreamPart[] = [];
  for await (const part of stream) {
    if (part.type === "error") throw part.error;
    parts.push(part);
  }
  return generateResult(parts, call.responseFormat?.type === "json");
}

/** Runs one request and streams its response. Rejects if the request fails before its first event. */
export async function openCall(
  { transport, modelId, options }: CallTarget,
  call: LanguageModelV4CallOptions,
): Promise<LanguageModelV4StreamResult> {
  const signal = call.abortSignal;
  try {
    const model = await findModel(transport, modelId, signal);
    const { request, warnings } = readCall(call, { transport, model, strict: options.strict ?? false });
    const conversationId = request.conversationId ?? (await deriveConversationId(request));
    const opened = await openStream(transport, { ...request, signal, conversationId });
    const start: LanguageModelV4StreamPart = { type: "stream-start", warnings: [...warnings] };
    const encoder = new PartEncoder(request.tools);
    return { stream: streamParts(start, opened, encoder, call, { modelId, options }) };
  } catch (error) {
    throw toSdkError(error, modelId);
  }
}

function streamParts(
  start: LanguageModelV4StreamPart,
  { first, rest }: OpenedStream,
  encoder: PartEncoder,
  { includeRawChunks = false, abortSignal }: LanguageModelV4CallOptions,
  { modelId, options }: Pick<CallTarget, "modelId" | "options">,
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
          const isInterrupted =
            options.onTruncated === "interrupted" && AxioError.is(error, "stream-truncated");
          const unified = isInterrupted ? "interrupted" : "error";
          for (const part of encoder.fail(toSdkError(error, modelId), unified)) controller.enqueue(part);
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
