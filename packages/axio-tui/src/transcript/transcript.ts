import type { StreamEvent } from "axio";
import { isUnifiedDiff } from "./diff-lines.ts";
import type { Entry, NoticeEntry, ToolEntry } from "./entries.ts";
import { nextEntryId } from "./entries.ts";
import { applyResponseEvent, finishTool, type LiveBlock } from "./live-response.ts";

/**
 * The entries of a conversation. `live` are the blocks of the response in progress, which a retry discards. Immutable, so that
 * laid-out entries can be cached.
 */
export interface Transcript {
  readonly committed: readonly Entry[];
  readonly live: readonly LiveBlock[];
}

export const EMPTY_TRANSCRIPT: Transcript = { committed: [], live: [] };

/** All entries, oldest first. */
export function allEntries({ committed, live }: Transcript): readonly Entry[] {
  return live.length === 0 ? committed : [...committed, ...live.map(({ entry }) => entry)];
}

/** Applies events of a run. */
export function applyEvents(transcript: Transcript, events: readonly StreamEvent[]): Transcript {
  let { committed, live } = transcript;
  for (const event of events) {
    switch (event.type) {
      case "retry": {
        const { attempt, delayMs, error } = event;
        live = [{ index: -1, entry: { kind: "retry", id: nextEntryId(), attempt, delayMs, error } }];
        break;
      }
      case "step-end":
        committed = commit(committed, live);
        live = [];
        break;
      case "tool-output-delta":
      case "tool-waiting":
      case "tool-result":
        committed = applyToTool(committed, event);
        break;
      case "run-end":
        committed = interruptTools(commit(committed, live));
        live = [];
        break;
      case "rate-limits":
      case "partial-object":
      case "error":
        break;
      default:
        live = applyResponseEvent(live, event);
    }
  }
  return { committed, live };
}

/** Adds an entry, before the response in progress. */
export function addEntry(transcript: Transcript, entry: Entry): Transcript {
  return { ...transcript, committed: [...transcript.committed, entry] };
}

/** Returns a notice of the app. */
export function notice(level: NoticeEntry["level"], text: string, remedy?: string): NoticeEntry {
  return { kind: "notice", id: nextEntryId(), level, text, remedy };
}

/** How much of the output of a running tool is shown, in characters. */
const LONGEST_OUTPUT = 16_384;

/** How long a change may be, in characters. Its beginning says that it is one. */
const LONGEST_DIFF = 400_000;

/** Adds to the output of a running tool. The beginning of a long one is dropped, unless it is a change. */
export function growOutput(output: string, delta: string): string {
  const text = output + delta;
  return text.length <= LONGEST_DIFF && isUnifiedDiff(text) ? text : text.slice(-LONGEST_OUTPUT);
}

type ToolEvent = Extract<StreamEvent, { type: "tool-output-delta" | "tool-waiting" | "tool-result" }>;

function applyToTool(committed: readonly Entry[], event: ToolEvent): readonly Entry[] {
  const at = committed.findLastIndex(
    (entry) => entry.kind === "tool" && entry.toolCallId === event.toolCallId,
  );
  const entry = committed[at];
  if (entry?.kind !== "tool") return committed;
  return committed.with(at, changeTool(entry, event));
}

function changeTool(entry: ToolEntry, event: ToolEvent): ToolEntry {
  switch (event.type) {
    case "tool-result":
      return finishTool(entry, event.result);
    case "tool-waiting":
      return { ...entry, waitsForOther: event.reason === "concurrency" };
    case "tool-output-delta":
      return {
        ...entry,
        waitsForOther: false,
        output: growOutput(entry.output, event.delta),
      };
  }
}

function commit(committed: readonly Entry[], live: readonly LiveBlock[]): readonly Entry[] {
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
  return finished.length === 0 ? committed : [...committed, ...finished];
}

// When a run ends, tools without a result were interrupted.
function interruptTools(committed: readonly Entry[]): readonly Entry[] {
  const isOpen = (entry: Entry): boolean =>
    entry.kind === "tool" && (entry.state === "running" || entry.state === "writing");
  if (!committed.some(isOpen)) return committed;
  return committed.map((entry) =>
    entry.kind === "tool" && isOpen(entry)
      ? { ...entry, state: "failed", result: `${entry.output.trimEnd()}\nInterrupted.`.trimStart() }
      : entry,
  );
}
