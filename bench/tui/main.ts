import { availableParallelism, loadavg } from "node:os";
import { readArguments } from "../src/read-arguments.ts";
import { writeReport } from "../src/write-report.ts";
import { measureFlood } from "./flood.ts";
import { measureLongTranscript } from "./long-transcript.ts";
import { type TuiFindings, tuiReport, violations } from "./report.ts";

const HELP = `Usage: npm run tui -- [--seconds N] [--messages N] [--write]

  --seconds N   How long the model responds and the user types (default 30, at least 3).
  --messages N  How long the long conversation is (default 10000, at least 1000).
  --write       Update docs/benchmarks.md.`;

async function main(): Promise<void> {
  const given = readArguments(HELP, {
    seconds: { preset: 30, least: 3 },
    messages: { preset: 10_000, least: 1_000 },
  });
  if (given === undefined) return;
  const { seconds, messages, write } = given;
  // First, in a fresh process: its time includes loading the app's modules.
  console.error(`Opening a conversation of ${messages} messages …`);
  const transcript = await measureLongTranscript(messages);
  console.error(`Responding and typing for ${seconds} s …`);
  const flood = await measureFlood(seconds);
  const findings: TuiFindings = {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    load: loadavg()[0] ?? 0,
    processors: availableParallelism(),
    flood,
    transcript,
  };
  const report = tuiReport(findings);
  console.log(report);
  if (write) await writeReport("tui result", report);
  for (const violation of violations(findings)) {
    console.error(violation);
    process.exitCode = 1;
  }
}

await main();
