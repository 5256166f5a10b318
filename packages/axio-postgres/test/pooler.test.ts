import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AxioError, assistantMessage, userMessage } from "axio";
import { describeEventLog, describeRunStore, type RunStoreHarness } from "axio/testing";
import { TEST_FORMAT } from "test-support/describe-credential-store";
import { freePort } from "test-support/free-port";
import { POSTGRES, postgresAccount } from "test-support/postgres";
import { FULL_RUN, needs, type Requirement } from "test-support/requirements";
import { setUpPostgres } from "test-support/set-up-postgres";
import { afterAll, describe, expect, it, vi } from "vitest";
import { fixedKeys, openPostgres, PostgresCredentialStore, PostgresSessions } from "../src/index.ts";

const PROGRAM = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].find((path) => existsSync(path));
const PGBOUNCER: Requirement = {
  isMet: PROGRAM !== undefined,
  missing: "no pgbouncer; install Debian's package pgbouncer",
};

let pooler: ChildProcess;
let port = 0;

const server = setUpPostgres({
  requires: [PGBOUNCER, FULL_RUN],
  prepare: async () => {
    port = await freePort();
    await startPooler();
  },
});
afterAll(stopPooler);

/** Starts pgbouncer in transaction mode, with fewer connections to the server than it has clients. */
async function startPooler(): Promise<void> {
  const { password } = new URL(server().url());
  const settings = join(server().folder, "pgbouncer.ini");
  await writeFile(
    settings,
    `[databases]
* = host=127.0.0.1 port=${server().port} user=postgres password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
ignore_startup_parameters = extra_float_digits
`,
  );
  pooler = spawn(PROGRAM ?? "", ["-q", settings], { ...postgresAccount(), stdio: "ignore" });
  const isUp = () => openPostgres({ connection: url(), migrate: true }).then((database) => database.close());
  await vi.waitFor(isUp, { timeout: 60_000 });
}

async function stopPooler(): Promise<void> {
  if (pooler === undefined || pooler.exitCode !== null || pooler.signalCode !== null) return;
  const exit = once(pooler, "exit");
  pooler.kill("SIGKILL");
  await exit;
}

const url = (): string => `postgres://postgres:any@127.0.0.1:${port}/postgres`;

describe("with pgbouncer in transaction mode", needs(POSTGRES, PGBOUNCER, FULL_RUN), () => {
  it("sign-ins and sessions work as without it, and again after it was killed", async () => {
    const database = await openPostgres({ connection: url(), maxConnections: 8 });
    const sessions = new PostgresSessions(database);
    const encryption = fixedKeys([Buffer.alloc(32, 1).toString("base64")]);
    const credentials = new PostgresCredentialStore(database, { id: "a", format: TEST_FORMAT, encryption });
    const add = () =>
      credentials.update(async (current) => ({ accessToken: "a", count: (current?.count ?? 0) + 1 }));
    const store = await sessions.create([userMessage("Who are you?")]);
    const appends = Array.from({ length: 12 }, () => store.append([assistantMessage("A test.")]));
    await Promise.all([...appends, add(), add(), add()]);
    expect(await store.history()).toHaveLength(13);
    expect(await credentials.load()).toMatchObject({ count: 3 });

    await stopPooler();
    const error = await store.append([userMessage("Lost.")]).catch((thrown: unknown) => thrown);
    expect(AxioError.is(error, "store-unavailable")).toBe(true);
    await startPooler();
    await store.append([userMessage("After.")]);
    expect(await store.history()).toHaveLength(14);
    expect(await add()).toMatchObject({ count: 4 });
    await database.close();
  }, 120_000);

  let spaces = 0;
  const create = async (): Promise<RunStoreHarness> => {
    const database = await openPostgres({ connection: url() });
    const { runs, events } = new PostgresSessions(database, { space: `runs-${++spaces}` });
    return { runs, events, close: () => database.close() };
  };
  describeRunStore({ name: "PostgresRunStore through pgbouncer", describe, it, create });
  describeEventLog({ name: "PostgresEventLog through pgbouncer", describe, it, create });
});
