import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { AxioError, userMessage } from "axio";
import Database from "libsql";
import { needs, POSIX } from "test-support/requirements";
import { describe, expect, it } from "vitest";
import { openSessions } from "../src/index.ts";
import { toAxioError } from "../src/sqlite-error.ts";
import { openDatabase } from "./support/open-database.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

const UNPRIVILEGED = 65_534;

async function openError(path: string): Promise<AxioError> {
  const error: unknown = await openSessions({ path }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!AxioError.is(error)) throw new Error(`Not refused with an AxioError: ${error}`);
  return error;
}

/** Runs SQL in a file like another program. */
function runSql(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

/** Runs as an unprivileged user who owns the directory, because root ignores permissions. */
async function asOrdinaryUser(directory: string, work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return work();
  for (const name of ["", ...readdirSync(directory)])
    chownSync(join(directory, name), UNPRIVILEGED, UNPRIVILEGED);
  process.seteuid?.(UNPRIVILEGED);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe("opening", () => {
  it("creates the directory and the file for their owner only", async () => {
    const path = join(temporaryDirectory(), "state", "axio", "sessions.db");
    const database = await openDatabase(path);
    await database.create([userMessage("Hi")]);
    if (process.platform === "win32") return;
    expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
    for (const file of [path, `${path}-wal`, `${path}-shm`])
      expect(statSync(file).mode & 0o777, file).toBe(0o600);
  });

  it("opens a file of any name, and the target of a link", async () => {
    const folder = temporaryDirectory();
    const database = await openDatabase(join(folder, "file:a?mode=memory"));
    const { id } = await database.create([userMessage("Hi")]);
    await database.close();
    symlinkSync(database.path, join(folder, "link.db"));
    expect(await (await (await openDatabase(join(folder, "link.db"))).open(id)).history()).toHaveLength(1);
  });

  it("rejects the file of a newer version without changing it", async () => {
    const database = await openDatabase();
    await database.create([userMessage("Hi")]);
    await database.close();
    runSql(
      database.path,
      "PRAGMA user_version = 7; CREATE TABLE novelty (x); PRAGMA wal_checkpoint(TRUNCATE)",
    );
    const before = readFileSync(database.path);
    const error = await openError(database.path);
    expect(error).toMatchObject({ code: "store-unavailable", retryable: false });
    expect(error.message).toContain("newer version of axio (format 7; this version supports 3)");
    expect(readFileSync(database.path).equals(before)).toBe(true);
  });

  it("stops writing after a newer version has migrated the file", async () => {
    const database = await openDatabase();
    const store = await database.create([userMessage("Hi")]);
    runSql(database.path, "PRAGMA user_version = 4");
    for (const write of [
      store.append([userMessage("x")]),
      store.fork(),
      database.create(),
      database.delete(store.id),
    ])
      await expect(write).rejects.toThrow(/newer version of axio \(format 4/);
    expect(await store.history()).toHaveLength(1);
  });

  it("rejects another program's database without changing it", async () => {
    const path = join(temporaryDirectory(), "other.db");
    runSql(path, "CREATE TABLE session (x); INSERT INTO session VALUES (1)");
    const before = readFileSync(path);
    expect((await openError(path)).message).toContain("a database of another program");
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("rejects a file that is not a database without changing it", async () => {
    const path = join(temporaryDirectory(), "notes.txt");
    writeFileSync(path, "My notes.\n".repeat(500));
    expect(await openError(path)).toMatchObject({ code: "store-unavailable" });
    expect((await openError(path)).message).toContain("is not an SQLite database");
    expect(readFileSync(path, "utf8")).toBe("My notes.\n".repeat(500));
  });

  it("rejects a directory, a path below a file, and a device", async () => {
    const folder = temporaryDirectory();
    mkdirSync(join(folder, "sessions.db"));
    writeFileSync(join(folder, "file"), "");
    for (const path of [join(folder, "sessions.db"), join(folder, "file", "sessions.db"), "/dev/null"]) {
      const error = await openError(path);
      expect(error.code).toBe("store-unavailable");
      expect(error.message).toContain("Use a file in a writable directory");
    }
  });

  it("reads a file that cannot be written, and says what to do on writing", needs(POSIX), async () => {
    const database = await openDatabase();
    const { id } = await database.create([userMessage("Hi")]);
    await database.close();
    chmodSync(database.path, 0o400);
    await asOrdinaryUser(join(database.path, ".."), async () => {
      const again = await openDatabase(database.path);
      const store = await again.open(id);
      expect(await store.history()).toHaveLength(1);
      const error: unknown = await store.append([userMessage("x")]).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "store-unavailable" });
      expect(error).toMatchObject({
        message: expect.stringContaining("is read-only. Make the file and its directory writable"),
      });
      await again.close();
      chmodSync(database.path, 0);
      expect((await openError(database.path)).message).toContain("cannot be opened");
    });
  });

  it.each([
    "CREATE TRIGGER stray AFTER INSERT ON message BEGIN DELETE FROM body; END",
    "CREATE TEMP TRIGGER t AFTER INSERT ON body BEGIN SELECT 1; END; CREATE VIEW stray AS SELECT * FROM body",
    "CREATE INDEX stray ON body (upper(json))",
    "DROP TRIGGER body_unused; CREATE TRIGGER body_unused AFTER DELETE ON message BEGIN DELETE FROM session; END",
    "ALTER TABLE message RENAME TO kept; CREATE VIEW message AS SELECT * FROM kept",
  ])("rejects a file in which something else would run, without changing it: %s", async (sql) => {
    const database = await openDatabase();
    await database.create([userMessage("Hi")]);
    await database.close();
    runSql(database.path, `${sql}; PRAGMA wal_checkpoint(TRUNCATE)`);
    const before = readFileSync(database.path);
    const error = await openError(database.path);
    expect(error.code).toBe("store-unavailable");
    expect(error.message).toMatch(/which axio did not create/);
    expect(readFileSync(database.path).equals(before)).toBe(true);
  });

  it("takes a file and its log from other users", needs(POSIX), async () => {
    const database = await openDatabase();
    await database.create([userMessage("Hi")]);
    const files = [database.path, `${database.path}-wal`, `${database.path}-shm`];
    for (const [mode, file] of [0o644, 0o666, 0o640].map((mode, at) => [mode, files[at] ?? ""] as const))
      chmodSync(file, mode);
    await openDatabase(database.path);
    for (const file of files) expect(statSync(file).mode & 0o777, file).toBe(0o600);
  });

  it("stores nothing if a write fails, and works afterwards", async () => {
    const database = await openDatabase();
    const store = await database.create([userMessage("Hi")]);
    const trigger = "BEFORE INSERT ON message WHEN new.position = 2 BEGIN SELECT RAISE(ABORT, 'full'); END";
    runSql(database.path, `CREATE TRIGGER failure ${trigger}`);
    const two = [userMessage("one"), userMessage("two")];
    await expect(store.append(two)).rejects.toMatchObject({ code: "store-unavailable" });
    expect(await store.history()).toHaveLength(1);
    runSql(database.path, "DROP TRIGGER failure");
    await store.append(two);
    expect(await store.history()).toHaveLength(3);
    expect(await database.list({ search: "one" })).toHaveLength(1);
  });

  it("reports a session that contains an unknown kind of message, without changing it", async () => {
    const database = await openDatabase();
    const store = await database.create([userMessage("Hi")]);
    runSql(database.path, `UPDATE body SET json = '{"role":"user","content":[{"type":"hologram"}]}'`);
    await expect((await database.open(store.id)).history()).rejects.toThrow(
      /contains a message that this version of axio cannot read. Update axio.*"hologram"/,
    );
  });
});

describe("an SQLite error", () => {
  const failure = (code: string): Error => Object.assign(new Error("disk image"), { code });

  it.each([
    ["SQLITE_READONLY_DBMOVED", "is read-only"],
    ["SQLITE_FULL", "disk of /x.db is full"],
    ["SQLITE_IOERR_FSYNC", "reported an error"],
    ["SQLITE_CORRUPT_VTAB", "is damaged"],
    ["SQLITE_MISUSE", "could not be used (SQLITE_MISUSE)"],
  ])("%s is reported with a remedy", (code, words) => {
    const cause = failure(code);
    const error = toAxioError(cause, "/x.db");
    expect(error).toMatchObject({ code: "store-unavailable", retryable: false, cause });
    expect((error as Error).message).toContain(words);
  });

  it("is retryable if another process holds the lock", () => {
    expect(toAxioError(failure("SQLITE_BUSY"), "/x.db")).toMatchObject({
      code: "store-locked",
      retryable: true,
    });
  });

  it("leaves other errors unchanged", () => {
    const error = new TypeError("x");
    expect(toAxioError(error, "/x.db")).toBe(error);
  });
});
