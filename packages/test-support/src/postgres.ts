import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { appendFile, chown, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import type { Requirement } from "./requirements.ts";
import { RUN_DIRECTORY } from "./run-directory.ts";

const run = promisify(execFile);

/** Debian's directories, by version. */
const DEBIAN = "/usr/lib/postgresql";
const PASSWORD = "postgres-test";
const programs = findPrograms();

/** PostgreSQL's programs. */
export const POSTGRES: Requirement = {
  isMet: programs !== undefined,
  missing: "no PostgreSQL; install Debian's package postgresql",
};

/** How a server ends: `fast` disconnects all clients, `immediate` is a crash. */
export type StopMode = "fast" | "immediate";

/** The options of {@link startPostgres}. */
export interface PostgresOptions {
  /** Settings of the server, such as `max_connections`. */
  readonly settings?: Readonly<Record<string, string | number>> | undefined;
  /** Another address of this machine at which it listens. Default: 127.0.0.1 alone. */
  readonly listen?: string | undefined;
  /** Where the folder of the server is created. Default: the system's folder for temporary files. */
  readonly parent?: string | undefined;
}

/** A PostgreSQL server of a test, in a folder of its own. Disposing of it stops the server and removes the folder. */
export class PostgresServer implements AsyncDisposable {
  readonly port: number;
  /** Contains the data, the socket and the log `log`. */
  readonly folder: string;
  readonly #settings: Readonly<Record<string, string | number>>;
  /** Stops the server and removes the folder, also if this process is killed. */
  readonly #cleaner: ChildProcess;
  #databases = 0;

  private constructor(folder: string, port: number, settings: Readonly<Record<string, string | number>>) {
    this.folder = folder;
    this.port = port;
    this.#settings = settings;
    // Ctrl-C reaches all processes of the terminal. This one ends when its input does.
    const script =
      'trap "" HUP INT TERM; cat >/dev/null; "$1" -s -D "$2/data" -m immediate stop; rm -rf "$2"';
    this.#cleaner = spawn("sh", ["-c", script, "sh", program("pg_ctl"), folder], {
      ...postgresAccount(),
      cwd: tmpdir(),
      stdio: ["pipe", "ignore", "ignore"],
    });
  }

  /** Creates a cluster in a new folder with `fill`, and starts it. */
  static async create(
    { parent = tmpdir(), settings = {} }: PostgresOptions,
    fill: (folder: string) => Promise<void>,
  ): Promise<PostgresServer> {
    const folder = await postgresFolder(parent);
    const server = new PostgresServer(folder, await freePort(), settings);
    try {
      await fill(folder);
      await server.start();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The address of a database, for the superuser. */
  url(
    database = "postgres",
    { user = "postgres", password = PASSWORD, host = "127.0.0.1", port = this.port } = {},
  ): string {
    return `postgres://${user}:${password}@${host}:${port}/${database}`;
  }

  /** Creates an empty database. Returns its address. */
  async createDatabase(): Promise<string> {
    this.#databases += 1;
    const name = `test_${this.#databases}`;
    await this.sql(`CREATE DATABASE ${name}`);
    return this.url(name);
  }

  /** Runs SQL as the superuser. Returns the rows as text: columns are separated by `|`. */
  async sql(text: string, database = "postgres"): Promise<string> {
    const place = ["-h", this.folder, "-p", String(this.port), "-U", "postgres", "-d", database];
    return runProgram("psql", ["-qAtX", "-v", "ON_ERROR_STOP=1", ...place, "-c", text]);
  }

  /** Dumps a database as SQL. */
  dump(database = "postgres"): Promise<string> {
    return runProgram("pg_dump", ["-d", this.url(database)]);
  }

  /** Starts the server after {@link stop}. */
  async start(): Promise<void> {
    const settings = {
      listen_addresses: "127.0.0.1",
      max_connections: 150,
      // Tests of many files run at the same time.
      shared_buffers: "16MB",
      // Enough for crashes of the server, which are not crashes of the machine.
      fsync: "off",
      ...this.#settings,
    };
    const options = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
    const place = [`-p ${this.port}`, `-k ${this.folder}`];
    await this.#control(
      "-w",
      "-l",
      join(this.folder, "log"),
      "-o",
      [...place, ...options].join(" "),
      "start",
    );
  }

  async stop(mode: StopMode = "fast"): Promise<void> {
    await this.#control("-w", "-m", mode, "stop");
  }

  async restart(mode: StopMode = "fast"): Promise<void> {
    await this.stop(mode);
    await this.start();
  }

  /**
   * Ends the connections of all clients of a database, as a crash of their backends does. They are gone for the server then;
   * a client notices it later.
   */
  async killBackends(database: string): Promise<void> {
    await this.sql(
      `SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = '${database}' AND pid <> pg_backend_pid()`,
    );
  }

  /**
   * Starts a standby that follows this server.
   *
   * @param name Its name for `synchronous_standby_names`.
   */
  standby(name: string): Promise<PostgresServer> {
    const source = `host=127.0.0.1 port=${this.port} user=postgres password=${PASSWORD} application_name=${name}`;
    return PostgresServer.create({ settings: this.#settings }, async (folder) => {
      await runProgram("pg_basebackup", ["-D", join(folder, "data"), "-d", source, "-R", "-c", "fast"]);
    });
  }

  /** Makes a standby a server that can be written. */
  async promote(): Promise<void> {
    await this.#control("-w", "promote");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode } = this.#cleaner;
    if (exitCode !== null || signalCode !== null) return;
    const exit = once(this.#cleaner, "exit");
    this.#cleaner.stdin?.end();
    await exit;
  }

  async #control(...args: readonly string[]): Promise<void> {
    await runProgram("pg_ctl", ["-s", "-D", join(this.folder, "data"), ...args]);
  }
}

/**
 * Starts a PostgreSQL server without any database of users. Start one for each test file, and use `createDatabase()` for
 * each test.
 *
 * @example
 * ```ts
 * describe("sessions in a database", needs(POSTGRES), () => {
 *   let server: PostgresServer;
 *   beforeAll(async () => {
 *     server = await startPostgres();
 *   });
 *   afterAll(() => server[Symbol.asyncDispose]());
 * });
 * ```
 */
export function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const { listen, settings } = options;
  const addresses = listen === undefined ? {} : { listen_addresses: `127.0.0.1,${listen}` };
  return PostgresServer.create({ ...options, settings: { ...addresses, ...settings } }, async (folder) => {
    if (RUN_DIRECTORY === undefined) await createCluster(folder);
    // It belongs to the account that runs PostgreSQL, and stays with it.
    else await run("cp", ["-a", await clusterOf(RUN_DIRECTORY), join(folder, "data")]);
    if (listen !== undefined)
      await appendFile(join(folder, "data", "pg_hba.conf"), "host all all samenet scram-sha-256\n");
  });
}

/** Returns the data of a new cluster. A run of the tests creates it once, since a copy takes a tenth of the time. */
async function clusterOf(directory: string): Promise<string> {
  const cluster = join(directory, "postgres-data");
  if (existsSync(cluster)) return cluster;
  const folder = await postgresFolder(tmpdir());
  await createCluster(folder);
  // Other test files may have created one at the same time.
  await rename(join(folder, "data"), cluster).catch(() => undefined);
  await rm(folder, { recursive: true });
  return cluster;
}

/** Creates a cluster in `data` of a folder. */
async function createCluster(folder: string): Promise<void> {
  const password = join(folder, "password");
  await writeFile(password, PASSWORD, { mode: 0o644 });
  await runProgram("initdb", [
    ...["-D", join(folder, "data"), "-U", "postgres", "--pwfile", password, "-E", "UTF8", "--locale", "C"],
    ...["--auth-local", "trust", "--auth-host", "scram-sha-256", "--no-sync"],
  ]);
}

/** Creates a temporary folder of the account that runs PostgreSQL. */
async function postgresFolder(parent: string): Promise<string> {
  const folder = await mkdtemp(join(parent, "axio-postgres-"));
  const { uid, gid } = postgresAccount();
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
  return folder;
}

async function runProgram(name: string, args: readonly string[]): Promise<string> {
  // In a directory that the other account may enter.
  const { stdout } = await run(program(name), [...args], {
    ...postgresAccount(),
    cwd: tmpdir(),
    maxBuffer: 64 * 1_024 * 1_024,
  });
  return stdout.trimEnd();
}

function program(name: string): string {
  if (programs === undefined) throw new Error("PostgreSQL is not installed.");
  return join(programs, name);
}

function findPrograms(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const installed = versions.sort((left, right) => Number(right) - Number(left));
  const directories = [
    ...installed.map((version) => join(DEBIAN, version, "bin")),
    ...(process.env["PATH"] ?? "").split(delimiter),
  ];
  return directories.find((directory) =>
    ["initdb", "postgres", "psql"].every((name) => isProgram(directory, name)),
  );
}

function isProgram(directory: string, name: string): boolean {
  try {
    accessSync(join(directory, name), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

let owner: { readonly uid?: number; readonly gid?: number } | undefined;

/**
 * The account that runs PostgreSQL and its tools, as options of `spawn`. They refuse to run as root: then it is the account
 * `postgres` of Debian's package.
 */
export function postgresAccount(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  owner ??= { uid: numericId("-u"), gid: numericId("-g") };
  return owner;
}

function numericId(option: "-u" | "-g"): number {
  return Number(execFileSync("id", [option, "postgres"], { encoding: "utf8" }));
}
