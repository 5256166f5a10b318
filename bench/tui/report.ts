import { table } from "../src/markdown-table.ts";
import type { FloodResult } from "./flood.ts";
import type { LongTranscriptResult } from "./long-transcript.ts";

/** The results of one run. */
export interface TuiFindings {
  readonly date: string;
  readonly node: string;
  /** The load average of the last minute, and the number of processors. */
  readonly load: number;
  readonly processors: number;
  readonly flood: FloodResult;
  readonly transcript: LongTranscriptResult;
}

interface Row {
  readonly what: string;
  readonly found: string;
  readonly limit: string;
  readonly holds: boolean;
}

/** The app's limits. */
const LIMITS = {
  /** 30 frames per second, plus animation while waiting. */
  framesPerSecond: 35,
  /** A timer may be late and the next one on time. */
  mostFrames: 40,
  echoMs: 200,
  /** The response grows by 0.4 MB in the rest of the 30 s; its laid-out rows are cached. */
  heapGrowthBytes: 12_000_000,
  openMs: 1_000,
  pageMs: 100,
  jumpMs: 1_000,
} as const;

/** Formats the results as Markdown. */
export function tuiReport(findings: TuiFindings): string {
  const { date, node, load, processors, flood, transcript } = findings;
  return [
    `Measured ${date} with Node ${node}, with a load average of ${load.toFixed(1)} on ${processors} processors.`,
    `### ${flood.deltas} deltas in ${flood.seconds} s, and ${flood.keysTyped} keys\n\n${rowsTable(floodRows(flood))}`,
    `### A conversation of ${transcript.messages} messages\n\n${rowsTable(transcriptRows(transcript))}`,
  ].join("\n\n");
}

/** Lists the exceeded limits. */
export function violations({ flood, transcript }: TuiFindings): readonly string[] {
  return [...floodRows(flood), ...transcriptRows(transcript)]
    .filter(({ holds }) => !holds)
    .map(({ what, found, limit }) => `${what}: ${found}; the limit is ${limit}.`);
}

function floodRows(flood: FloodResult): readonly Row[] {
  const { framesPerSecond, mostFrames, echoMs, heap, cpu, keysLost, isAnswerKept } = flood;
  const [early, late] = heap;
  return [
    { what: "Keys lost", found: String(keysLost), limit: "0", holds: keysLost === 0 },
    {
      what: "The whole answer is kept",
      found: isAnswerKept ? "yes" : "no",
      limit: "yes",
      holds: isAnswerKept,
    },
    atMost("Frames a second", framesPerSecond, LIMITS.framesPerSecond, (value) => value.toFixed(1)),
    atMost("The most frames in a second", mostFrames, LIMITS.mostFrames, String),
    atMost("From a key to its frame, median", echoMs.median, LIMITS.echoMs, milliseconds),
    { what: "The same, 99th percentile", found: milliseconds(echoMs.p99), limit: "", holds: true },
    { what: "The same, longest", found: milliseconds(echoMs.max), limit: "", holds: true },
    { what: "Heap after a third of the time", found: megabytes(early), limit: "", holds: true },
    atMost("Heap at the end", late, early + LIMITS.heapGrowthBytes, megabytes),
    { what: "Of one processor", found: `${Math.round(cpu * 100)} %`, limit: "", holds: true },
  ];
}

function transcriptRows(transcript: LongTranscriptResult): readonly Row[] {
  const { newMs, openMs, pageUpMs, homeMs, endMs } = transcript;
  return [
    {
      what: "A new conversation, the app itself being loaded from its sources",
      found: milliseconds(newMs),
      limit: "",
      holds: true,
    },
    atMost("The long one opens at its end", openMs, LIMITS.openMs, milliseconds),
    atMost("A page up, median", pageUpMs.median, LIMITS.pageMs, milliseconds),
    { what: "A page up, longest", found: milliseconds(pageUpMs.max), limit: "", holds: true },
    atMost("To the beginning", homeMs, LIMITS.jumpMs, milliseconds),
    atMost("To the end", endMs, LIMITS.jumpMs, milliseconds),
  ];
}

function atMost(what: string, found: number, limit: number, write: (value: number) => string): Row {
  return { what, found: write(found), limit: write(limit), holds: found <= limit };
}

function rowsTable(rows: readonly Row[]): string {
  return table(
    ["", "Found", "Limit"],
    rows.map(({ what, found, limit }) => [what, found, limit]),
  );
}

function milliseconds(value: number): string {
  return `${Math.round(value)} ms`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
