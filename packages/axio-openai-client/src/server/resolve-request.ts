import type { CompletionTransport, ModelSpec, StreamRequest } from "axio";
import { findModel } from "axio/internal";
import { type InboundRequest, nearestEffort, type Unsupported } from "axio-inbound";

/** A request whose model and effort are those of the transport. */
export interface ResolvedRequest {
  readonly model: ModelSpec;
  readonly request: StreamRequest;
  readonly unsupported: readonly Unsupported[];
}

/**
 * Finds the model of a request, and the reasoning effort that the model has.
 *
 * @throws AxioError `model-not-supported` that names the models, if it is not listed.
 */
export async function resolveRequest(
  transport: CompletionTransport,
  { model: name, request, unsupported }: InboundRequest,
  aliases: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<ResolvedRequest> {
  const id = Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name;
  const model = await findModel(transport, id, signal);
  const wanted = request.reasoning?.effort;
  const effort = wanted === undefined ? undefined : nearestEffort(wanted, model);
  const lowered =
    effort === wanted
      ? []
      : [
          {
            parameter: "reasoning.effort",
            reason: `The model ${model.id} does not have ${JSON.stringify(wanted)}. ${effort === undefined ? "Its default" : JSON.stringify(effort)} is used.`,
          },
        ];
  return {
    model,
    request: { ...request, model, signal, reasoning: { ...request.reasoning, effort } },
    unsupported: [...unsupported, ...lowered],
  };
}
