import { expectOneRefresh } from "test-support/credentials/describe-race";
import { POSTGRES } from "test-support/postgres";
import { FULL_RUN, needs } from "test-support/requirements";
import { setUpPostgres } from "test-support/set-up-postgres";
import { describe, it } from "vitest";

describe("100 processes that share a sign-in in a database", needs(POSTGRES, FULL_RUN), () => {
  const RACE = { processes: 100, rounds: 50 } as const;
  const server = setUpPostgres({ requires: [FULL_RUN] });

  it.each([
    { name: "undisturbed", trouble: "none" },
    { name: "while the holder of the claim is killed", trouble: "kill", tokenDelayMs: 100 },
    { name: "while the holder of the claim is stopped", trouble: "stop", tokenDelayMs: 100 },
  ] as const)(
    "refresh it once for each of 50 expiries, $name",
    { timeout: 3_600_000 },
    async ({ name: _, ...trouble }) => {
      await expectOneRefresh({ ...RACE, ...trouble, database: await server().createDatabase() });
    },
  );
});
