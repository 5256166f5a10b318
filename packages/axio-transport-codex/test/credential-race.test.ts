import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type RaceOptions, runRace } from "../../../bench/credentials/race.ts";

// The short form of `npm run credentials` in bench/, which takes tokens of two seconds, more processes and more rounds.

const launch = {
  script: fileURLToPath(new URL("../../../bench/credentials/worker.ts", import.meta.url)),
  execArgv: ["--conditions=axio-source", "--import", "tsx"],
};

test.each<Pick<RaceOptions, "processes" | "rounds" | "trouble" | "tokenDelayMs"> & { readonly name: string }>(
  [
    { name: "10 times", processes: 8, rounds: 10, trouble: "none" },
    { name: "while renewing takes long", processes: 3, rounds: 2, trouble: "none", tokenDelayMs: 200 },
    { name: "while one of them is killed", processes: 3, rounds: 2, trouble: "kill" },
    {
      name: "while the one that renews is stopped",
      processes: 4,
      rounds: 3,
      trouble: "stop",
      tokenDelayMs: 50,
    },
  ],
)(
  "processes that share a sign-in renew it once for all, $name",
  async ({ name: _, ...race }) => {
    const result = await runRace({ ...race, launch, endTokens: true, spareHolder: true });
    expect(result).toMatchObject({
      expiries: race.rounds,
      refreshes: race.rounds,
      reused: 0,
      failures: {},
      lostSignIns: 0,
    });
    expect(result.calls).toBeGreaterThan(race.rounds * race.processes);
  },
  120_000,
);
