import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { AxioError } from "axio";
import { CredentialSession } from "axio-auth";
import { CHATGPT_CREDENTIAL_FORMAT } from "axio-transport-chatgpt";
import pg from "pg";
import { expectOneRefresh } from "test-support/credentials/describe-race";
import {
  describeCredentialStore,
  TEST_FORMAT,
  type TestCredentials,
} from "test-support/describe-credential-store";
import { POSTGRES, startPostgres } from "test-support/postgres";
import { FULL_RUN, needs } from "test-support/requirements";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  fixedKeys,
  openPostgres,
  PostgresCredentialStore,
  type PostgresCredentialStoreOptions,
  PostgresSessions,
  type StoreKey,
} from "../src/index.ts";
import { setUpDatabase } from "./support/set-up-database.ts";

const KEY = randomBytes(32).toString("base64");
const FIRST: TestCredentials = { accessToken: "secret-first", count: 1 };
const SECOND: TestCredentials = { accessToken: "secret-second", count: 2 };

const { server, database } = setUpDatabase();
let ids = 0;

const newId = (): string => `sign-in-${++ids}`;
const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

function open(
  id: string,
  options: Partial<PostgresCredentialStoreOptions<TestCredentials>> = {},
  own = database(),
): PostgresCredentialStore<TestCredentials> {
  return new PostgresCredentialStore(own, {
    id,
    format: TEST_FORMAT,
    encryption: fixedKeys([KEY]),
    ...options,
  });
}

function refreshing(
  store: PostgresCredentialStore<TestCredentials>,
  refresh: () => Promise<TestCredentials>,
) {
  return new CredentialSession<TestCredentials>({
    store,
    refresh,
    expiresAt: () => 1,
    version: ({ accessToken }) => accessToken,
    reuseGraceMs: 0,
  });
}

describe("PostgresCredentialStore", needs(POSTGRES), () => {
  describeCredentialStore("PostgresCredentialStore", async () => {
    const id = newId();
    return async () => open(id);
  });

  it("asks for no known credentials while it would hear of a change, but does every 30 seconds", async () => {
    const id = newId();
    const pool = new pg.Pool({ connectionString: server().url() });
    onTestFinished(() => pool.end());
    let statements = 0;
    pool.on("acquire", () => {
      statements += 1;
    });
    const own = await openPostgres({ connection: pool, notifications: server().url() });
    onTestFinished(() => own.close());
    let now = 0;
    const store = open(id, { clock: () => now }, own);
    const statementsOf = async (): Promise<number> => {
      const before = statements;
      await store.load();
      return statements - before;
    };
    await open(id).update(async () => FIRST);
    await store.load();
    expect(await statementsOf()).toBe(1);
    // As a worker of durable runs does.
    onTestFinished(new PostgresSessions(own).runs.follow(() => undefined));
    await expect.poll(statementsOf, { timeout: 20_000 }).toBe(0);
    await open(id).update(async () => SECOND);
    await expect.poll(() => store.load(), { timeout: 20_000 }).toEqual(SECOND);
    expect(await statementsOf()).toBe(0);
    now += 30_001;
    expect(await statementsOf()).toBe(1);
    expect(await statementsOf()).toBe(0);
    // The connection that waits for notifications is lost.
    await server().sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'axio notifications'",
    );
    await expect.poll(statementsOf, { timeout: 20_000 }).toBe(1);
  });

  it("keeps the spaces of tenants apart", async () => {
    const id = newId();
    await open(id, { space: "a" }).update(async () => FIRST);
    expect(await open(id, { space: "b" }).load()).toBeUndefined();
  });

  it("stores no token that can be read from a dump of the database", async () => {
    await open(newId()).update(async () => FIRST);
    await open(newId(), { encryption: "none" }).update(async () => ({
      ...FIRST,
      accessToken: "plain-token",
    }));
    const dump = await server().dump();
    expect(dump).not.toContain("secret-");
    expect(dump).not.toContain(Buffer.from("secret-").toString("hex"));
    // The dump does show what is not encrypted.
    expect(dump).toContain(Buffer.from("plain-token").toString("hex"));
  });

  it("refuses to store without a key, and with a key that is not one", () => {
    const withoutKey = () => new PostgresCredentialStore(database(), { id: "x", format: TEST_FORMAT });
    expect(withoutKey).toThrow(/AXIO_STORE_KEY/);
    for (const key of ["", "c2hvcnQ=", "!".repeat(44)]) expect(() => fixedKeys([key])).toThrow(AxioError);
    expect(() => fixedKeys([])).toThrow(AxioError);
  });

  it("refuses invalid times", () => {
    for (const ms of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => open("x", { claimMs: ms })).toThrow(/claimMs is .*Use whole milliseconds/);
    expect(() => open("x", { lockTimeoutMs: Number.NaN })).toThrow(/lockTimeoutMs is NaN/);
  });

  it("says what is wrong with a key provider, and stores nothing", async () => {
    const id = newId();
    const key = Buffer.from(KEY, "base64");
    const provide = (current: () => Promise<StoreKey>) =>
      failure(open(id, { encryption: { current, get: current } }).update(async () => FIRST));
    for (const wrong of [
      { id: "", key },
      { id: "short", key: key.subarray(1) },
    ])
      expect(await provide(async () => wrong)).toMatchObject({
        code: "invalid-argument",
        message: expect.stringContaining("key provider"),
      });
    const failing = provide(async () => {
      throw new Error("The service is down.");
    });
    expect(await failing).toMatchObject({
      code: "store-unavailable",
      retryable: true,
      message: expect.stringContaining("The service is down."),
    });
    expect(await open(id).load()).toBeUndefined();
  });

  it("names the key that is missing, and changes nothing", async () => {
    const id = newId();
    await open(id).update(async () => FIRST);
    const other = open(id, { encryption: fixedKeys([randomBytes(32).toString("base64")]) });
    const plain = open(id, { encryption: "none" });
    for (const store of [other, plain]) {
      for (const call of [() => store.load(), () => store.update(async () => SECOND)]) {
        const error = await failure(call());
        expect(error).toMatchObject({
          code: "store-unavailable",
          message: expect.stringContaining("with the key"),
        });
        expect(inspect(error, { depth: 9 })).not.toContain("secret-");
      }
    }
    expect(await open(id).load()).toEqual(FIRST);
  });

  it("opens values of an older key, and seals the next one with the new key", async () => {
    const id = newId();
    await open(id).update(async () => FIRST);
    const fresh = randomBytes(32).toString("base64");
    const rotated = open(id, { encryption: fixedKeys([fresh, KEY]) });
    expect(await rotated.load()).toEqual(FIRST);
    await rotated.update(async () => SECOND);
    expect(await open(id, { encryption: fixedKeys([fresh]) }).load()).toEqual(SECOND);
  });

  it("does not open a value that was changed, copied from another row, or replaced by a readable one", async () => {
    const [id, victim] = [newId(), newId()];
    await open(id).update(async () => FIRST);
    await open(victim).update(async () => SECOND);
    const forge = (change: string) =>
      server().sql(`UPDATE axio.credential SET ${change} WHERE id = '${victim}'`);
    await forge(`sealed = (SELECT sealed FROM axio.credential WHERE id = '${id}'), revision = 1`);
    expect(await failure(open(victim).load())).toMatchObject({ code: "credentials-malformed" });
    // Nonce and a short tag of an empty text, which is easier to guess.
    await forge("sealed = substr(sealed, 1, 16)");
    expect(await failure(open(victim).load())).toMatchObject({
      code: "credentials-malformed",
      cause: { message: expect.stringMatching(/tag length/i) },
    });
    await forge(`sealed = '{}', key_id = ''`);
    expect(await failure(open(victim).load())).toMatchObject({ code: "store-unavailable" });
  });

  it("refuses credentials that may not leave their user's machine, unless the user says that this is one", async () => {
    const id = newId();
    const personal = { format: CHATGPT_CREDENTIAL_FORMAT, id, encryption: fixedKeys([KEY]) };
    expect(() => new PostgresCredentialStore(database(), personal)).toThrow(/userControlsThisDatabase/);
    const control = { refreshedBy: "home" };
    const mayNot = open(id, { userControlsThisDatabase: { ...control, host: "laptop" }, lockTimeoutMs: 1 });
    const may = open(id, { userControlsThisDatabase: { ...control, host: "home" } });
    await mayNot.update(async () => FIRST);
    const refused = await failure(refreshing(mayNot, async () => SECOND).get());
    expect(refused).toMatchObject({ code: "refresh-failed", message: expect.stringContaining("host home") });
    expect(
      await may.update(async (_, transaction) => (transaction?.markInFlight() ? SECOND : FIRST)),
    ).toEqual(SECOND);
  });

  it("uses what the host that refreshes stores as soon as another host has given back its claim", async () => {
    const id = newId();
    const hosts = (host: string) => ({ userControlsThisDatabase: { refreshedBy: "home", host } });
    const [home, own] = [open(id, hosts("home")), await openPostgres({ connection: server().url() })];
    onTestFinished(() => own.close());
    await home.update(async () => FIRST);
    let isRefused = false;
    const query = own.query.bind(own);
    own.query = async (work) => {
      const result = await query(work);
      // The call that gives back the claim.
      if (isRefused) {
        isRefused = false;
        await home.update(async () => SECOND);
      }
      return result;
    };
    const laptop = open(id, { ...hosts("laptop"), lockTimeoutMs: 0 }, own);
    const updated = laptop.update(async (current, transaction) => {
      isRefused = current?.count === FIRST.count;
      if (isRefused) transaction?.markInFlight();
      return current;
    });
    expect(await updated).toEqual(SECOND);
  });
});

describe("a claim on credentials", needs(POSTGRES), () => {
  it("is taken over after its deadline, and then its former holder saves nothing", async () => {
    const id = newId();
    await open(id).update(async () => FIRST);
    let attempts = 0;
    const result = await open(id, { claimMs: 50 }).update(async (current) => {
      attempts += 1;
      // The claim has ended by the database's clock.
      if (attempts === 1) {
        await server().sql("SELECT pg_sleep(0.1)");
        await open(id).update(async () => SECOND);
      }
      return { ...FIRST, count: (current?.count ?? 0) + 10 };
    });
    expect(attempts).toBe(2);
    expect(result?.count).toBe(12);
  });

  it("lets no request begin that might end after it, whatever the wall clock says", async () => {
    const id = newId();
    let now = 0;
    const store = open(id, { clock: () => now });
    const marks: unknown[] = [];
    await store.update(async (_, transaction) => {
      now += marks.length === 0 ? 10_001 : 9_999;
      marks.push(transaction?.markInFlight());
      return FIRST;
    });
    expect(marks).toEqual([false, true]);
  });

  it("needs no transaction and no connection while a request runs", async () => {
    const id = newId();
    const database = await openPostgres({ connection: server().url(), maxConnections: 1 });
    onTestFinished(() => database.close());
    await open(id, {}, database).update(async () => {
      // Would wait forever for the only connection.
      expect(await database.query((sql) => sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
      expect(
        await server().sql("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"),
      ).toBe("0");
      return FIRST;
    });
    expect(await open(id).load()).toEqual(FIRST);
  });

  it("stores a final failure, so that other machines ask the server only after a new sign-in", async () => {
    const id = newId();
    await open(id).update(async () => FIRST);
    let requests = 0;
    const reject = async (): Promise<TestCredentials> => {
      requests += 1;
      throw new AxioError("refresh-token-revoked", "The server ended the sign-in. Sign in again.");
    };
    for (let host = 0; host < 3; host += 1)
      expect(await failure(refreshing(open(id), reject).get())).toMatchObject({
        code: "refresh-token-revoked",
      });
    expect(requests).toBe(1);
    await open(id).update(async () => SECOND);
    await failure(refreshing(open(id), reject).get());
    expect(requests).toBe(2);
  });

  it("survives a crash of the database while the request runs: the new value is saved when it is back", {
    ...needs(FULL_RUN),
    timeout: 120_000,
  }, async () => {
    const own = await startPostgres();
    try {
      const database = await openPostgres({ connection: own.url(), migrate: true });
      const store = open("crash", {}, database);
      await store.update(async () => FIRST);
      let requests = 0;
      const session = refreshing(store, async () => {
        requests += 1;
        await own.stop("immediate");
        return SECOND;
      });
      expect(await failure(session.get())).toMatchObject({ code: "store-unavailable", retryable: true });
      await own.start();
      // The claim outlives the crash; here its time is over.
      await own.sql("UPDATE axio.credential SET claim_until = now()");
      expect((await session.get()).accessToken).toBe("secret-second");
      expect(requests).toBe(1);
      expect(await open("crash", {}, database).load()).toEqual(SECOND);
      await database.close();
    } finally {
      await own[Symbol.asyncDispose]();
    }
  });
});

describe("processes that share a sign-in in a database", needs(POSTGRES), () => {
  it("refresh it once", { timeout: 120_000 }, async () => {
    const race = { processes: 3, rounds: 1, trouble: "none" } as const;
    await expectOneRefresh({ ...race, database: await server().createDatabase() });
  });

  it.each([
    { name: "with every expiry", processes: 4, rounds: 2, trouble: "none" },
    { name: "while its holder is stopped", processes: 3, rounds: 1, trouble: "stop", tokenDelayMs: 100 },
  ] as const)(
    "refresh it once, $name",
    { timeout: 120_000, ...needs(FULL_RUN) },
    async ({ name: _, ...race }) => {
      await expectOneRefresh({ ...race, database: await server().createDatabase() });
    },
  );
});
