import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { writeReport } from "../src/write-report.ts";
import { measureFlood } from "./flood.ts";
import { measureLongTranscript } from "./long-transcript.ts";
import { brokenPromises, type TuiFindings, tuiReport } from "./report.ts";

const HELP = `Usage: npm run tui -- [--seconds N] [--messages N] [--write]

  --seconds N   How long the model answers and the person types (default 30, at least 3).
  --messages N  How long the long conversation is (default 10000, at least 1000).
  --write       Put the result into docs/benchmarks.md.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "30" },
      messages: { type: "string", default: "10000" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [seconds, messages] = [Number(values.seconds), Number(values.messages)];
  if (values.help || !(Number.isSafeInteger(seconds) && seconds >= 3 && messages >= 1_000)) {
    console.log(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  // First, while the process is fresh: the app's own modules are loaded in its time.
  console.error(`Opening a conversation of ${messages} messages …`);
  const transcript = await measureLongTranscript(messages);
  console.error(`Answering and typing for ${seconds} s …`);
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
  if (values.write) await writeReport("tui result", report);
  for (const broken of brokenPromises(findings)) {
    console.error(broken);
    process.exitCode = 1;
  }
}

await main();
