import { AxioError, type RetryEvent } from "axio";
import type { EventCursor, EventLog, StoredRun } from "axio/runs";
import { type DurableEvent, readEvent } from "./durable-event.ts";

/** The end of a run's events, as earlier workers wrote them. */
export interface EventTail {
  /** How many responses are complete in the events. */
  readonly responses: number;
  /** The blocks that have begun since the last complete response. */
  readonly openBlocks: readonly number[];
  /** The calls whose results are there since the last complete response. */
  readonly results: readonly string[];
  /** The approvals that were asked for since the last complete response. */
  readonly approvals: readonly string[];
}

const NO_EVENTS: EventTail = { responses: 0, openBlocks: [], results: [], approvals: [] };

/** Adds an event to the end of the events. */
export function addToTail(tail: EventTail, event: DurableEvent): EventTail {
  switch (event.type) {
    case "step-end":
      return { ...NO_EVENTS, responses: tail.responses + 1 };
    case "retry":
      return { ...tail, openBlocks: [] };
    case "tool-result":
      return { ...tail, results: [...tail.results, event.toolCallId] };
    case "approval-request":
      return { ...tail, approvals: [...tail.approvals, event.approvalId] };
    default:
      return "index" in event && !tail.openBlocks.includes(event.index)
        ? { ...tail, openBlocks: [...tail.openBlocks, event.index] }
        : tail;
  }
}

/** Reads the end of a run's events. */
export async function readTail(
  log: EventLog,
  { id, epoch }: Pick<StoredRun, "id" | "epoch">,
): Promise<EventTail> {
  let tail = NO_EVENTS;
  // The first worker of a run has no predecessor.
  if (epoch === 1) return tail;
  let after: EventCursor | undefined;
  for (;;) {
    const chunks = await log.read(id, { after });
    for (const { events } of chunks) for (const text of events) tail = addToTail(tail, readEvent(text));
    const last = chunks.at(-1);
    if (last === undefined) return tail;
    after = { epoch: last.epoch, seq: last.firstSeq + last.events.length - 1 };
  }
}

/** The event that discards what a lost worker has shown of its response. */
export function discardEvent({ openBlocks }: EventTail, attempt: number): RetryEvent {
  const error = new AxioError(
    "stream-truncated",
    "The worker of this run was lost. Another one sends the request again.",
    { retryable: true },
  );
  return { type: "retry", attempt, delayMs: 0, error, discardedBlocks: openBlocks };
}
