import type { RecordedRequest } from "../http/recorded-request.ts";
import { detailReply, type Reply } from "../http/reply.ts";
import { applyFaults, replacesAnswer } from "./apply-faults.ts";
import type { FaultRegistry } from "./fault.ts";
import type { FaultQueue } from "./fault-queue.ts";
import { type FaultSpec, type FaultTarget, parseFaultSpec } from "./fault-spec.ts";

/** The state that faults need. */
export interface FaultState {
  readonly faults: FaultQueue;
  /** The faults of this simulator. */
  readonly registry: FaultRegistry<never>;
  /** The number of requests by method and path. */
  readonly attempts: Map<string, number>;
}

/** Answers a request to an endpoint, with the faults that were asked for. */
export async function answerWithFaults(
  request: RecordedRequest,
  target: FaultTarget | undefined,
  answer: () => Reply | Promise<Reply>,
  state: FaultState,
): Promise<Reply> {
  const key = `${request.method} ${request.path}`;
  const attempt = (state.attempts.get(key) ?? 0) + 1;
  state.attempts.set(key, attempt);
  const faults = requestedFaults(request, target, state);
  if (typeof faults === "string") return detailReply(400, `Simulator: ${faults}`);
  // A reply that a fault replaces is not computed, so that a failed refresh does not use up its token.
  // `after=true` asks for the other case, a response that is lost.
  const skipped = faults.some(
    (fault) => replacesAnswer(fault, state.registry) && fault.parameters?.["after"] !== "true",
  );
  const reply = skipped ? detailReply(500, "Replaced") : await answer();
  return applyFaults(reply, faults, attempt, state.registry, undefined);
}

/** The faults that the header of the request and the queue ask for, or why they are malformed. */
export function requestedFaults(
  request: RecordedRequest,
  target: FaultTarget | undefined,
  state: FaultState,
): FaultSpec[] | string {
  const fromHeader = (request.headers["x-simulator-fault"] ?? "")
    .split(";")
    .filter((text) => text.trim() !== "")
    .map(parseFaultSpec);
  const malformed = fromHeader.find((fault) => typeof fault === "string");
  if (malformed !== undefined) return String(malformed);
  const queued = target === undefined ? undefined : state.faults.take(target);
  const faults = fromHeader.filter((fault) => typeof fault !== "string");
  return queued === undefined ? faults : [...faults, queued];
}
