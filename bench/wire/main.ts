import { availableParallelism, loadavg } from "node:os";
import { readArguments } from "../src/read-arguments.ts";
import { writeReport } from "../src/write-report.ts";
import { measureConversations } from "./conversations.ts";
import { measureFirstText } from "./first-text.ts";
import { violations, type WireFindings, wireReport } from "./report.ts";

const HELP = `Usage: npm run wire -- [--rounds N] [--write]

  --rounds N  How often each client is measured (default 100, at least 1).
  --write     Update docs/benchmarks.md.`;

/** About the length of the conversation of 50 tool calls at its end. */
const LONG_HISTORY = 200_000;

async function main(): Promise<void> {
  const given = readArguments(HELP, { rounds: { preset: 100 } });
  if (given === undefined) return;
  const { rounds, write } = given;
  console.error("Running the conversation …");
  const traffic = await measureConversations();
  const chats: { historyCharacters: number; results: Awaited<ReturnType<typeof measureFirstText>> }[] = [];
  for (const historyCharacters of [0, LONG_HISTORY]) {
    console.error(`Measuring ${rounds} times, after ${historyCharacters} characters …`);
    chats.push({ historyCharacters, results: await measureFirstText(rounds, historyCharacters) });
  }
  const findings: WireFindings = {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    rounds,
    load: loadavg()[0] ?? 0,
    processors: availableParallelism(),
    traffic,
    chats,
  };
  const report = wireReport(findings);
  console.log(report);
  if (write) await writeReport("wire result", report);
  for (const violation of violations(findings)) {
    console.error(violation);
    process.exitCode = 1;
  }
}

await main();
