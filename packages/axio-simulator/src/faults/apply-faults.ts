import type { Reply, StreamReply } from "../http/reply.ts";
import { indexOfPoint } from "../stream/frames.ts";
import type { FaultRegistry } from "./fault.ts";
import type { FaultSpec } from "./fault-spec.ts";

/** Thrown if a fault has an unknown name. */
export class UnknownFaultError extends Error {
  override readonly name = "UnknownFaultError";
  constructor(fault: string) {
    super(`The simulator has no fault ${JSON.stringify(fault)}.`);
  }
}

/** Applies faults to a reply. Those of event streams do not change a complete reply. */
export function applyFaults<Context>(
  reply: Reply,
  faults: readonly FaultSpec[],
  attempt: number,
  registry: FaultRegistry<Context>,
  context: Context | undefined,
): Reply {
  return faults
    .filter(({ attempts }) => attempts === undefined || attempts.includes(attempt))
    .reduce((current, fault) => applyFault(current, fault, registry, context), reply);
}

/** Whether the fault replaces the reply of the endpoint. */
export function replacesAnswer(spec: FaultSpec, registry: FaultRegistry<never>): boolean {
  return registry.get(spec.name)?.effect.kind === "reply";
}

function applyFault<Context>(
  reply: Reply,
  spec: FaultSpec,
  registry: FaultRegistry<Context>,
  context: Context | undefined,
): Reply {
  const fault = registry.get(spec.name);
  if (fault === undefined) throw new UnknownFaultError(spec.name);
  const parameters = spec.parameters ?? {};
  const { effect } = fault;
  switch (effect.kind) {
    case "reply":
      return effect.reply(parameters);
    case "rewrite":
      return effect.rewrite(reply, parameters);
    case "framing":
      return reply.kind === "stream" ? { ...reply, framing: { ...reply.framing, ...effect.framing } } : reply;
    case "frames": {
      if (reply.kind !== "stream" || context === undefined) return reply;
      const index = indexOfPoint(reply.frames, spec.at ?? effect.at);
      const frames = effect.apply(reply.frames, index, context, parameters);
      return { ...reply, frames } satisfies StreamReply;
    }
  }
}
