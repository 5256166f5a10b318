import type { CrashResult } from "test-support/credentials/crash";
import type { RaceResult } from "test-support/credentials/race";

/** A race and its name. */
export interface NamedRace {
  readonly name: string;
  readonly result: RaceResult;
}

/** The result of a run. */
export interface CredentialFindings {
  readonly date: string;
  readonly node: string;
  readonly processes: number;
  /** How many races ran concurrently. */
  readonly atOnce: number;
  readonly minutes: number;
  /** The load average of the last 15 minutes, and the number of processors. */
  readonly load: number;
  readonly processors: number;
  readonly races: readonly NamedRace[];
  readonly crash: CrashResult;
}

/** Formats the result as Markdown. */
export function credentialReport(findings: CredentialFindings): string {
  const { date, node, processes, atOnce, minutes, load, processors, races, crash } = findings;
  const header = [
    "",
    "Rounds",
    "Calls",
    "Expiries",
    "Refreshes",
    "Reused",
    "Calls failed",
    "Sign-ins lost",
    "Killed or stopped",
    "Longest wait",
  ];
  const rows = races.map(({ name, result }) => [
    name,
    ...[result.rounds, result.calls, result.expiries, result.refreshes, result.reused].map(String),
    failuresCell(result.failures),
    lostCell(result),
    String(result.hits),
    `${(result.longestWaitMs / 1000).toFixed(2)} s`,
  ]);
  return [
    `Measured ${date} with Node ${node}: ${processes} processes for each row, ${atOnce} rows at the same time, ${minutes.toFixed(1)} minutes, ` +
      `with a load average of ${load.toFixed(1)} on ${processors} processors.`,
    [header, header.map((_, column) => (column === 0 ? "---" : "--:")), ...rows]
      .map((cells) => `| ${cells.join(" | ")} |`)
      .join("\n"),
    `Killed ${crash.kills} times while saving: ${crash.old} times the old credentials, ${crash.new} times the new ones, ` +
      `${crash.neither} times anything else. ${crash.unfinished} kills left an unfinished file behind, which the next writer removed.`,
  ].join("\n\n");
}

/** Lists the violated guarantees. */
export function violations({ races, crash }: CredentialFindings): readonly string[] {
  return [
    ...races.flatMap(({ name, result }) => [
      ...(result.refreshes === result.expiries ? [] : [`${name}: not one refresh for each expiry`]),
      ...(result.reused === 0 ? [] : [`${name}: a refresh token was used twice`]),
      ...(result.lostSignIns === 0 ? [] : [`${name}: a sign-in was lost`]),
      ...(Object.keys(result.failures).length === 0 ? [] : [`${name}: a call was not served`]),
    ]),
    ...(crash.neither === 0 ? [] : ["An interrupted save left neither the old nor the new credentials"]),
  ];
}

function lostCell({ lostSignIns, hitsWhileRefreshing }: RaceResult): string {
  return lostSignIns === 0 ? "0" : `${lostSignIns} (hit while refreshing: ${hitsWhileRefreshing})`;
}

function failuresCell(failures: Readonly<Record<string, number>>): string {
  const entries = Object.entries(failures);
  if (entries.length === 0) return "0";
  return entries.map(([code, count]) => `${count} (${code})`).join(", ");
}
