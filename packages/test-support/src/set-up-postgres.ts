import { afterAll, beforeAll } from "vitest";
import { POSTGRES, type PostgresOptions, type PostgresServer, startPostgres } from "./postgres.ts";
import type { Requirement } from "./requirements.ts";

/** The options of {@link setUpPostgres}. */
export interface PostgresSetUp extends PostgresOptions {
  /** The other requirements of the tests. If one is not met, no server starts. */
  readonly requires?: readonly Requirement[] | undefined;
  /** Prepares the server before the first test. */
  readonly prepare?: ((server: PostgresServer) => Promise<unknown>) | undefined;
}

/**
 * Starts a server for the tests of a file or suite, unless they are skipped. Returns a function that returns it.
 *
 * @example
 * ```ts
 * const server = setUpPostgres({ prepare: (started) => migrate(started.url()) });
 * ```
 */
export function setUpPostgres({
  requires = [],
  prepare,
  ...options
}: PostgresSetUp = {}): () => PostgresServer {
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    if (![POSTGRES, ...requires].every(({ isMet }) => isMet)) return;
    server = await startPostgres(options);
    await prepare?.(server);
  }, 120_000);
  afterAll(() => server?.[Symbol.asyncDispose]());
  return () => {
    if (server === undefined) throw new Error("There is no server: the tests of this file are skipped.");
    return server;
  };
}
