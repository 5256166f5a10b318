import type { CompletionTransport, ModelSpec, StreamRequest } from "axio";
import { findModel } from "axio/internal";
import { fitSettings, type InboundRequest, nearestEffort, type Unsupported } from "axio-inbound";

/** A request whose model and effort are those of the transport. */
export interface ResolvedRequest {
  readonly model: ModelSpec;
  readonly request: StreamRequest;
  readonly unsupported: readonly Unsupported[];
}

/**
 * Finds the model of a request, the reasoning effort that the model has, and the settings that the transport sends.
 *
 * @throws AxioError `model-not-supported` that names the models, if it is not listed.
 */
export async function resolveRequest(
  transport: CompletionTransport,
  { model: name, request, unsupported, settingMembers, effortMember = "reasoning.effort" }: InboundRequest,
  aliases: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<ResolvedRequest> {
  const id = Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name;
  const model = await findModel(transport, id, signal);
  const wanted = request.reasoning?.effort;
  const effort = wanted === undefined ? undefined : nearestEffort(wanted, model);
  const reasoning = effort === wanted ? request.reasoning : { ...request.reasoning, effort };
  // V8 copies an object many times faster if nothing is added after it.
  const fitted = fitSettings(transport, { model, signal, ...request, reasoning }, settingMembers);
  return {
    model,
    request: fitted.request,
    unsupported: [
      ...fitted.unsupported,
      ...unsupported,
      ...loweredEffort(effortMember, model, wanted, effort),
    ],
  };
}

function loweredEffort(
  parameter: string,
  { id }: ModelSpec,
  wanted: string | undefined,
  effort: string | undefined,
): readonly Unsupported[] {
  if (effort === wanted) return [];
  const used = effort === undefined ? "Its default" : JSON.stringify(effort);
  const reason = `The model ${id} does not have ${JSON.stringify(wanted)}. ${used} is used.`;
  return [{ parameter, reason }];
}
