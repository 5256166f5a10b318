import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { bundleScript } from "../bundle-script.ts";
import { crashSaves } from "./crash.ts";
import type { Launch } from "./crew.ts";
import { type RaceOptions, runRace } from "./race.ts";
import type { RouteName } from "./routes.ts";

const RACES: readonly (Pick<RaceOptions, "processes" | "rounds" | "trouble" | "tokenDelayMs"> & {
  readonly name: string;
})[] = [
  { name: "10 times", processes: 8, rounds: 10, trouble: "none" },
  { name: "while a refresh takes long", processes: 3, rounds: 2, trouble: "none", tokenDelayMs: 200 },
  { name: "while one of them is killed", processes: 3, rounds: 2, trouble: "kill" },
  {
    name: "while the refreshing process is stopped",
    processes: 4,
    rounds: 3,
    trouble: "stop",
    tokenDelayMs: 50,
  },
];

/** Returns how to start a script of this directory. */
export async function credentialScript(name: "worker" | "saver"): Promise<Launch> {
  const script = await bundleScript(fileURLToPath(new URL(`./${name}.ts`, import.meta.url)));
  return { script, execArgv: [] };
}

/** The short version of `npm run credentials` in bench/, for the sign-in of one route. */
export function describeCredentialRace(route: RouteName): void {
  test.each(RACES)(
    "processes that share a sign-in refresh it once, $name",
    async ({ name: _, ...race }) => {
      const launch = await credentialScript("worker");
      const result = await runRace({ ...race, route, launch, endTokens: true, spareHolder: true });
      expect(result).toMatchObject({
        expiries: race.rounds,
        refreshes: race.rounds,
        reused: 0,
        failures: {},
        lostSignIns: 0,
        violations: [],
      });
      expect(result.calls).toBeGreaterThan(race.rounds * race.processes);
    },
    120_000,
  );

  test("a process that is killed in the middle of a save leaves the old or the new sign-in, whole", async () => {
    const result = await crashSaves(5, await credentialScript("saver"), route);
    expect(result).toMatchObject({ kills: 5, neither: 0 });
  }, 120_000);
}
