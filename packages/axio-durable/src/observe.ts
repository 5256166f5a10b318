import { AxioError } from "axio";
import { type EventCursor, formatCursor, parseCursor, type StoredRun } from "axio/runs";
import { type DurableEvent, readEvent } from "./durable-event.ts";
import type { DurableStore } from "./durable-store.ts";

/** An event with its place, for reconnecting after it. */
export interface ObservedEvent {
  /** Pass it as `after` to continue behind this event. */
  readonly cursor: string;
  readonly event: DurableEvent;
}

/** The options of `observe()`. */
export interface ObserveOptions {
  /** The cursor of the last event that was read. Default: from the beginning. */
  readonly after?: string | undefined;
  /** Ends the observation, not the run. */
  readonly signal?: AbortSignal | undefined;
}

const POLL_MS = 1_000;
/** At how many looks without events the run itself is looked up once: it may be over or deleted without an event. */
const LOOKS_PER_RUN = 5;
const READ_AT_ONCE = 100;

/**
 * Reads the events of a run without an agent, and follows it until its end. Leaving has no effect on the run. The last event
 * is `run-end`, also for a run whose events are no longer stored.
 *
 * @throws AxioError `invalid-argument` if `after` is not a cursor; from the iteration, `not-found` if there is no such run.
 */
export function observeRun(
  store: Pick<DurableStore, "runs" | "events">,
  runId: string,
  { after, signal }: ObserveOptions = {},
): AsyncGenerator<ObservedEvent, void, undefined> {
  const cursor = after === undefined ? undefined : parseCursor(after);
  if (after !== undefined && cursor === undefined)
    throw new AxioError(
      "invalid-argument",
      `${JSON.stringify(after)} is not a cursor. Use that of an event.`,
    );
  return readEvents(store, runId, cursor, signal);
}

async function* readEvents(
  store: Pick<DurableStore, "runs" | "events">,
  runId: string,
  after: EventCursor | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<ObservedEvent, void, undefined> {
  let cursor = after;
  let endSeenAt: number | undefined;
  let emptyLooks = 0;
  let wake: () => void = () => undefined;
  let isChanged = false;
  const onChange = (): void => {
    isChanged = true;
    wake();
  };
  const unfollow = store.events.follow(runId, onChange);
  signal?.addEventListener("abort", onChange, { once: true });
  try {
    while (signal?.aborted !== true) {
      isChanged = false;
      const chunks = await store.events.read(runId, { after: cursor, limit: READ_AT_ONCE });
      for (const { epoch, firstSeq, events } of chunks) {
        for (const [index, text] of events.entries()) {
          cursor = { epoch, seq: firstSeq + index };
          const event = readEvent(text);
          yield { cursor: formatCursor(cursor), event };
          if (event.type === "run-end") return;
        }
      }
      if (chunks.length === READ_AT_ONCE) continue;
      const isLookedUp = endSeenAt !== undefined || emptyLooks % LOOKS_PER_RUN === 0;
      emptyLooks = chunks.length === 0 ? emptyLooks + 1 : 0;
      if (chunks.length === 0 && isLookedUp) {
        const run = await store.runs.get(runId);
        if (run === undefined) throw noRun(runId);
        if (run.endedAt !== undefined) {
          endSeenAt ??= performance.now();
          if (performance.now() - endSeenAt > LAST_EVENT_MS || isOld(run)) {
            yield* lastEvents(run, cursor);
            return;
          }
        }
      }
      if (!isChanged) await pause((resolve) => (wake = resolve));
    }
  } finally {
    unfollow();
    signal?.removeEventListener("abort", onChange);
  }
}

/** How long after the end of a run its last event may still be on its way. */
const LAST_EVENT_MS = 2_000;

/** More than clocks differ. */
const OLD_MS = 7_200_000;

/** Whether a run has ended so long ago that no event can be on its way. */
function isOld({ endedAt = 0, updatedAt }: StoredRun): boolean {
  return Date.now() - Math.max(endedAt, updatedAt) > OLD_MS;
}

/** The end of a run whose last events were lost or deleted. */
function* lastEvents(run: StoredRun, cursor: EventCursor | undefined): Generator<ObservedEvent> {
  const { epoch, state, failure } = run;
  const at = formatCursor({ epoch, seq: cursor?.epoch === epoch ? cursor.seq : 0 });
  if (failure !== undefined)
    yield { cursor: at, event: { type: "error", error: new AxioError(failure.code, failure.message) } };
  const reason = state.endReason ?? "error";
  yield { cursor: at, event: { type: "run-end", reason, usage: state.usage, steps: state.step } };
}

function pause(setWake: (resolve: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, POLL_MS);
    setWake(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The error for a run that does not exist. */
export function noRun(runId: string): AxioError {
  return new AxioError("not-found", `There is no run ${runId}. It may have been deleted.`);
}
