import { expect, onTestFinished } from "vitest";
import { type PostgresServer, startPostgres } from "./postgres.ts";

/** A server with a standby. */
export interface PostgresPair {
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
  /** Lets the standby hear nothing from now on. It has all that was committed before. */
  separate(): Promise<void>;
}

/** The options of {@link startPostgresPair}. */
export interface PostgresPairOptions {
  /** Whether the standby acknowledges each commit. */
  readonly isSynchronous: boolean;
  /** Prepares the primary before the standby copies it. */
  readonly prepare: (url: string) => Promise<unknown>;
}

/** Starts a server with a standby, until the end of the test. */
export async function startPostgresPair({
  isSynchronous,
  prepare,
}: PostgresPairOptions): Promise<PostgresPair> {
  const primary = await startPostgres();
  onTestFinished(() => primary[Symbol.asyncDispose]());
  await prepare(primary.url());
  const standby = await primary.standby("second");
  onTestFinished(() => standby[Symbol.asyncDispose]());
  if (isSynchronous) {
    await primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'second'");
    await primary.sql("SELECT pg_reload_conf()");
  }
  const state = () => primary.sql("SELECT state, sync_state FROM pg_stat_replication");
  await expect.poll(state, { timeout: 30_000 }).toBe(isSynchronous ? "streaming|sync" : "streaming|async");
  return {
    primary,
    standby,
    async separate() {
      const position = await primary.sql("SELECT pg_current_wal_lsn()");
      const isReplayed = () => standby.sql(`SELECT pg_last_wal_replay_lsn() >= '${position}'`);
      await expect.poll(isReplayed, { timeout: 30_000 }).toBe("t");
      await standby.sql("ALTER SYSTEM SET primary_conninfo = ''");
      await standby.sql("SELECT pg_reload_conf()");
      const followers = () => primary.sql("SELECT count(*) FROM pg_stat_replication");
      await expect.poll(followers, { timeout: 30_000 }).toBe("0");
    },
  };
}
