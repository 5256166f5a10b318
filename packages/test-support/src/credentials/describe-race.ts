import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { bundleScript } from "../bundle-script.ts";
import { FULL_RUN, needs } from "../requirements.ts";
import { crashSaves } from "./crash.ts";
import type { Launch } from "./crew.ts";
import { type RaceOptions, type RaceResult, runRace } from "./race.ts";
import type { RouteName } from "./routes.ts";

const RACES: readonly (Pick<RaceOptions, "processes" | "rounds" | "trouble" | "tokenDelayMs"> & {
  readonly name: string;
})[] = [
  { name: "with every expiry", processes: 4, rounds: 4, trouble: "none" },
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

/** The races of a run without long forms. */
const SHORT_RACES: typeof RACES = [{ name: "with every expiry", processes: 3, rounds: 2, trouble: "none" }];

/** Returns how to start a script of this directory. */
export async function credentialScript(name: "worker" | "saver"): Promise<Launch> {
  const script = await bundleScript(fileURLToPath(new URL(`./${name}.ts`, import.meta.url)));
  return { script, execArgv: [] };
}

/** Runs a race in which the server ends the tokens, and expects one refresh for each. Returns the result. */
export async function expectOneRefresh(
  race: Omit<RaceOptions, "launch" | "endTokens" | "spareHolder">,
): Promise<RaceResult> {
  const launch = await credentialScript("worker");
  const result = await runRace({ ...race, launch, endTokens: true, spareHolder: true });
  expect(result).toMatchObject({
    expiries: race.rounds,
    refreshes: race.rounds,
    reused: 0,
    failures: {},
    lostSignIns: 0,
    violations: [],
  });
  return result;
}

/** Tests races for the sign-in of one route. `npm run credentials` in bench/ runs many more. */
export function describeCredentialRace(route: RouteName): void {
  describeRaces(route, FULL_RUN.isMet ? { races: RACES, kills: 5 } : { races: SHORT_RACES, kills: 3 });
  describe("many times", needs(FULL_RUN), () => {
    const races = RACES.map((race) => ({
      ...race,
      processes: 2 * race.processes,
      rounds: 12 * race.rounds,
    }));
    describeRaces(route, { races, kills: 100 });
  });
}

function describeRaces(
  route: RouteName,
  { races, kills }: { readonly races: typeof RACES; readonly kills: number },
): void {
  test.each(races)(
    "processes that share a sign-in refresh it once, $name",
    async ({ name: _, ...race }) => {
      const result = await expectOneRefresh({ ...race, route });
      expect(result.calls).toBeGreaterThan(race.rounds * race.processes);
    },
    120_000,
  );

  test("a process that is killed in the middle of a save leaves the old or the new sign-in, whole", async () => {
    const result = await crashSaves(kills, await credentialScript("saver"), route);
    expect(result).toMatchObject({ kills, neither: 0 });
  }, 120_000);
}
