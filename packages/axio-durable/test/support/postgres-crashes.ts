import type { RunStore } from "axio/runs";
import { migrate } from "axio-postgres";
import { POSTGRES, type PostgresServer, startPostgres } from "test-support/postgres";
import { NETWORKS, openNetwork, type SeparateNetwork } from "test-support/separate-network";
import { afterAll, beforeAll, expect } from "vitest";
import { type Loss, type Outcome, openStore, runToEnd, verify } from "./crash-runs.ts";

/** Long enough for a slow machine to prolong it. */
const LEASE_MS = 1_500;

/** A run that has lost a worker, and its store. */
interface LostWorker {
  readonly runs: RunStore;
  readonly runId: string;
}

/**
 * Starts a server for the tests of a file. Returns a function that loses a worker, and verifies the run.
 *
 * @param isSeparate Whether workers have a network of their own, which is cut when they are suspended. Default: `false`.
 */
export function setUpCrashes({
  isSeparate = false,
} = {}): (loss: Loss, point: string, count?: number) => Promise<LostWorker> {
  let server: PostgresServer | undefined;
  let network: SeparateNetwork | undefined;
  let undisturbed: Promise<Outcome> | undefined;
  let spaces = 0;

  beforeAll(async () => {
    if (!POSTGRES.isMet || (isSeparate && !NETWORKS.isMet)) return;
    if (isSeparate) network = await openNetwork();
    server = await startPostgres({ listen: network?.address });
    await migrate(server.url());
    await server.sql("CREATE TABLE effect (key text)");
  }, 120_000);
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await network?.[Symbol.asyncDispose]();
  });

  const placeOf = (space: number, host?: string): string =>
    `${server?.url("postgres", { host })}#space-${space}`;
  return async (loss, point, count = 1) => {
    spaces += 1;
    const place = placeOf(spaces);
    const workerPlace = placeOf(spaces, network?.address);
    const disturbed = await runToEnd({
      place,
      workerPlace,
      leaseMs: LEASE_MS,
      loss,
      point,
      count,
      network,
    });
    spaces += 1;
    undisturbed ??= runToEnd({ place: placeOf(spaces), leaseMs: LEASE_MS });
    const store = await openStore(place);
    await verify(store, disturbed, await undisturbed);
    // A transaction has its effect once, whatever happens.
    const effects = await server?.sql(`SELECT count(*) FROM effect WHERE key LIKE '${disturbed.runId}.%'`);
    expect(effects).toBe("1");
    return { runs: store.runs, runId: disturbed.runId };
  };
}
