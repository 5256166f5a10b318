import { availableParallelism, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { crashSaves } from "test-support/credentials/crash";
import type { Launch } from "test-support/credentials/crew";
import { type RaceOptions, runRace } from "test-support/credentials/race";
import { readArguments } from "../src/read-arguments.ts";
import { writeReport } from "../src/write-report.ts";
import { type CredentialFindings, credentialReport, type NamedRace, violations } from "./report.ts";

const HELP = `Usage: npm run credentials -- [--processes N] [--rounds N] [--kills N] [--at-once N] [--write]

  --processes N  How many processes share the sign-in (default 32).
  --rounds N     How many token lifetimes of two seconds (default 200).
  --kills N      How often a process is killed while saving (default 500).
  --at-once N    How many of the four races run at the same time (default 2, for two processors).
  --write        Update docs/benchmarks.md.`;

const RACES: readonly (Pick<RaceOptions, "trouble" | "tokenDelayMs"> & { readonly name: string })[] = [
  { name: "Undisturbed", trouble: "none" },
  { name: "A refresh takes 300 ms", trouble: "none", tokenDelayMs: 300 },
  { name: "One process killed in each round", trouble: "kill" },
  { name: "The lock's holder stopped in each round", trouble: "stop" },
];

async function main(): Promise<void> {
  const given = readArguments(HELP, {
    processes: { preset: 32 },
    rounds: { preset: 200 },
    kills: { preset: 500 },
    "at-once": { preset: 2 },
  });
  if (given === undefined) return;
  const { processes, rounds, kills, "at-once": atOnce, write } = given;
  const start = performance.now();
  console.error(`Racing: ${rounds} rounds of two seconds …`);
  const launch = built("worker.js");
  const races: NamedRace[] = [];
  for (let first = 0; first < RACES.length; first += atOnce) {
    const some = RACES.slice(first, first + atOnce).map(async ({ name, ...race }) => ({
      name,
      result: await runRace({ processes, rounds, launch, ...race }),
    }));
    races.push(...(await Promise.all(some)));
  }
  console.error(`Killing a process ${kills} times while it saves …`);
  const findings: CredentialFindings = {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    processes,
    atOnce,
    races,
    crash: await crashSaves(kills, built("saver.js")),
    load: loadavg()[2] ?? 0,
    processors: availableParallelism(),
    minutes: (performance.now() - start) / 60_000,
  };
  const report = credentialReport(findings);
  console.log(report);
  if (write) await writeReport("credentials result", report);
  for (const violation of violations(findings)) {
    console.error(violation);
    process.exitCode = 1;
  }
}

function built(name: string): Launch {
  return { script: fileURLToPath(new URL(`./dist/${name}`, import.meta.url)), execArgv: [] };
}

await main();
