import {
  AxioError,
  type CompletionTransport,
  type ModelSpec,
  type StreamRequest,
  type TransportEvent,
} from "axio";
import { readBatches } from "axio/transport";
import { type InboundRequest, nearestEffort, type Unsupported } from "axio-inbound";

/** A stream that has begun: a request that fails before its first event fails as an HTTP response. */
export interface OpenedStream {
  readonly first: readonly TransportEvent[];
  /** The batches after the first. */
  readonly rest: AsyncGenerator<readonly TransportEvent[], void, undefined>;
}

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
  signal: AbortSignal,
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

async function findModel(
  transport: CompletionTransport,
  id: string,
  signal: AbortSignal,
): Promise<ModelSpec> {
  const known = transport.models.find(id) ?? (transport.model.id === id ? transport.model : undefined);
  if (known !== undefined) return known;
  const models = (await transport.fetchModels?.({ signal })) ?? transport.models;
  return models.get(id);
}

/**
 * Sends a request and waits for its first event.
 *
 * @throws AxioError if the request fails before.
 */
export async function openStream(
  transport: CompletionTransport,
  request: StreamRequest,
): Promise<OpenedStream> {
  const rest = readBatches(transport.stream(request));
  for (;;) {
    const { value, done } = await rest.next();
    if (done === true)
      throw new AxioError(
        "stream-truncated",
        "The response ended before its first event. Send the request again.",
      );
    if (value.some(({ type }) => type !== "rate-limits" && type !== "retry")) return { first: value, rest };
  }
}

/** Reads a stream to its end. */
export async function readAll(
  { first, rest }: OpenedStream,
  onEvent: (event: TransportEvent) => void,
): Promise<void> {
  for (const event of first) onEvent(event);
  for await (const batch of rest) for (const event of batch) onEvent(event);
}
