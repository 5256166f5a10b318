import { fileURLToPath } from "node:url";
import { runRace } from "/work/main/bench/credentials/race.ts";

const [processes = "8", rounds = "5", trouble = "none", delay = "0"] = process.argv.slice(2);
const t = performance.now();
console.log(
  JSON.stringify(
    await runRace({
      processes: +processes,
      rounds: +rounds,
      trouble: trouble as never,
      tokenDelayMs: +delay,
      launch: { script: "/work/main/bench/credentials/dist/worker.js", execArgv: [] },
    }),
  ),
  Math.round(performance.now() - t),
  "ms",
);
