import type { StreamEvent } from "axio";
import type { Entry, NoticeEntry } from "./entries.ts";
import { nextEntryId } from "./entries.ts";
import { applyCallEvent, type CallBlock, finishTool } from "./live-call.ts";

/**
 * What a conversation shows. `settled` is what stays; `live` are the blocks of the call under way, which a retry takes back.
 * Both are never changed, so that what is drawn of an entry can be kept.
 */
export interface Transcript {
  readonly settled: readonly Entry[];
  readonly live: readonly CallBlock[];
}

export const EMPTY_TRANSCRIPT: Transcript = { settled: [], live: [] };

/** All entries, oldest first. */
export function allEntries({ settled, live }: Transcript): readonly Entry[] {
  return live.length === 0 ? settled : [...settled, ...live.map(({ entry }) => entry)];
}

/** The transcript after some events of a run. Events that have nothing to show change nothing. */
export function applyEvents(transcript: Transcript, events: readonly StreamEvent[]): Transcript {
  let { settled, live } = transcript;
  for (const event of events) {
    switch (event.type) {
      case "retry": {
        const { attempt, delayMs, error } = event;
        live = [{ index: -1, entry: { kind: "retry", id: nextEntryId(), attempt, delayMs, error } }];
        break;
      }
      case "step-end":
        settled = settle(settled, live);
        live = [];
        break;
      case "tool-output-delta":
      case "tool-result":
        settled = applyToTool(settled, event);
        break;
      case "run-end":
        settled = interruptTools(settle(settled, live));
        live = [];
        break;
      case "rate-limits":
      case "partial-object":
      case "error":
        break;
      default:
        live = applyCallEvent(live, event);
    }
  }
  return { settled, live };
}

/** The transcript with one more entry. It stands before what is under way. */
export function addEntry(transcript: Transcript, entry: Entry): Transcript {
  return { ...transcript, settled: [...transcript.settled, entry] };
}

/** Something that the app says. */
export function notice(level: NoticeEntry["level"], text: string, remedy?: string): NoticeEntry {
  return {
    kind: "notice",
    id: nextEntryId(),
    level,
    text,
    ...(remedy === undefined ? {} : { remedy }),
  };
}

/** How much of a tool's output is kept while it runs, in characters. */
const KEPT_OUTPUT = 16_384;

function applyToTool(
  settled: readonly Entry[],
  event: Extract<StreamEvent, { type: "tool-output-delta" | "tool-result" }>,
): readonly Entry[] {
  const at = settled.findLastIndex((entry) => entry.kind === "tool" && entry.toolCallId === event.toolCallId);
  const entry = settled[at];
  if (entry?.kind !== "tool") return settled;
  const changed =
    event.type === "tool-result"
      ? finishTool(entry, event.result)
      : { ...entry, output: (entry.output + event.delta).slice(-KEPT_OUTPUT) };
  return settled.with(at, changed);
}

function settle(settled: readonly Entry[], live: readonly CallBlock[]): readonly Entry[] {
  const finished = live.flatMap(({ entry }): readonly Entry[] => {
    switch (entry.kind) {
      case "retry":
        return [];
      case "text":
      case "reasoning":
        return entry.text === "" ? [] : [entry.isLive ? { ...entry, isLive: false } : entry];
      case "hosted-tool":
      case "image":
        return [entry.isLive ? { ...entry, isLive: false } : entry];
      default:
        return [entry];
    }
  });
  return finished.length === 0 ? settled : [...settled, ...finished];
}

// A run that ends leaves no tool running: those without a result were stopped.
function interruptTools(settled: readonly Entry[]): readonly Entry[] {
  const isOpen = (entry: Entry): boolean =>
    entry.kind === "tool" && (entry.state === "running" || entry.state === "writing");
  if (!settled.some(isOpen)) return settled;
  return settled.map((entry) =>
    entry.kind === "tool" && isOpen(entry)
      ? { ...entry, state: "failed", result: `${entry.output.trimEnd()}\nInterrupted.`.trimStart() }
      : entry,
  );
}
