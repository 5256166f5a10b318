import { AxioError } from "axio";
import pg from "pg";
import { occupyConnections } from "test-support/occupy-connections";
import { POSTGRES, startPostgres } from "test-support/postgres";
import { FULL_RUN, needs } from "test-support/requirements";
import { setUpPostgres } from "test-support/set-up-postgres";
import { describe, expect, it, onTestFinished } from "vitest";
import { runCommand } from "../src/bin/command.ts";
import { PostgresDatabase } from "../src/database/database.ts";
import { takeSteps } from "../src/database/migrate.ts";
import { MIGRATIONS } from "../src/database/schema.ts";
import { migrate, type OpenPostgresOptions, openPostgres } from "../src/index.ts";

const server = setUpPostgres({ settings: { max_connections: 20 } });

/** Opens a database until the end of the test. */
async function open(connection: string, options: Partial<OpenPostgresOptions> = {}) {
  const database = await openPostgres({ connection, ...options });
  onTestFinished(() => database.close());
  return database;
}

const nameOf = (url: string): string => new URL(url).pathname.slice(1);
const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

async function expectUnavailable(promise: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await failure(promise);
  expect(error).toMatchObject({ code: "store-unavailable", message: expect.stringMatching(message) });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("secret");
}

describe("migrations of a database", needs(POSTGRES), () => {
  it("create the tables once, from many processes at the same time", async () => {
    const url = await server().createDatabase();
    const results = await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect(results.map(({ to }) => to)).toEqual([MIGRATIONS.length, MIGRATIONS.length, MIGRATIONS.length]);
    expect(await migrate(url)).toEqual({
      from: MIGRATIONS.length,
      to: MIGRATIONS.length,
      hasSearchIndex: true,
    });
    await open(url);
  });

  it("continue after a crash in the middle of a step, of which nothing remains", async () => {
    const url = await server().createDatabase();
    const database = await PostgresDatabase.create({ connection: url });
    onTestFinished(() => database.close());
    const slow = { sql: "CREATE TABLE axio.half (); SELECT pg_sleep(600)", minCode: 1 };
    const crashed = failure(takeSteps(database, [...MIGRATIONS.slice(0, 1), slow]));
    const isAsleep =
      "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND wait_event = 'PgSleep'";
    while ((await server().sql(isAsleep)) !== "1");
    await server().killBackends(nameOf(url));
    expect(await crashed).toMatchObject({ code: "store-unavailable" });
    expect(await migrate(url)).toMatchObject({ from: 1, to: MIGRATIONS.length });
    expect(await server().sql("SELECT to_regclass('axio.half') IS NULL", nameOf(url))).toBe("t");
  });

  it("leave the schema of another program as it is", async () => {
    const url = await server().createDatabase();
    await server().sql("CREATE SCHEMA axio; CREATE TABLE axio.meta (mine text)", nameOf(url));
    await expectUnavailable(migrate(url), /belongs to another program/);
    await expectUnavailable(openPostgres({ connection: url }), /belongs to another program/);
    expect(
      await server().sql(
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'axio'::regnamespace",
        nameOf(url),
      ),
    ).toBe("1");
  });

  it("refuse a newer schema that excludes this version, and use one that does not", async () => {
    const url = await server().createDatabase();
    await migrate(url);
    await server().sql("UPDATE axio.meta SET version = 99, min_code = 98", nameOf(url));
    await expectUnavailable(migrate(url), /newer version \(99; this one supports/);
    await expectUnavailable(openPostgres({ connection: url }), /Update axio-postgres/);
    await server().sql(`UPDATE axio.meta SET min_code = ${MIGRATIONS.length}`, nameOf(url));
    expect(await migrate(url)).toMatchObject({ from: 99, to: 99 });
    await open(url);
  });

  it("are demanded for a database without tables or with older ones", async () => {
    const url = await server().createDatabase();
    await expectUnavailable(
      openPostgres({ connection: url }),
      /has no tables of axio. Run `axio-postgres migrate`/,
    );
    await migrate(url);
    await server().sql("UPDATE axio.meta SET version = 1", nameOf(url));
    await expectUnavailable(openPostgres({ connection: url }), /older version \(1\)/);
  });

  it("search without an index if the role may not create it", async () => {
    const url = await server().createDatabase();
    await server().sql(
      `CREATE ROLE plain LOGIN PASSWORD 'plain'; REVOKE CREATE ON DATABASE ${nameOf(url)} FROM plain;
       CREATE SCHEMA axio; COMMENT ON SCHEMA axio IS 'axio-postgres'; ALTER SCHEMA axio OWNER TO plain;
       CREATE TABLE axio.meta (version int, min_code int); ALTER TABLE axio.meta OWNER TO plain;
       INSERT INTO axio.meta VALUES (0, 0)`,
      nameOf(url),
    );
    const plain = server().url(nameOf(url), { user: "plain", password: "plain" });
    expect(await migrate(plain)).toMatchObject({ hasSearchIndex: false });
    expect(await migrate(url)).toMatchObject({ hasSearchIndex: true });
  });

  it("are run by the command, with a URL or the environment", async () => {
    const url = await server().createDatabase();
    const run = async (argv: readonly string[], env: Record<string, string> = {}) => {
      let [output, errors] = ["", ""];
      const code = await runCommand(argv, {
        env,
        write: (text) => (output += text),
        writeError: (text) => (errors += text),
      });
      return { code, output, errors };
    };
    expect(await run(["migrate"], { AXIO_DATABASE_URL: url })).toMatchObject({
      code: 0,
      output: `Migrated from version 0 to ${MIGRATIONS.length}.\n`,
    });
    expect(await run(["migrate", url])).toMatchObject({
      code: 0,
      output: expect.stringContaining("up to date"),
    });
    expect(await run(["migrate"])).toMatchObject({
      code: 2,
      errors: expect.stringContaining("AXIO_DATABASE_URL"),
    });
    expect(await run(["--version"])).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    expect(await run(["drop", url])).toMatchObject({ code: 2 });
    expect(await run(["migrate", "mysql://x"])).toMatchObject({
      code: 1,
      errors: expect.stringContaining("must begin with postgres://"),
    });
    expect(await run(["migrate", "--help"])).toMatchObject({
      code: 0,
      output: expect.stringContaining("Usage"),
    });
  });
});

describe("a database that cannot be used", needs(POSTGRES), () => {
  it.each([
    ["no server", () => "postgres://axio:secret@127.0.0.1:1/axio", /cannot be reached/],
    [
      "an unknown host",
      () => "postgres://axio:secret@unknown.invalid/axio",
      /no machine|could not be resolved/,
    ],
    ["a wrong password", () => server().url("postgres", { password: "secret" }), /user or the password/],
    [
      "an unknown user",
      () => server().url("postgres", { user: "stranger", password: "secret" }),
      /user or the password/,
    ],
    ["no such database", () => server().url("missing", {}), /does not exist/],
  ])("is refused with a remedy: %s", async (_, url, message) => {
    await expectUnavailable(openPostgres({ connection: url() }), message);
    await expectUnavailable(migrate(url()), message);
  });

  it("is refused if it is no URL and no client", async () => {
    const unescaped = ["/", "#"].map((character) => `postgres://axio:1${character}secret@127.0.0.1/axio`);
    for (const connection of ["mysql://x", "", "postgres://axio:secret@[x", ...unescaped, 5, {}, null]) {
      const error = await failure(openPostgres({ connection: connection as string }));
      expect(error).toMatchObject({
        code: "invalid-argument",
        message: expect.not.stringContaining("secret"),
      });
    }
  });

  it("works again when the server is back", { ...needs(FULL_RUN), timeout: 120_000 }, async () => {
    const own = await startPostgres();
    try {
      const url = own.url();
      await migrate(url);
      const database = await openPostgres({ connection: url, maxConnections: 2 });
      const count = () => database.transaction(async (sql) => (await sql`SELECT 1`).length);
      await own.restart("immediate");
      expect(await failure(count())).toSatisfy(
        (value) => value === 1 || AxioError.is(value, "store-unavailable"),
      );
      await own.stop();
      expect(await failure(count())).toMatchObject({ code: "store-unavailable", retryable: true });
      await own.start();
      expect(await count()).toBe(1);
      await database.close();
      expect(await failure(count())).toMatchObject({ code: "invalid-argument" });
    } finally {
      await own[Symbol.asyncDispose]();
    }
  });

  it("says that its own pool is exhausted, or that the server does not respond, and goes on", async () => {
    const url = await server().createDatabase();
    const database = await openPostgres({
      connection: url,
      migrate: true,
      maxConnections: 2,
      timeoutMs: 1_000,
    });
    const sleep = () => failure(database.query((sql) => sql`SELECT pg_sleep(600)`));
    const results = await Promise.all([sleep(), sleep(), sleep()]);
    const messages = results.map((error) => (AxioError.is(error, "store-unavailable") ? error.message : ""));
    expect(messages.join(" ")).toContain("did not respond in time");
    expect(messages.join(" ")).toContain("no free connection");
    expect(await database.query((sql) => sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
    await database.close();
    await server().killBackends(nameOf(url));
  });

  it("says that the server has no connection left, and goes on", async () => {
    const url = await server().createDatabase();
    await migrate(url);
    const release = await occupyConnections(url);
    await expectUnavailable(openPostgres({ connection: url }), /no more connections/);
    await release();
    await expect.poll(() => failure(open(url)), { timeout: 20_000 }).not.toBeInstanceOf(Error);
  });

  it("says that it is unknown whether a change was stored, if it ends during the commit", async () => {
    const url = await server().createDatabase();
    await migrate(url);
    const database = await open(url);
    await server().sql(
      `CREATE TABLE slow (); CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql
         AS 'BEGIN PERFORM pg_sleep(600); RETURN NULL; END';
       CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION wait()`,
      nameOf(url),
    );
    const interrupted = failure(database.transaction((sql) => sql`INSERT INTO slow DEFAULT VALUES`));
    const commits =
      "SELECT count(*) FROM pg_stat_activity WHERE query = 'COMMIT' AND wait_event = 'PgSleep' AND state = 'active'";
    while ((await server().sql(commits)) !== "1");
    await server().killBackends(nameOf(url));
    expect(await interrupted).toMatchObject({
      code: "store-unavailable",
      message: expect.stringContaining("unknown whether the change was stored"),
    });
    expect(await database.query((sql) => sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  });

  it("says that a statement took too long for the server", async () => {
    const url = await server().createDatabase();
    await migrate(url);
    await server().sql(`ALTER DATABASE ${nameOf(url)} SET statement_timeout = '500ms'`);
    const database = await open(url);
    const error = await failure(database.query((sql) => sql`SELECT pg_sleep(600)`));
    expect(error).toMatchObject({
      code: "store-unavailable",
      message: expect.stringContaining("statement_timeout"),
    });
  });

  it("accepts a pool of the caller, and leaves it open", async () => {
    const pool = new pg.Pool({ connectionString: await server().createDatabase(), max: 1 });
    onTestFinished(() => pool.end());
    const database = await openPostgres({ connection: pool, migrate: true });
    await database.close();
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });
});
