import type { RunStore } from "axio/runs";
import { migrate } from "axio-postgres";
import { POSTGRES, type PostgresServer, startPostgres } from "test-support/postgres";
import { afterAll, beforeAll, expect } from "vitest";
import { type Loss, type Outcome, openStore, runToEnd, verify } from "./crash-runs.ts";

/** Long enough for a slow machine to prolong it. */
const LEASE_MS = 1_500;

/** A run that has lost a worker, and its store. */
interface LostWorker {
  readonly runs: RunStore;
  readonly runId: string;
}

/** Starts a server for the tests of a file. Returns a function that loses a worker, and verifies the run. */
export function setUpCrashes(): (loss: Loss, point: string, count?: number) => Promise<LostWorker> {
  let server: PostgresServer | undefined;
  let undisturbed: Promise<Outcome> | undefined;
  let spaces = 0;

  beforeAll(async () => {
    if (!POSTGRES.isMet) return;
    server = await startPostgres();
    await migrate(server.url());
    await server.sql("CREATE TABLE effect (key text)");
  }, 120_000);
  afterAll(() => server?.[Symbol.asyncDispose]());

  const newPlace = (): string => `${server?.url()}#space-${++spaces}`;
  return async (loss, point, count = 1) => {
    const place = newPlace();
    const disturbed = await runToEnd({ place, leaseMs: LEASE_MS, loss, point, count });
    undisturbed ??= runToEnd({ place: newPlace(), leaseMs: LEASE_MS });
    const store = await openStore(place);
    await verify(store, disturbed, await undisturbed);
    // A transaction has its effect once, whatever happens.
    const effects = await server?.sql(`SELECT count(*) FROM effect WHERE key LIKE '${disturbed.runId}.%'`);
    expect(effects).toBe("1");
    return { runs: store.runs, runId: disturbed.runId };
  };
}
